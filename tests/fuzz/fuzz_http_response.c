/* What must hold of http_response for any bytes:
 *   - no byte behind the input is read
 *   - more bytes never change a verdict that has been given
 *   - bytes that are not worth parsing do not complete a head
 *   - what the client gets of a head is a head that says the same: status, reason
 *     and framing; it has no hop-by-hop field; passing it on again changes
 *     nothing */
#include "fuzz.h"
#include "http_response.h"

#include <string.h>

#define ALL_CUTS  600 /* bytes; of a longer input some cuts are tried */
#define SOME_CUTS 64

/* What a prefix was found to be. */
struct finding {
    enum http_verdict verdict;
    size_t length, at; /* COMPLETE: of the head; bytes that were looked at */
    const char *why;   /* BAD */
};

static struct finding look(const unsigned char *data, size_t size)
{
    static struct http_response r;
    const char *bytes = guarded(data, size);
    struct finding f = {HTTP_PARTIAL, 0, size, NULL};

    f.verdict = http_response_parse(&r, bytes, size);
    f.length = f.verdict == HTTP_COMPLETE ? r.head.length : 0;
    f.why = f.verdict == HTTP_BAD ? r.head.why : NULL;
    if (f.verdict == HTTP_COMPLETE)
        check(f.length > 0 && f.length <= size && r.status >= 100 &&
                  r.status <= 599,
              "a length within the input, and a status");
    if (f.verdict == HTTP_BAD)
        check(f.why != NULL, "a reason for a refusal");
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
                      now.length == before.length && now.why == before.why,
                  "a verdict that more bytes do not change");
        else if (now.verdict == HTTP_COMPLETE) {
            check(now.length > before.at, "a head that is not cut short");
            check(http_head_worth_parsing((const char *)data, before.at, cut),
                  "a complete head that is worth parsing");
        }
        before = now;
    }
}

static size_t forward(const struct http_response *r, char *out, size_t size)
{
    static const struct http_field none[1];
    struct buffer b;

    buffer_init(&b, out, size);
    check(http_response_forward(r, none, 0, &b) == 0, "room for any head");
    return buffer_size(&b);
}

static void check_same(const struct http_response *a,
                       const struct http_response *b)
{
    check(a->status == b->status, "the same status");
    check(slice_equal(a->reason, b->reason), "the same reason");
    check(a->head.chunked == b->head.chunked, "the same transfer coding");
    check(a->head.content_length == b->head.content_length,
          "the same length of body");
    for (int i = 0; i < b->head.field_count; i++)
        check(!http_head_is_hop_by_hop(&b->head, &b->head.fields[i]),
              "no hop-by-hop field");
}

static void check_forwarding(const unsigned char *data, size_t size)
{
    static struct http_response first, second;
    static char once[2 * HTTP_HEAD_MAX], twice[2 * HTTP_HEAD_MAX];
    size_t len;

    if (http_response_parse(&first, guarded(data, size), size) != HTTP_COMPLETE)
        return;
    len = forward(&first, once, sizeof once);
    if (len > HTTP_HEAD_MAX) /* CRLF for LF, ": " for ":" */
        return;
    check(http_response_parse(&second, once, len) == HTTP_COMPLETE,
          "a forwarded head that is a head");
    check(second.head.length == len, "a forwarded head and nothing else");
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
