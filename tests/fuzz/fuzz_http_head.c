/* What must hold of http_head for any bytes:
 *   - no byte behind the input is read (it ends at a page without access)
 *   - more bytes never change a verdict that has been given, and a head that is
 *     complete has no shorter one in it: PARTIAL ... PARTIAL, then always the
 *     same COMPLETE or the same BAD
 *   - bytes that are not worth parsing do not complete a head
 *   - what is passed on of a head is a head that says the same: method, host
 *     and framing; it has no hop-by-hop field; passing it on again changes
 *     nothing */

#include "fuzz.h"
#include "http_head.h"

#include <string.h>

#define ALL_CUTS   600 /* bytes; of a longer input some cuts are tried */
#define SOME_CUTS  64

/* What a prefix was found to be. */
struct finding {
    enum http_verdict verdict;
    size_t length, at; /* COMPLETE: of the head; bytes that were looked at */
    int status;        /* BAD */
};

static struct finding look(const unsigned char *data, size_t size)
{
    static struct http_head h;
    const char *bytes = guarded(data, size);
    struct finding f = {HTTP_PARTIAL, 0, size, 0};

    f.verdict = http_head_parse_request(&h, bytes, size);
    f.length = f.verdict == HTTP_COMPLETE ? h.length : 0;
    f.status = f.verdict == HTTP_BAD ? h.status : 0;
    if (f.verdict == HTTP_COMPLETE)
        check(h.length > 0 && h.length <= size, "a length within the input");
    if (f.verdict == HTTP_BAD)
        check(h.status >= 400 && h.status <= 505 && h.why != NULL,
              "a reason for a refusal");
    return f;
}

static void check_cuts(const unsigned char *data, size_t size)
{
    size_t step = size <= ALL_CUTS ? 1 : size / SOME_CUTS;
    struct finding before = look(data, 0);

    check(before.verdict == HTTP_PARTIAL, "nothing is the beginning of a head");
    for (size_t cut = step; cut <= size; cut += step) {
        struct finding now = look(data, cut);

        if (before.verdict != HTTP_PARTIAL)
            check(now.verdict == before.verdict &&
                      now.length == before.length &&
                      now.status == before.status,
                  "a verdict that more bytes do not change");
        else if (now.verdict == HTTP_COMPLETE) {
            check(now.length > before.at, "a head that is not cut short");
            check(http_head_worth_parsing((const char *)data, before.at, cut),
                  "a complete head that is worth parsing");
        }
        before = now;
    }
}

static size_t forward(const struct http_head *h, char *out, size_t size)
{
    static const struct http_field none[1];
    struct buffer b;

    buffer_init(&b, out, size);
    check(http_head_forward(h, none, 0, &b) == 0, "room for any head");
    return buffer_size(&b);
}

static void check_same(const struct http_head *a, const struct http_head *b)
{
    check(slice_equal(a->method, b->method), "the same method");
    check(slice_equal(a->authority, b->authority), "the same host");
    check(a->minor == b->minor, "the same version");
    check(a->chunked == b->chunked, "the same transfer coding");
    check(a->content_length == b->content_length, "the same length of body");
    check(b->form != HTTP_ABSOLUTE, "no absolute form to a server");
    for (int i = 0; i < b->field_count; i++)
        check(!http_head_is_hop_by_hop(b, &b->fields[i]),
              "no hop-by-hop field");
}

static void check_forwarding(const unsigned char *data, size_t size)
{
    static struct http_head first, second;
    static char once[2 * HTTP_HEAD_MAX], twice[2 * HTTP_HEAD_MAX];
    size_t len;

    if (http_head_parse_request(&first, guarded(data, size), size) !=
            HTTP_COMPLETE ||
        first.field_count == HTTP_FIELDS_MAX) /* Host may be one too many */
        return;
    len = forward(&first, once, sizeof once);
    if (len > HTTP_HEAD_MAX) /* CRLF for LF, ": " for ":" */
        return;
    check(http_head_parse_request(&second, once, len) == HTTP_COMPLETE,
          "a forwarded head that is a head");
    check(second.length == len, "a forwarded head and nothing else");
    check_same(&first, &second);
    check(forward(&second, twice, sizeof twice) == len &&
              memcmp(once, twice, len) == 0,
          "the same when forwarded again");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (guarded(data, size) == NULL)
        return 0;
    check_cuts(data, size);
    check_forwarding(data, size);
    return 0;
}
