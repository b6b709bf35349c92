#include "slice.h"

#include <string.h>

struct slice slice_of(const char *text)
{
    struct slice s = {text, strlen(text)};

    return s;
}

int slice_equal(struct slice a, struct slice b)
{
    /* memcmp(3) wants pointers to something, even for no bytes at all. */
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int slice_same_letters(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return 0;
    return 1;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && is_space(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

int slice_next_element(struct slice *list, struct slice *element)
{
    const char *comma;

    if (list->at == NULL || list->len == 0)
        return 0;
    comma = memchr(list->at, ',', list->len);
    element->at = list->at;
    element->len = comma != NULL ? (size_t)(comma - list->at) : list->len;
    list->at = comma != NULL ? comma + 1 : NULL;
    list->len = comma != NULL ? list->len - element->len - 1 : 0;
    *element = slice_trim(*element);
    return 1;
}

int slice_number(struct slice s, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (s.len == 0)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned char)s.at[i] - '0';

        if (digit > 9 || digit > max || value > (max - digit) / 10)
            return -1;
        value = value * 10 + digit;
    }
    *out = value;
    return 0;
}
