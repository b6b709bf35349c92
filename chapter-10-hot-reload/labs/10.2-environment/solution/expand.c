#include "expand.h"

#include <string.h>

struct writer {
    char *out;
    size_t size, len;
};

static enum expand_result put(struct writer *w, const char *bytes, size_t len)
{
    if (len >= w->size - w->len)
        return EXPAND_TOO_LONG;
    memcpy(w->out + w->len, bytes, len);
    w->len += len;
    return EXPAND_OK;
}

/* isalpha(3) would ask the locale. */
static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The name that s begins with; of length 0 if it begins with none. */
static struct slice name_of(struct slice s)
{
    size_t len = 0;

    while (len < s.len && (is_letter(s.at[len]) ||
                           (len > 0 && s.at[len] >= '0' && s.at[len] <= '9')))
        len++;
    return (struct slice){s.at, len};
}

/* What stands between the braces: NAME or NAME:-default. */
static enum expand_result put_variable(struct writer *w, struct slice inside,
                                       const struct environment *env)
{
    struct slice name = name_of(inside);
    struct slice rest = {inside.at + name.len, inside.len - name.len};
    int has_default = rest.len >= 2 && memcmp(rest.at, ":-", 2) == 0;
    const char *value;

    if (name.len == 0 || (rest.len > 0 && !has_default))
        return EXPAND_BAD_NAME;
    value = env->get(env->self, name);
    if (has_default && (value == NULL || value[0] == '\0'))
        return put(w, rest.at + 2, rest.len - 2);
    return value != NULL ? put(w, value, strlen(value)) : EXPAND_UNKNOWN;
}

/* s begins with a dollar; *used: how long what it stands for is. */
static enum expand_result put_dollar(struct writer *w, struct slice s,
                                     const struct environment *env,
                                     size_t *used)
{
    const char *brace;

    *used = 2;
    if (s.len >= 2 && s.at[1] == '$')
        return put(w, "$", 1);
    if (s.len < 2 || s.at[1] != '{')
        return EXPAND_LONELY;
    brace = memchr(s.at, '}', s.len);
    if (brace == NULL)
        return EXPAND_UNCLOSED;
    *used = (size_t)(brace - s.at) + 1;
    return put_variable(w, (struct slice){s.at + 2, *used - 3}, env);
}

enum expand_result expand(struct slice text, const struct environment *env,
                          char *out, size_t size, size_t *fault_at)
{
    struct writer w = {out, size, 0};
    size_t at = 0;

    while (at < text.len) {
        struct slice s = {text.at + at, text.len - at};
        size_t used = 1;
        enum expand_result r = s.at[0] == '$' ? put_dollar(&w, s, env, &used)
                                              : put(&w, s.at, 1);

        if (r != EXPAND_OK) {
            *fault_at = at;
            out[0] = '\0';
            return r;
        }
        at += used;
    }
    out[w.len] = '\0';
    return EXPAND_OK;
}
