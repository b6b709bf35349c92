/* What must hold of http_frame for any bytes. The first two bytes of the input
 * say which framing it is and how the rest is cut; the rest is the body and what
 * follows it.
 *   - no byte behind the input is read, and no more is taken than there is
 *   - scanned whole or in pieces, with skips or without, the outcome is the same:
 *     so many bytes go on, and the message ends there, or is refused there
 *   - behind its end nothing is taken, and what follows does not change the end
 *   - what goes on of a chunked body is, to a plain reader of chunks that knows
 *     only the grammar, one whole body and nothing else */
#include "fuzz.h"
#include "http_frame.h"

#include <stdint.h>
#include <string.h>

struct outcome {
    size_t taken;
    int done;
    const char *why;
};

static void begin(struct http_frame *f, unsigned char kind)
{
    struct http_head h;

    memset(&h, 0, sizeof h);
    h.chunked = kind % 4 != 0;
    h.content_length = h.chunked ? -1 : kind * 8;
    http_frame_request(f, &h);
}

static size_t scan(struct http_frame *f, const char *bytes, size_t len)
{
    size_t taken = http_frame_scan(f, guarded(bytes, len), len);

    check(taken <= len, "no more taken than there is");
    check(f->why == NULL || !http_frame_is_done(f), "malformed, or done");
    return taken;
}

static struct outcome whole(unsigned char kind, const char *bytes, size_t len)
{
    struct outcome o;
    struct http_frame f;

    begin(&f, kind);
    o.taken = scan(&f, bytes, len);
    o.done = http_frame_is_done(&f);
    o.why = f.why;
    check(scan(&f, bytes + o.taken, len - o.taken) == 0,
          "nothing more taken of the same bytes");
    return o;
}

/* Pieces of 1 to 16 bytes, by a generator that the input seeds. */
static size_t next_piece(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return 1 + (*state >> 28);
}

static struct outcome pieces(unsigned char kind, unsigned char seed,
                             const char *bytes, size_t len)
{
    struct outcome o = {0, 0, NULL};
    struct http_frame f;
    uint32_t state = seed;
    size_t arrived = 0;

    begin(&f, kind);
    while (arrived < len) {
        size_t more = next_piece(&state);

        arrived = more < len - arrived ? arrived + more : len;
        o.taken += scan(&f, bytes + o.taken, arrived - o.taken);
        if (seed % 2 && o.taken == arrived && f.left <= len - arrived) {
            o.taken += (size_t)http_frame_skip(&f);
            arrived = o.taken;
        }
    }
    o.done = http_frame_is_done(&f);
    o.why = f.why;
    return o;
}

/* ---- a second reader, which shares no code with the first ---------------- */

static size_t line_end(const char *bytes, size_t from, size_t len)
{
    while (from + 1 < len && !(bytes[from] == '\r' && bytes[from + 1] == '\n'))
        from++;
    check(from + 1 < len, "a line that ends in CRLF");
    return from + 2;
}

static size_t plain_size(const char *bytes, size_t *at)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    size_t size = 0;
    const char *digit;

    while (bytes[*at] != '\0' &&
           (digit = strchr(digits, bytes[*at])) != NULL) {
        size = size * 16 + (size_t)(digit - digits) % 16;
        ++*at;
    }
    return size;
}

/* Where the body that begins here ends. */
static size_t plain_end(const char *bytes, size_t len)
{
    size_t at = 0, size, line;

    do {
        size = plain_size(bytes, &at);
        at = line_end(bytes, at, len);
        check(size <= len - at, "a chunk that is all there");
        if (size > 0)
            at = line_end(bytes, at + size, len);
    } while (size > 0);
    do {
        line = at;
        at = line_end(bytes, at, len);
    } while (at - line > 2);
    return at;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *bytes = (const char *)data + 2;
    size_t len = size - 2;
    struct outcome o, other;

    if (size < 2 || guarded(data, size) == NULL)
        return 0;
    o = whole(data[0], bytes, len);
    other = pieces(data[0], data[1], bytes, len);
    check(o.taken == other.taken && o.done == other.done && o.why == other.why,
          "the same outcome in pieces");
    if (!o.done)
        return 0;
    other = whole(data[0], bytes, o.taken);
    check(other.done && other.taken == o.taken,
          "the same end without what follows");
    if (data[0] % 4 != 0)
        check(plain_end(bytes, o.taken) == o.taken, "the end of a plain reader");
    return 0;
}
