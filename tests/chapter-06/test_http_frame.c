/* Where a message ends: which framing a head asks for, chunked bodies to the
 * byte, refusals, limits. Cuts are the business of test_http_frame_pieces.c. */

#include "framed.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- which framing ------------------------------------------------------ */

static void a_request_has_the_body_that_its_head_says(void **state)
{
    static const struct {
        const char *fields;
        enum http_framing framing;
        uint64_t left;
        int done;
    } cases[] = {
        {"", FRAME_LENGTH, 0, 1},
        {"Content-Length: 0\r\n", FRAME_LENGTH, 0, 1},
        {"Content-Length: 5\r\n", FRAME_LENGTH, 5, 0},
        {"Content-Length: 9223372036854775807\r\n", FRAME_LENGTH, INT64_MAX, 0},
        {"Transfer-Encoding: chunked\r\n", FRAME_CHUNKED, 0, 0},
    };
    struct http_frame f;
    struct http_head h;
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n",
                 cases[i].fields);
        assert_int_equal(http_head_parse_request(&h, text, strlen(text)),
                         HTTP_COMPLETE);
        http_frame_request(&f, &h);
        assert_int_equal(f.framing, cases[i].framing);
        assert_true(f.left == cases[i].left);
        assert_int_equal(http_frame_is_done(&f), cases[i].done);
        assert_null(f.why);
    }
}

#define LENGTH  "Content-Length: 5\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static const struct answer {
    const char *method;
    int status;
    const char *fields;
    enum http_framing framing;
    uint64_t left;
} answers[] = {
    {"GET", 200, LENGTH, FRAME_LENGTH, 5},
    {"GET", 200, "Content-Length: 0\r\n", FRAME_LENGTH, 0},
    {"GET", 200, CHUNKED, FRAME_CHUNKED, 0},
    {"GET", 200, "", FRAME_CLOSE, 0},
    {"POST", 500, "", FRAME_CLOSE, 0},
    {"GET", 205, LENGTH, FRAME_LENGTH, 5},
    {"GET", 206, LENGTH, FRAME_LENGTH, 5},
    {"GET", 303, LENGTH, FRAME_LENGTH, 5},
    {"GET", 305, "", FRAME_CLOSE, 0},
    /* without a body, whatever the fields say */
    {"HEAD", 200, LENGTH, FRAME_LENGTH, 0},
    {"HEAD", 200, CHUNKED, FRAME_LENGTH, 0},
    {"HEAD", 200, "", FRAME_LENGTH, 0},
    {"HEAD", 404, LENGTH, FRAME_LENGTH, 0},
    {"GET", 100, "", FRAME_LENGTH, 0},
    {"GET", 101, "", FRAME_LENGTH, 0},
    {"GET", 103, LENGTH, FRAME_LENGTH, 0},
    {"GET", 199, CHUNKED, FRAME_LENGTH, 0},
    {"GET", 204, LENGTH, FRAME_LENGTH, 0},
    {"GET", 204, CHUNKED, FRAME_LENGTH, 0},
    {"GET", 304, LENGTH, FRAME_LENGTH, 0},
    {"GET", 304, CHUNKED, FRAME_LENGTH, 0},
    {"GET", 304, "", FRAME_LENGTH, 0},
    {"CONNECT", 200, LENGTH, FRAME_LENGTH, 0},
    {"CONNECT", 299, CHUNKED, FRAME_LENGTH, 0},
    {"CONNECT", 200, "", FRAME_LENGTH, 0},
    {"CONNECT", 300, LENGTH, FRAME_LENGTH, 5},
    {"CONNECT", 403, CHUNKED, FRAME_CHUNKED, 0},
    /* methods are told apart to the letter */
    {"head", 200, LENGTH, FRAME_LENGTH, 5},
    {"HEADS", 200, "", FRAME_CLOSE, 0},
};

static void an_answer_has_the_body_that_is_left_to_it(void **state)
{
    struct http_response r;
    struct http_frame f;
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer *a = &answers[i];

        snprintf(text, sizeof text, "HTTP/1.1 %d x\r\n%s\r\n", a->status,
                 a->fields);
        assert_int_equal(http_response_parse(&r, text, strlen(text)),
                         HTTP_COMPLETE);
        http_frame_response(&f, &r, slice_of(a->method));
        if (f.framing != a->framing || f.left != a->left)
            failure("%s, %d, %s: framing %d, left %d", a->method, a->status,
                    a->fields, f.framing, (int)f.left);
        assert_int_equal(http_frame_is_done(&f),
                         a->framing == FRAME_LENGTH && a->left == 0);
    }
}

/* ---- so many bytes, or until close -------------------------------------- */

static struct http_frame of_length(int64_t length)
{
    struct http_frame f;
    struct http_head h;

    memset(&h, 0, sizeof h);
    h.content_length = length;
    http_frame_request(&f, &h);
    return f;
}

static void a_length_is_counted_down(void **state)
{
    struct http_frame f = of_length(10);

    (void)state;
    assert_int_equal(http_frame_scan(&f, "abcd", 4), 4);
    assert_false(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "", 0), 0);
    assert_int_equal(http_frame_scan(&f, "efghijGET", 9), 6);
    assert_true(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "GET", 3), 0);
    assert_true(http_frame_skip(&f) == 0);
    assert_true(http_frame_is_done(&f));
}

static void the_rest_of_a_length_can_be_skipped(void **state)
{
    struct http_frame f = of_length(INT64_MAX);

    (void)state;
    assert_int_equal(http_frame_scan(&f, "abcd", 4), 4);
    assert_true(http_frame_skip(&f) == (uint64_t)INT64_MAX - 4);
    assert_true(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "GET", 3), 0);
}

static void until_close_never_ends_by_itself(void **state)
{
    static const char text[] = "HTTP/1.0 200 OK\r\n\r\n";
    struct http_response r;
    struct http_frame f;

    (void)state;
    assert_int_equal(http_response_parse(&r, text, sizeof text - 1),
                     HTTP_COMPLETE);
    http_frame_response(&f, &r, SLICE("GET"));
    assert_int_equal(http_frame_scan(&f, "0\r\n\r\n\0", 6), 6);
    assert_true(http_frame_skip(&f) == UINT64_MAX);
    assert_true(http_frame_skip(&f) == UINT64_MAX);
    assert_int_equal(http_frame_scan(&f, "x", 1), 1);
    assert_false(http_frame_is_done(&f));
    assert_null(f.why);
}

/* ---- chunked ------------------------------------------------------------ */

static struct outcome scan(const char *bytes, size_t len)
{
    struct http_frame f;

    chunked_frame(&f);
    return frame_whole(f, bytes, len);
}

#define LAST "0\r\n\r\n"

static void finds_the_end_of_a_chunked_body(void **state)
{
    static const char *const bodies[] = {
        LAST,
        "5\r\nabcde\r\n" LAST,
        "5\r\nab\r\n0\r\n" LAST, /* CRLF and 0 are data here */
        "1\r\na\r\n2\r\nbc\r\nA\r\n0123456789\r\na\r\n9876543210\r\n" LAST,
        "0000000000000005\r\nabcde\r\n0000\r\n\r\n",
        /* extensions */
        "5;a\r\nabcde\r\n0;b=c;d=\"e f\"\r\n\r\n",
        "5 ;a\r\nabcde\r\n0\t; b = c\r\n\r\n",
        "5;\xe4\r\nabcde\r\n0;\r\n\r\n",
        "5;a=\"0\\\"\"\r\nabcde\r\n" LAST,
        /* trailers */
        "0\r\nX: y\r\n\r\n",
        "1\r\na\r\n0\r\nX: y\r\nExpires: \t z \r\nEmpty:\r\nObs: \xe4\r\n\r\n",
        "0\r\nHosts: a\r\nTea: b\r\nContent-Lengths: 5\r\n\r\n",
    };
    static const char next[] = "GET / HTTP/1.1\r\n\r\n0\r\n\r\n\r\n";
    char text[256], shown[300];

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        size_t len = strlen(bodies[i]);
        struct outcome o;

        memcpy(text, bodies[i], len);
        memcpy(text + len, next, sizeof next);
        for (size_t more = 0; more < sizeof next; more++) {
            o = scan(text, len + more);
            if (o.taken != len || !o.done)
                failure("%s\n  ends at %zu, done %d: %s",
                        escaped(text, len, shown, sizeof shown), o.taken,
                        o.done, o.why != NULL ? o.why : "-");
        }
    }
}

static void data_may_be_any_bytes(void **state)
{
    char text[6 + 256 + 7];
    struct outcome o;

    (void)state;
    memcpy(text, "100\r\n", 5);
    for (int i = 0; i < 256; i++)
        text[5 + i] = (char)i;
    memcpy(text + 5 + 256, "\r\n" LAST, 8);
    o = scan(text, 5 + 256 + 7);
    assert_int_equal(o.taken, 5 + 256 + 7);
    assert_true(o.done);
}

#define EOL  "a line of a chunked body that does not end in CRLF"
#define SIZE "malformed chunk size"
#define BIG  "chunk size out of range"
#define DATA "a chunk that is longer than its size"
#define HEAD "a trailer that only a head may have"
#define NAME "malformed field name"

static const struct refusal {
    const char *text, *why;
    size_t taken;
} refusals[] = {
    /* the size */
    {"\r\n", SIZE, 0},
    {"g\r\n", SIZE, 0},
    {";a\r\n", SIZE, 0},
    {" 5\r\n", SIZE, 0},
    {"\t5\r\n", SIZE, 0},
    {"5 \r\n", SIZE, 0},
    {"5\t\r\n", SIZE, 0},
    {"5 5\r\n", SIZE, 0},
    {"5,5\r\n", SIZE, 0},
    {"0x5\r\n", SIZE, 0},
    {"\\x5\r\n", SIZE, 0},
    {"+5\r\n", SIZE, 0},
    {"-5\r\n", SIZE, 0},
    {"5h\r\n", SIZE, 0},
    {"\xef\xbc\x95\r\n", SIZE, 0}, /* a full-width 5 */
    {"8000000000000000\r\n", BIG, 0},
    {"ffffffffffffffff\r\n", BIG, 0},
    {"00000000000000005\r\n", BIG, 0},
    {"10000000000000005\r\n", BIG, 0},
    {"100000000000000000000000000000005;a\r\n", BIG, 0},
    /* its end */
    {"5\n", EOL, 0},
    {"5;a\n", EOL, 0},
    {"5\r\r\n", EOL, 0},
    {"5\ra", EOL, 0},
    {"5;a\rb\r\n", EOL, 0},
    {"5;a\nb\r\n", EOL, 0},
    {"5;a\x0b\r\n", EOL, 0},
    {"5\x0c\r\n", EOL, 0},
    {"5;a\x7f", EOL, 0},
    {"0\n", EOL, 0},
    {"\n", EOL, 0},
    {"\r5", EOL, 0},
    /* the end of the data */
    {"1\r\nab", DATA, 4},
    {"1\r\na\n", DATA, 4},
    {"1\r\na\ra", DATA, 4},
    {"1\r\na\r\r\n", DATA, 4},
    {"1\r\na0\r\n\r\n", DATA, 4},
    {"5\r\nabcde" LAST, DATA, 8},
    {"1\r\na\r\n\r\n", SIZE, 6},
    {"1\r\na\r\n" "5\n", EOL, 6},
    /* trailers */
    {"0\r\n\n", EOL, 3},
    {"0\r\n\r\r", EOL, 3},
    {"0\r\nX: y\n", EOL, 3},
    {"0\r\nX: y\rz\r\n", EOL, 3},
    {"0\r\nX y\r\n", "field line without a colon", 3},
    {"0\r\nX : y\r\n", NAME, 3},
    {"0\r\n: y\r\n", NAME, 3},
    {"0\r\n X: y\r\n", "folded field line", 3},
    {"0\r\nX: y\r\n z\r\n", "folded field line", 9},
    {"0\r\nContent-Length: 5\r\n", HEAD, 3},
    {"0\r\ncontent-length: 5\r\n", HEAD, 3},
    {"0\r\nTransfer-Encoding: chunked\r\n", HEAD, 3},
    {"0\r\nHost: a\r\n", HEAD, 3},
    {"0\r\nX: y\r\nTrailer: a\r\n", HEAD, 9},
    {"0\r\nConnection: close\r\n", HEAD, 3},
    {"0\r\nKeep-Alive: a\r\n", HEAD, 3},
    {"0\r\nProxy-Connection: close\r\n", HEAD, 3},
    {"0\r\nTE: trailers\r\n", HEAD, 3},
    {"0\r\nUpgrade: h2c\r\n", HEAD, 3},
    {"0\r\nHTTP2-Settings: a\r\n", HEAD, 3},
    {"0\r\nExpect: 100-continue\r\n", HEAD, 3},
    {"0\r\nAuthorization: a\r\n", HEAD, 3},
    {"0\r\nForwarded: for=a\r\n", HEAD, 3},
    {"0\r\nX-Forwarded-For: a\r\n", HEAD, 3},
    {"0\r\nX-Real-IP: a\r\n", HEAD, 3},
};

/* ... and what follows changes nothing. */
static void refuses_what_could_be_read_in_two_ways(void **state)
{
    static const char next[] = "\r\nabc\r\n0\r\n\r\n";
    char text[256], shown[300];

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        size_t len = strlen(r->text);

        memcpy(text, r->text, len);
        memcpy(text + len, next, sizeof next);
        for (size_t more = 0; more < sizeof next; more++) {
            struct outcome o = scan(text, len + more);

            if (o.why == NULL || strcmp(o.why, r->why) != 0 ||
                o.taken != r->taken)
                failure("%s\n  expected %s at %zu, found %s at %zu",
                        escaped(text, len + more, shown, sizeof shown), r->why,
                        r->taken, o.why != NULL ? o.why : "nothing", o.taken);
        }
    }
}

static void a_nul_is_refused_but_in_data(void **state)
{
    static const char good[] = "3;x\r\nabc\r\n0\r\nX: y\r\n\r\n";
    char text[sizeof good];

    (void)state;
    for (size_t i = 0; i < sizeof good - 1; i++) {
        struct outcome o;

        memcpy(text, good, sizeof good);
        text[i] = '\0';
        o = scan(text, sizeof good - 1);
        assert_int_equal(o.why == NULL, i >= 5 && i < 8);
    }
}

static void what_was_refused_stays_refused(void **state)
{
    struct http_frame f;
    const char *why;

    (void)state;
    chunked_frame(&f);
    assert_int_equal(http_frame_scan(&f, "5\n", 2), 0);
    why = f.why;
    assert_non_null(why);
    assert_int_equal(http_frame_scan(&f, LAST, 5), 0);
    assert_ptr_equal(f.why, why);
    assert_false(http_frame_is_done(&f));
    assert_true(http_frame_skip(&f) == 0);
}

static void the_rest_of_a_chunk_can_be_skipped(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    assert_true(http_frame_skip(&f) == 0); /* a size must be looked at */
    assert_int_equal(http_frame_scan(&f, "ff\r\nab", 6), 6);
    assert_true(http_frame_skip(&f) == 253);
    assert_true(http_frame_skip(&f) == 0);
    assert_false(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "\r", 1), 0);
    assert_int_equal(http_frame_scan(&f, "\r\n0", 3), 2);
    assert_int_equal(http_frame_scan(&f, "0\r\n", 3), 3);
    assert_true(http_frame_skip(&f) == 0);
    assert_false(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "\r\nGET", 5), 2);
    assert_true(http_frame_is_done(&f));
    assert_int_equal(http_frame_scan(&f, "0\r\n\r\n", 5), 0);
}

/* 2^63 - 1 bytes is the largest chunk; nobody waits for its end here. */
static void the_largest_size_is_below_2_to_the_63(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    assert_int_equal(http_frame_scan(&f, "7fffffffffffffff\r\n", 18), 18);
    assert_null(f.why);
    assert_true(http_frame_skip(&f) == (uint64_t)INT64_MAX);
}

/* ---- limits ------------------------------------------------------------- */

static char text[HTTP_TRAILERS_MAX + 64];

/* "before", 'x' up to len bytes, "after" in their last ones. */
static void stretch(const char *before, size_t len, const char *after)
{
    memset(text, 'x', len);
    memcpy(text, before, strlen(before));
    memcpy(text + len - strlen(after), after, strlen(after));
}

static void a_size_line_has_4_kib_and_not_a_byte_more(void **state)
{
    struct outcome o;

    (void)state;
    stretch("0;", HTTP_CHUNK_LINE_MAX, "\r\n");
    o = scan(text, HTTP_CHUNK_LINE_MAX);
    assert_int_equal(o.taken, HTTP_CHUNK_LINE_MAX);
    assert_null(o.why);
    for (size_t len = HTTP_CHUNK_LINE_MAX - 2; len < HTTP_CHUNK_LINE_MAX;
         len++) {
        o = scan(text, len);
        assert_int_equal(o.taken, 0);
        assert_null(o.why);
    }
    stretch("0;", HTTP_CHUNK_LINE_MAX + 1, "\r\n");
    o = scan(text, HTTP_CHUNK_LINE_MAX - 1);
    assert_null(o.why);
    for (size_t more = 0; more < 2; more++) {
        o = scan(text, HTTP_CHUNK_LINE_MAX + more);
        assert_string_equal(o.why, "too long a line, or too many trailers");
        assert_int_equal(o.taken, 0);
    }
}

static void trailers_have_16_kib_and_not_a_byte_more(void **state)
{
    size_t most = 3 + HTTP_TRAILERS_MAX; /* behind "0\r\n" */
    struct outcome o;

    (void)state;
    stretch("0\r\nA: b\r\nX: ", most, "\r\n\r\n");
    o = scan(text, most);
    assert_int_equal(o.taken, most);
    assert_true(o.done);
    o = scan(text, most - 1);
    assert_int_equal(o.taken, most - 2);
    assert_null(o.why);
    stretch("0\r\nA: b\r\nX: ", most + 1, "\r\n\r\n");
    o = scan(text, most + 1);
    assert_int_equal(o.taken, most - 1);
    assert_string_equal(o.why, "too long a line, or too many trailers");
    stretch("0\r\nA: b\r\nX: ", most, "\r\n");
    o = scan(text, most + 1);
    assert_int_equal(o.taken, most);
    assert_false(o.done);
    assert_string_equal(o.why, "too long a line, or too many trailers");
}

/* The limit is for the lines, not for the body. */
static void many_chunks_are_no_offence(void **state)
{
    struct http_frame f;

    (void)state;
    chunked_frame(&f);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(http_frame_scan(&f, "1;extension\r\na\r\n", 16), 16);
    assert_int_equal(http_frame_scan(&f, LAST, 5), 5);
    assert_true(http_frame_is_done(&f));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_request_has_the_body_that_its_head_says),
        fixture_test(an_answer_has_the_body_that_is_left_to_it),
        fixture_test(a_length_is_counted_down),
        fixture_test(the_rest_of_a_length_can_be_skipped),
        fixture_test(until_close_never_ends_by_itself),
        fixture_test(finds_the_end_of_a_chunked_body),
        fixture_test(data_may_be_any_bytes),
        fixture_test(refuses_what_could_be_read_in_two_ways),
        fixture_test(a_nul_is_refused_but_in_data),
        fixture_test(what_was_refused_stays_refused),
        fixture_test(the_rest_of_a_chunk_can_be_skipped),
        fixture_test(the_largest_size_is_below_2_to_the_63),
        fixture_test(a_size_line_has_4_kib_and_not_a_byte_more),
        fixture_test(trailers_have_16_kib_and_not_a_byte_more),
        fixture_test(many_chunks_are_no_offence),
    };

    return fixture_run("http_frame", tests);
}
