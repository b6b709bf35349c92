#include "file_answer.h"

#include "http_date.h"
#include "http_error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *file_tag(const struct file_facts *f, char out[FILE_TAG_MAX])
{
    snprintf(out, FILE_TAG_MAX, "\"%" PRIx64 "-%" PRIx64 ".%lx\"", f->size,
             (uint64_t)f->changed_s, (unsigned long)f->changed_ns);
    return out;
}

/* ---- conditions --------------------------------------------------------- */

/* Cuts the next entity tag off a list: 1, or 0 at its end, or if what follows is
 * none. A tag may have a comma in it. */
static int next_tag(struct slice *list, struct slice *tag, int *weak)
{
    const char *end;

    while (list->len > 0 && strchr(" \t,", list->at[0]) != NULL) {
        list->at++;
        list->len--;
    }
    *weak = list->len > 2 && memcmp(list->at, "W/", 2) == 0;
    if (*weak) {
        list->at += 2;
        list->len -= 2;
    }
    if (list->len < 2 || list->at[0] != '"' ||
        (end = memchr(list->at + 1, '"', list->len - 1)) == NULL)
        return 0;
    tag->at = list->at;
    tag->len = (size_t)(end + 1 - list->at);
    list->at += tag->len;
    list->len -= tag->len;
    return 1;
}

/* Whether a list names the tag. Weak ones are no match in a strong comparison. */
static int names_tag(struct slice list, const char *mine, int strong)
{
    struct slice tag;
    int weak;

    if (slice_equal(list, SLICE("*")))
        return 1;
    while (next_tag(&list, &tag, &weak))
        if (slice_equal(tag, slice_of(mine)) && !(strong && weak))
            return 1;
    return 0;
}

/* Whether any field of that name names it. *present: whether there is one. */
static int field_names_tag(const struct http_head *h, struct slice name,
                           const char *mine, int strong, int *present)
{
    int named = 0;

    *present = 0;
    for (int i = 0; i < h->field_count; i++)
        if (slice_equal_nocase(h->fields[i].name, name)) {
            *present = 1;
            named |= names_tag(h->fields[i].value, mine, strong);
        }
    return named;
}

/* Whether the file has not changed since the date of this field: 1, 0; -1 if the
 * field is not there or no date, and so counts for nothing. */
static int unchanged_since(const struct http_head *h, struct slice name,
                           const struct file_facts *f, int64_t now)
{
    const struct slice *value = http_head_find(h, name);
    int64_t date;

    if (value == NULL || http_date_parse(*value, now, &date) != 0)
        return -1;
    return f->changed_s <= date;
}

/* In the order of section 13.2.2: 0, 412 or 304. */
static int check_conditions(const struct file_facts *f,
                            const struct http_head *h, int64_t now)
{
    char tag[FILE_TAG_MAX];
    int present, named;

    file_tag(f, tag);
    named = field_names_tag(h, SLICE("If-Match"), tag, 1, &present);
    if (present ? !named
                : unchanged_since(h, SLICE("If-Unmodified-Since"), f, now) == 0)
        return 412;
    named = field_names_tag(h, SLICE("If-None-Match"), tag, 0, &present);
    if (present ? named
                : unchanged_since(h, SLICE("If-Modified-Since"), f, now) == 1)
        return 304;
    return 0;
}

/* ---- ranges ------------------------------------------------------------- */

/* Whether the client's part is of the file as it is now. */
static int range_is_valid(const struct file_facts *f, const struct http_head *h,
                          int64_t now)
{
    const struct slice *value = http_head_find(h, SLICE("If-Range"));
    char tag[FILE_TAG_MAX];
    int64_t date;

    if (value == NULL)
        return 1;
    if (value->len > 0 && (value->at[0] == '"' || value->at[0] == 'W'))
        if (http_date_parse(*value, now, &date) != 0)
            return slice_equal(*value, slice_of(file_tag(f, tag)));
    return http_date_parse(*value, now, &date) == 0 && date == f->changed_s;
}

/* Digits off the front; more than 64 bits are the largest number. 0 if none. */
static int take_position(struct slice *s, uint64_t *out)
{
    size_t digits = 0;

    while (digits < s->len && s->at[digits] >= '0' && s->at[digits] <= '9')
        digits++;
    if (slice_number((struct slice){s->at, digits}, UINT64_MAX, out) != 0)
        *out = UINT64_MAX;
    s->at += digits;
    s->len -= digits;
    return digits > 0;
}

/* bytes=FIRST-LAST, FIRST- or -LENGTH. 0 if it is anything else. */
static int parse_range(struct slice value, uint64_t size, uint64_t *first,
                       uint64_t *last)
{
    static const char unit[] = "bytes=";
    uint64_t length;

    if (value.len < sizeof unit ||
        !slice_same_letters(value.at, unit, sizeof unit - 1))
        return 0;
    value = slice_trim((struct slice){value.at + sizeof unit - 1,
                                      value.len - (sizeof unit - 1)});
    *last = UINT64_MAX;
    if (value.len > 0 && value.at[0] == '-') {
        value.at++;
        value.len--;
        if (!take_position(&value, &length))
            return 0;
        *first = length == 0 ? UINT64_MAX : length < size ? size - length : 0;
        return value.len == 0;
    }
    if (!take_position(&value, first) || value.len == 0 || value.at[0] != '-')
        return 0;
    value.at++;
    value.len--;
    if (value.len > 0 && !take_position(&value, last))
        return 0;
    return value.len == 0 && *first <= *last;
}

static void choose_range(struct file_answer *a, const struct file_facts *f,
                         struct slice value)
{
    uint64_t first, last;

    if (!parse_range(value, f->size, &first, &last) ||
        (f->size == 0 && first == 0))
        return;
    if (first >= f->size) {
        a->status = 416;
        a->length = 0;
        return;
    }
    last = last < f->size ? last : f->size - 1;
    a->status = 206;
    a->from = first;
    a->length = last - first + 1;
}

struct file_answer file_answer_choose(const struct file_facts *f,
                                      const struct http_head *h, int64_t now)
{
    const struct slice *range = http_head_find(h, SLICE("Range"));
    struct file_answer a = {check_conditions(f, h, now), 0, 0};

    if (a.status != 0)
        return a;
    a.status = 200;
    a.length = f->size;
    if (range != NULL && slice_equal(h->method, SLICE("GET")) &&
        range_is_valid(f, h, now))
        choose_range(&a, f, *range);
    return a;
}

/* ---- the head ----------------------------------------------------------- */

/* The lines about the body, for those answers that have one. */
static int write_body_lines(const struct file_answer *a,
                            const struct file_facts *f, const char *type,
                            char *out, size_t size)
{
    int len = 0;

    if (a->status == 206)
        len = snprintf(out, size,
                       "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
                       "\r\n",
                       a->from, a->from + a->length - 1, f->size);
    else if (a->status == 416)
        return snprintf(out, size,
                        "Content-Range: bytes */%" PRIu64 "\r\n"
                        "Content-Length: 0\r\n",
                        f->size);
    else if (a->status == 412)
        return snprintf(out, size, "Content-Length: 0\r\n");
    else if (a->status == 304)
        return 0;
    return len + snprintf(out + len, size - (size_t)len,
                          "Content-Type: %s\r\nContent-Length: %" PRIu64
                          "\r\nAccept-Ranges: bytes\r\n",
                          type, a->length);
}

/* A Last-Modified later than Date would be a promise about the future. */
size_t file_answer_head(const struct file_answer *a, const struct file_facts *f,
                        const char *type, const char *connection, int64_t now,
                        char out[FILE_HEAD_MAX])
{
    char date[HTTP_DATE_MAX], changed[HTTP_DATE_MAX], tag[FILE_TAG_MAX];
    char body[FILE_HEAD_MAX / 2] = "";

    http_date_format(date, now);
    http_date_format(changed, f->changed_s < now ? f->changed_s : now);
    write_body_lines(a, f, type, body, sizeof body);
    return (size_t)snprintf(out, FILE_HEAD_MAX,
                            "HTTP/1.1 %d %s\r\n"
                            "Date: %s\r\n"
                            "Last-Modified: %s\r\n"
                            "ETag: %s\r\n"
                            "%s%s\r\n",
                            a->status, http_status_text(a->status), date,
                            changed, file_tag(f, tag), body, connection);
}
