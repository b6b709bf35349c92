/* However a body is cut on its way, and whatever it is, the outcome is one: as
 * many bytes go on, and it ends there, or is refused there, or is not over. */

#include "framed.h"

#include <stdio.h>

static const char *const bodies[] = {
    "0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "5\r\nabcde\r\n0\r\n\r\n",
    "a;x=\"y\"\r\n0123456789\r\n1 ;z\r\na\r\n0\r\nX: y\r\nZ: \t\r\n\r\n0\r\n",
    "3\r\n\r\n0\r\n2\r\n\r\n\r\n0;\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n",
    "0000000000000002\r\n\r\n\r\n00\r\n\r\n",
    "1f\r\n0123456789abcdef0123456789abcde\r\n0\r\n\r\n",
    /* not whole */
    "5\r\nabc",
    "1\r\na\r\n0\r\nX: y\r\n",
    "ff;a",
    /* malformed, each at another place */
    "5\nabcde\r\n0\r\n\r\n",
    "5;a\rb\r\nabcde\r\n0\r\n\r\n",
    "1\r\nab\r\n0\r\n\r\n",
    "1\r\na\n0\r\n\r\n",
    "1\r\na\r\n0x1\r\na\r\n0\r\n\r\n",
    "2 \r\nab\r\n0\r\n\r\n",
    "0\r\nX : y\r\n\r\n",
    "0\r\nX: y\r\nHost: a\r\n\r\n",
    "0\r\nX: y\n\r\n",
    "ffffffffffffffffff\r\n",
};
#define BODIES (sizeof bodies / sizeof *bodies)

static void same(struct outcome a, struct outcome b, const char *bytes,
                 size_t len)
{
    char shown[300];

    if (a.taken != b.taken || a.done != b.done || a.why != b.why)
        failure("%s\n  whole: %zu taken, done %d, %s\n  in pieces: %zu taken, "
                "done %d, %s", escaped(bytes, len, shown, sizeof shown),
                a.taken, a.done, a.why != NULL ? a.why : "good", b.taken,
                b.done, b.why != NULL ? b.why : "good");
}

/* ---- pieces ------------------------------------------------------------- */

static size_t one_byte(void *data)
{
    (void)data;
    return 1;
}

static size_t random_bytes(void *seed)
{
    return 1 + random_next(seed) % 9;
}

/* Up to the first cut, to the second, and the rest. */
static size_t next_cut(void *data)
{
    size_t **cut = data;

    return *(*cut)++;
}

static void single_bytes_make_no_difference(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    for (size_t i = 0; i < BODIES; i++) {
        size_t len = strlen(bodies[i]);
        struct outcome whole = frame_whole(f, bodies[i], len);

        for (int skips = 0; skips < 2; skips++)
            same(whole, frame_pieces(f, bodies[i], len, one_byte, NULL, skips),
                 bodies[i], len);
    }
}

static void two_cuts_anywhere_make_no_difference(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    for (size_t i = 0; i < BODIES; i++) {
        size_t len = strlen(bodies[i]);
        struct outcome whole = frame_whole(f, bodies[i], len);

        for (size_t a = 1; a < len; a++)
            for (size_t b = a + 1; b <= len; b++) {
                size_t cuts[] = {a, b - a, len, len}, *cut = cuts;

                same(whole, frame_pieces(f, bodies[i], len, next_cut, &cut, 0),
                     bodies[i], len);
            }
    }
}

/* Every beginning of a body is what the whole is, or not yet that. */
static void a_beginning_never_says_more_than_the_whole(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    for (size_t i = 0; i < BODIES; i++) {
        size_t len = strlen(bodies[i]);
        struct outcome whole = frame_whole(f, bodies[i], len);

        for (size_t cut = 0; cut < len; cut++) {
            struct outcome o = frame_whole(f, bodies[i], cut);

            assert_true(o.taken <= whole.taken);
            if (o.done || o.why != NULL)
                same(whole, o, bodies[i], cut);
        }
    }
}

/* ---- and spoilt bodies -------------------------------------------------- */

static size_t spoil(char *text, const char *origin, uint32_t *seed)
{
    static const char alphabet[] = "0159afxg;:\r\n\r\n \tX\0\x7f-+";
    size_t len = strlen(origin);

    memcpy(text, origin, len);
    for (uint32_t n = random_next(seed) % 4; n > 0; n--)
        text[random_next(seed) % len] =
            alphabet[random_next(seed) % (sizeof alphabet - 1)];
    return len;
}

static void the_cuts_do_not_matter(void **state)
{
    uint32_t seed = random_seed();
    struct http_frame f;
    char text[256];

    (void)state;
    chunked_frame(&f);
    for (int round = 0; round < 5000; round++) {
        size_t len = spoil(text, bodies[random_next(&seed) % BODIES], &seed);
        struct outcome whole = frame_whole(f, text, len);

        same(whole, frame_pieces(f, text, len, random_bytes, &seed, round % 2),
             text, len);
    }
}

/* Bodies that are well-formed by construction end where they were made to. */
static size_t make_body(char *out, size_t size, uint32_t *seed)
{
    size_t len = 0;

    for (uint32_t n = random_next(seed) % 5; n > 0; n--) {
        size_t data = 1 + random_next(seed) % 40;

        len += (size_t)snprintf(out + len, size - len, "%0*zx%s\r\n",
                                (int)(random_next(seed) % 4), data,
                                random_next(seed) % 2 ? ";e=\"0\"" : "");
        while (data-- > 0)
            out[len++] = (char)random_next(seed);
        memcpy(out + len, "\r\n", 2);
        len += 2;
    }
    len += (size_t)snprintf(out + len, size - len, "0\r\n");
    for (uint32_t n = random_next(seed) % 3; n > 0; n--)
        len += (size_t)snprintf(out + len, size - len, "X-%u: y\r\n", n);
    memcpy(out + len, "\r\n", 2);
    return len + 2;
}

static void a_body_ends_where_it_was_made_to(void **state)
{
    uint32_t seed = random_seed();
    struct http_frame f;
    char text[1024];

    (void)state;
    chunked_frame(&f);
    for (int round = 0; round < 2000; round++) {
        size_t len = make_body(text, sizeof text - 32, &seed);
        struct outcome o;

        memcpy(text + len, "0\r\n\r\nGET /", 10);
        o = frame_pieces(f, text, len + 10, random_bytes, &seed, round % 2);
        if (o.taken != len || !o.done)
            failure("round %d: ends at %zu of %zu: %s", round, o.taken, len,
                    o.why != NULL ? o.why : "-");
    }
}

static void a_length_ends_where_it_says(void **state)
{
    uint32_t seed = random_seed();
    char text[64] = "";

    (void)state;
    for (int length = 0; length <= 40; length++)
        for (int skips = 0; skips < 2; skips++) {
            struct http_frame f;
            struct http_head h;
            struct outcome o;

            memset(&h, 0, sizeof h);
            h.content_length = length;
            http_frame_request(&f, &h);
            o = frame_pieces(f, text, sizeof text, random_bytes, &seed, skips);
            assert_int_equal(o.taken, length);
            assert_true(o.done);
        }
}

/* A limit counts data, however it is cut into chunks, and not what is around it.
 * Of a chunk that is too much nothing is taken but its size. */
static void a_limit_is_exact(void **state)
{
    static const char body[] = "3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n"
                               "1\r\nx\r\n0\r\nA: b\r\n\r\n";
    static const struct {
        uint64_t limit;
        size_t taken;
    } cases[] = {{0, 0}, {2, 0}, {3, 12}, {18, 12}, {19, 34}};

    (void)state;
    for (size_t cut = 1; cut < sizeof body; cut++) {
        struct http_frame f;

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            size_t taken;

            chunked_frame(&f);
            http_frame_limit(&f, cases[i].limit);
            taken = scan_guarded(&f, body, cut);
            taken += scan_guarded(&f, body + taken, sizeof body - 1 - taken);
            assert_int_equal(taken, cases[i].taken);
            assert_string_equal(f.why, "too large a body");
            assert_int_equal(f.status, 413);
        }
        chunked_frame(&f);
        http_frame_limit(&f, 20);
        assert_int_equal(scan_guarded(&f, body, sizeof body - 1),
                         sizeof body - 1);
        assert_true(http_frame_is_done(&f));
    }
}

/* The largest sizes there are do not get round it by overflowing. */
static void sizes_do_not_overflow_a_limit(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    http_frame_limit(&f, UINT64_MAX - 1);
    assert_int_equal(scan_guarded(&f, "7fffffffffffffff\r\n", 18), 18);
    assert_true(http_frame_skip(&f) == INT64_MAX);
    assert_int_equal(scan_guarded(&f, "\r\n7fffffffffffffff\r\n", 20), 20);
    http_frame_skip(&f);
    assert_int_equal(scan_guarded(&f, "\r\n1\r\n", 5), 2);
    assert_int_equal(f.status, 413);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(single_bytes_make_no_difference),
        fixture_test(two_cuts_anywhere_make_no_difference),
        fixture_test(a_beginning_never_says_more_than_the_whole),
        fixture_test(the_cuts_do_not_matter),
        fixture_test(a_body_ends_where_it_was_made_to),
        fixture_test(a_length_ends_where_it_says),
        fixture_test(a_limit_is_exact),
        fixture_test(sizes_do_not_overflow_a_limit),
    };

    return fixture_run("http_frame_pieces", tests);
}
