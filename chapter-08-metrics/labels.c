#include "labels.h"

#include <string.h>

struct label {
    struct slice name, value; /* the value as it is written: escaped */
};

/* ---- names and values --------------------------------------------------- */

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int labels_metric_name(const char *name)
{
    if (!is_letter(*name) && *name != ':')
        return 0;
    while (is_letter(*name) || is_digit(*name) || *name == ':')
        name++;
    return *name == '\0';
}

int labels_name(const char *name, size_t len)
{
    if (len == 0 || is_digit(name[0]) ||
        (len >= 2 && name[0] == '_' && name[1] == '_'))
        return 0;
    for (size_t i = 0; i < len; i++)
        if (!is_letter(name[i]) && !is_digit(name[i]))
            return 0;
    return 1;
}

/* Bytes of the UTF-8 character at `at`, which ends in a NUL; 0 if it is none
 * (RFC 3629, section 4: no overlong forms, no surrogates, nothing above
 * U+10FFFF). A NUL is no continuation, so nothing behind it is read. */
static size_t utf8_length(const char *at)
{
    const unsigned char *u = (const unsigned char *)at;
    size_t len = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

    if (len > 1 && (u[0] < 0xc2 || u[0] > 0xf4))
        return 0;
    for (size_t i = 1; i < len; i++)
        if (u[i] < 0x80 || u[i] > 0xbf)
            return 0;
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
        (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
    return len;
}

/* ---- reading ------------------------------------------------------------ */

static const char *skip(const char *at, const char *these)
{
    return at + strspn(at, these);
}

/* The character at `at` inside quotes, as it is written: its length, or 0. */
static size_t value_step(const char *at)
{
    if (*at == '\0' || *at == '\n' || *at == '"')
        return 0;
    if (*at == '\\')
        return at[1] == '\\' || at[1] == '"' || at[1] == 'n' ? 2 : 0;
    return utf8_length(at);
}

/* label = name "=" DQUOTE value DQUOTE. Returns what follows, or NULL. */
static const char *take_label(const char *at, struct label *label)
{
    size_t step;

    label->name.at = at;
    while (is_letter(*at) || is_digit(*at))
        at++;
    label->name.len = (size_t)(at - label->name.at);
    at = skip(at, " ");
    if (!labels_name(label->name.at, label->name.len) || *at != '=')
        return NULL;
    at = skip(at + 1, " ");
    if (*at != '"')
        return NULL;
    label->value.at = ++at;
    while ((step = value_step(at)) > 0)
        at += step;
    label->value.len = (size_t)(at - label->value.at);
    return *at == '"' ? skip(at + 1, " ") : NULL;
}

static int compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.at, b.at, len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Puts it in its place among those that are sorted. -1 if the name is there. */
static int insert(struct label *sorted, int count, const struct label *label)
{
    int at = count;

    while (at > 0 && compare(sorted[at - 1].name, label->name) > 0)
        at--;
    if (at > 0 && compare(sorted[at - 1].name, label->name) == 0)
        return -1;
    memmove(sorted + at + 1, sorted + at,
            (size_t)(count - at) * sizeof *sorted);
    sorted[at] = *label;
    return 0;
}

/* labels = [ label *( "," label ) [ "," ] ]. The number, sorted; or -1. */
static int take_labels(const char *at, struct label sorted[LABELS_MAX])
{
    int count = 0;

    at = skip(at, " ");
    while (*at != '\0') {
        struct label label;

        at = take_label(at, &label);
        if (at == NULL || (*at != ',' && *at != '\0'))
            return -1;
        if (count == LABELS_MAX || insert(sorted, count, &label) != 0)
            return -1;
        count++;
        if (*at == ',')
            at = skip(at + 1, " ");
    }
    return count;
}

/* ---- writing ------------------------------------------------------------ */

/* Bytes of one label and the NUL behind it. */
static size_t size_of(const struct label *label)
{
    return label->name.len + label->value.len + sizeof "=\"\"";
}

static char *put(char *out, const void *bytes, size_t len)
{
    memcpy(out, bytes, len);
    return out + len;
}

int labels_canonical(const char *labels, char out[LABELS_TEXT_MAX])
{
    struct label sorted[LABELS_MAX];
    int count = labels != NULL ? take_labels(labels, sorted) : 0;
    char *at = out;

    for (int i = 0; i < count; i++) {
        const struct label *label = &sorted[i];

        if (label->value.len == 0)
            continue;
        if (size_of(label) + (at > out) > (size_t)(out + LABELS_TEXT_MAX - at))
            return -1;
        if (at > out)
            *at++ = ',';
        at = put(at, label->name.at, label->name.len);
        at = put(at, "=\"", 2);
        at = put(at, label->value.at, label->value.len);
        *at++ = '"';
    }
    *at = '\0';
    return count < 0 ? -1 : 0;
}

int labels_find(const char *canonical, const char *name, struct slice *value)
{
    struct label label;

    while (*canonical != '\0') {
        canonical = skip(take_label(canonical, &label), ",");
        if (slice_equal(label.name, slice_of(name))) {
            *value = label.value;
            return 1;
        }
    }
    return 0;
}

/* One character of a value, escaped, at `to`: how many bytes were written. */
static size_t escape(char *to, const char **from)
{
    size_t len = utf8_length(*from);

    if (**from == '\\' || **from == '"' || **from == '\n') {
        to[0] = '\\';
        to[1] = **from == '\n' ? 'n' : **from;
        (*from)++;
        return 2;
    }
    memcpy(to, len > 0 ? *from : "?", len > 0 ? len : 1);
    *from += len > 0 ? len : 1;
    return len > 0 ? len : 1;
}

void labels_add(char out[LABELS_TEXT_MAX], const char *name, const char *value)
{
    const size_t longest = 4; /* a character of UTF-8 */
    size_t used = strlen(out), name_len = strlen(name);
    char *at = out + used;

    if (used + name_len + longest + sizeof ",=\"\"" > LABELS_TEXT_MAX)
        return;
    if (used > 0)
        *at++ = ',';
    at = put(at, name, name_len);
    at = put(at, "=\"", 2);
    while (*value != '\0' &&
           (size_t)(at - out) + longest + sizeof "\"" <= LABELS_TEXT_MAX)
        at += escape(at, &value);
    put(at, "\"", 2);
}
