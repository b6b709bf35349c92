#include "coding.h"

#include <string.h>

/* qvalue, in thousandths; -1 if it is malformed. */
static int read_qvalue(struct slice s)
{
    int quality, place = 100;

    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1'))
        return -1;
    quality = s.at[0] == '1' ? 1000 : 0;
    if (s.len > 1 && s.at[1] != '.')
        return -1;
    for (size_t i = 2; i < s.len; i++, place /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        quality += (s.at[i] - '0') * place;
    }
    return quality <= 1000 ? quality : -1;
}

/* codings [ OWS ";" OWS "q=" qvalue ]: the name, and its quality; -1 if that is
 * malformed. */
static int read_element(struct slice element, struct slice *name)
{
    const char *end = memchr(element.at, ';', element.len);
    struct slice weight;

    *name = element;
    if (end == NULL)
        return 1000;
    *name = slice_trim((struct slice){element.at, (size_t)(end - element.at)});
    weight = slice_trim(
        (struct slice){end + 1, (size_t)(element.at + element.len - end) - 1});
    if (weight.len < 2 || !slice_same_letters(weight.at, "q=", 2))
        return -1;
    return read_qvalue((struct slice){weight.at + 2, weight.len - 2});
}

static int is_same_coding(struct slice name, struct slice coding)
{
    if (slice_equal_nocase(name, SLICE("x-gzip")))
        name = SLICE("gzip");
    return slice_equal_nocase(name, coding);
}

/* Looks through one field. Notes the first mention of the coding, and of "*".
 */
static void look_through(struct slice list, struct slice coding, int *named,
                         int *star)
{
    struct slice element, name;

    while (slice_next_element(&list, &element)) {
        int quality = read_element(element, &name);

        if (quality >= 0 && *named < 0 && is_same_coding(name, coding))
            *named = quality;
        if (quality >= 0 && *star < 0 && slice_equal(name, SLICE("*")))
            *star = quality;
    }
}

int coding_quality(const struct http_head *h, struct slice coding)
{
    int named = -1, star = -1;

    for (int i = 0; i < h->field_count; i++)
        if (slice_equal_nocase(h->fields[i].name, SLICE("Accept-Encoding")))
            look_through(h->fields[i].value, coding, &named, &star);
    return named >= 0 ? named : star;
}

int coding_prefers_gzip(const struct http_head *h)
{
    int gzip = coding_quality(h, SLICE("gzip"));

    return gzip > 0 && gzip >= coding_quality(h, SLICE("identity"));
}
