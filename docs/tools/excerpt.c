#include "excerpt.h"

#include <ctype.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

struct range {
    int first, last; /* first <= i < last */
};

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The place of `name` as a whole word in a line, and of what follows it. */
static const char *find_word(const char *line, const char *name,
                             const char **behind)
{
    size_t len = strlen(name);

    for (const char *at = line; (at = strstr(at, name)) != NULL; at++) {
        if ((at > line && is_word(at[-1])) || is_word(at[len]))
            continue;
        *behind = at + len + strspn(at + len, " \t");
        return at;
    }
    return NULL;
}

/* From line i to the one that begins with the closing brace; the first line
 * may hold all of it. */
static int end_of_body(const struct lines *s, int i)
{
    for (int j = i; j < s->count; j++)
        if (s->at[j][0] == '}' || (strchr(s->at[j], '{') != NULL &&
                                   strchr(s->at[j], '}') != NULL && j == i))
            return j + 1;
    return -1;
}

/* Line i names a function: where its definition ends, or (want ';') where its
 * declaration does; -1 if it is the other of the two. */
static int end_of_function(const struct lines *s, int i, char want)
{
    for (int j = i; j < s->count; j++) {
        size_t at = strcspn(s->at[j], "{;");
        char found = s->at[j][at];

        if (found == '\0')
            continue;
        if (found != want)
            return -1;
        return found == ';' ? j + 1 : end_of_body(s, j);
    }
    return -1;
}

static int find_function(const struct lines *s, const char *name, char want,
                         struct range *r)
{
    const char *behind, *at;

    for (int i = 0; i < s->count; i++) {
        if (!is_word(s->at[i][0]) ||
            (at = find_word(s->at[i], name, &behind)) == NULL ||
            *behind != '(' || (r->last = end_of_function(s, i, want)) < 0)
            continue;
        /* A return type may stand on a line of its own. */
        r->first = at == s->at[i] && i > 0 && is_word(s->at[i - 1][0]) ? i - 1
                                                                       : i;
        return 0;
    }
    return -1;
}

static int find_type(const struct lines *s, const char *name, struct range *r)
{
    const char *behind;

    for (int i = 0; i < s->count; i++) {
        if (!is_word(s->at[i][0]) ||
            find_word(s->at[i], name, &behind) == NULL ||
            (*behind != '\0' && *behind != '{'))
            continue;
        *r = (struct range){i, end_of_body(s, i)};
        return r->last < 0 ? -1 : 0;
    }
    return -1;
}

static int find_define(const struct lines *s, const char *name, struct range *r)
{
    const char *behind;

    for (int i = 0; i < s->count; i++) {
        const char *at = s->at[i];
        int j = i;

        if (*at != '#' || find_word(at, "define", &behind) == NULL ||
            find_word(behind, name, &at) != behind)
            continue;
        while (j + 1 < s->count && strchr(s->at[j], '\0')[-1] == '\\')
            j++;
        *r = (struct range){i, j + 1};
        return 0;
    }
    return -1;
}

/* Copies the expression that begins behind a '/' up to the next one ("\/" is a
 * plain slash); returns what follows, or NULL. */
static const char *read_expression(const char *at, char *out, size_t size)
{
    size_t n = 0;

    for (; *at != '\0' && *at != '/' && n + 1 < size; at++) {
        if (at[0] == '\\' && at[1] == '/')
            at++;
        out[n++] = *at;
    }
    out[n] = '\0';
    return *at == '/' ? at + 1 : NULL;
}

/* The first line from `from` on that the expression matches, or -1. */
static int find_line(const struct lines *s, int from, const char *expression)
{
    regex_t re;
    int i;

    if (regcomp(&re, expression, REG_NOSUB) != 0)
        return -1;
    for (i = from; i < s->count; i++)
        if (regexec(&re, s->at[i], 0, NULL, 0) == 0)
            break;
    regfree(&re);
    return i < s->count ? i : -1;
}

static int find_range(const struct lines *s, const char *what, struct range *r)
{
    char from[512], to[512];
    const char *at = read_expression(what + 1, from, sizeof from);

    if (at == NULL || (r->first = find_line(s, 0, from)) < 0)
        return -1;
    r->last = r->first + 1;
    if (*at == '\0')
        return 0;
    if (strncmp(at, ",/", 2) != 0 ||
        (at = read_expression(at + 2, to, sizeof to)) == NULL || *at != '\0')
        return -1;
    r->last = find_line(s, r->first, to) + 1;
    return r->last > 0 ? 0 : -1;
}

static int find(const struct lines *s, const char *what, struct range *r)
{
    *r = (struct range){0, s->count};
    if (strcmp(what, "*") == 0)
        return 0;
    if (what[0] == '/')
        return find_range(s, what, r);
    if (strncmp(what, "#define ", 8) == 0)
        return find_define(s, what + 8, r);
    if (strncmp(what, "struct ", 7) == 0 || strncmp(what, "enum ", 5) == 0 ||
        strncmp(what, "union ", 6) == 0)
        return find_type(s, what, r);
    if (find_function(s, what, '{', r) == 0)
        return 0;
    return find_function(s, what, ';', r);
}

int excerpt_find(const struct lines *source, const char *what,
                 struct lines *out)
{
    struct range r;
    size_t common = INT_MAX;

    *out = (struct lines){0};
    if (find(source, what, &r) < 0)
        return -1;
    for (int i = r.first; i < r.last; i++) {
        size_t indent = strspn(source->at[i], " \t");

        if (source->at[i][indent] != '\0' && indent < common)
            common = indent;
    }
    for (int i = r.first; i < r.last; i++) {
        size_t len = strlen(source->at[i]);
        size_t skip = len < common ? len : common;

        lines_add(out, source->at[i] + skip, len - skip, 0);
    }
    return 0;
}
