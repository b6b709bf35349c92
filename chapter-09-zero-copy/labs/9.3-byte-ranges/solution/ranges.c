#include "ranges.h"

static struct slice skip(struct slice s, size_t bytes)
{
    return (struct slice){s.at + bytes, s.len - bytes};
}

static int begins_with(struct slice s, char c)
{
    return s.len > 0 && s.at[0] == c;
}

/* Digits off the front; more than 64 bits are the largest number. 0 if none. */
static int take_position(struct slice *s, uint64_t *out)
{
    size_t digits = 0;

    while (digits < s->len && s->at[digits] >= '0' && s->at[digits] <= '9')
        digits++;
    if (slice_number((struct slice){s->at, digits}, UINT64_MAX, out) != 0)
        *out = UINT64_MAX;
    *s = skip(*s, digits);
    return digits > 0;
}

/* -LENGTH; a length of 0 leaves the range empty. 0, or -1. */
static int parse_suffix(struct slice s, uint64_t size, struct range *out)
{
    uint64_t length;

    s = skip(s, 1);
    if (!take_position(&s, &length) || s.len > 0)
        return -1;
    out->length = length < size ? length : size;
    out->from = size - out->length;
    return 0;
}

/* FIRST-LAST or FIRST-; one behind the end leaves the range empty. 0, or -1. */
static int parse_span(struct slice s, uint64_t size, struct range *out)
{
    uint64_t first, last = UINT64_MAX;

    if (!take_position(&s, &first) || !begins_with(s, '-'))
        return -1;
    s = skip(s, 1);
    if (s.len > 0 && !take_position(&s, &last))
        return -1;
    if (s.len > 0 || last < first)
        return -1;
    out->from = first;
    out->length = 0;
    if (first < size)
        out->length = (last < size ? last : size - 1) - first + 1;
    return 0;
}

static int parse_element(struct slice s, uint64_t size, struct range *out)
{
    return begins_with(s, '-') ? parse_suffix(s, size, out)
                               : parse_span(s, size, out);
}

static int shares_a_byte(const struct range *r, const struct range *others,
                         int count)
{
    for (int i = 0; i < count; i++)
        if (r->from < others[i].from + others[i].length &&
            others[i].from < r->from + r->length)
            return 1;
    return 0;
}

/* The elements after the unit. */
static int parse_list(struct slice list, uint64_t size,
                      struct range out[RANGES_MAX])
{
    struct slice element;
    int elements = 0, count = 0;

    while (slice_next_element(&list, &element)) {
        struct range r;

        if (element.len == 0)
            continue;
        if (++elements > RANGES_MAX)
            return RANGES_WHOLE;
        if (parse_element(element, size, &r) != 0)
            return RANGES_WHOLE;
        if (r.length == 0)
            continue;
        if (shares_a_byte(&r, out, count))
            return RANGES_WHOLE;
        out[count++] = r;
    }
    return elements > 0 ? count : RANGES_WHOLE;
}

int ranges_parse(struct slice value, uint64_t size,
                 struct range out[RANGES_MAX])
{
    const struct slice unit = SLICE("bytes=");

    if (value.len < unit.len ||
        !slice_same_letters(value.at, unit.at, unit.len))
        return RANGES_WHOLE;
    return parse_list(skip(value, unit.len), size, out);
}
