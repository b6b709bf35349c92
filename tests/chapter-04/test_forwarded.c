/* forwarded: the head that the backend gets, byte for byte, and request ids. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "forwarded.h"

static struct http_head head;

static const struct http_head *parse(const char *text)
{
    if (http_head_parse_request(&head, text, strlen(text)) != HTTP_COMPLETE)
        failure("not a head: %s", text);
    return &head;
}

static struct exchange exchange_of(const char *client_ip, const char *id)
{
    struct exchange x;

    memset(&x, 0, sizeof x);
    memcpy(x.peer.ip, client_ip, strlen(client_ip) + 1);
    memcpy(x.client_ip, client_ip, strlen(client_ip) + 1);
    memcpy(x.request_id, id, strlen(id) + 1);
    return x;
}

/* What a backend gets of this head, from a client with this address. */
static const char *inject_from(const char *client_ip, const char *text)
{
    static char memory[2 * HTTP_HEAD_MAX + 4096];
    struct exchange x = exchange_of(client_ip, "the-id");
    struct buffer out;

    buffer_init(&out, memory, sizeof memory - 1);
    assert_int_equal(inject_headers(parse(text), &x, SLICE("close"), SLICE(""),
                                    &out), 0);
    memory[buffer_size(&out)] = '\0';
    assert_int_equal(strlen(memory), buffer_size(&out));
    return memory;
}

/* ---- what is added ------------------------------------------------------- */

#define LINE   "GET / HTTP/1.1\r\n"
#define HOST   "Host: site\r\n"
#define SET(list)                      \
    "X-Forwarded-For: " list "\r\n"    \
    "X-Forwarded-Proto: http\r\n"      \
    "X-Forwarded-Host: site\r\n"       \
    "X-Real-IP: 192.0.2.1\r\n"         \
    "X-Request-ID: the-id\r\n"         \
    "Connection: close\r\n\r\n"
#define PLAIN SET("192.0.2.1")

static void heads_are_rewritten_exactly(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {LINE HOST "\r\n", LINE HOST PLAIN},
        {"POST /a?b=c HTTP/1.1\r\nhost: site\r\ncontent-length: 3\r\n\r\n",
         "POST /a?b=c HTTP/1.1\r\nHost: site\r\ncontent-length: 3\r\n" PLAIN},
        {"GET / HTTP/1.0\r\nHost: site\r\n\r\n",
         "GET / HTTP/1.0\r\n" HOST PLAIN},
        {"GET / HTTP/1.1\nHost: site\nA: 1\n\n", LINE HOST "A: 1\r\n" PLAIN},
        {"GET http://site/x HTTP/1.1\r\nHost: other\r\n\r\n",
         "GET /x HTTP/1.1\r\n" HOST PLAIN},

        /* the list is appended to, over several fields, in their order */
        {LINE HOST "X-Forwarded-For: 10.0.0.1\r\n\r\n",
         LINE HOST SET("10.0.0.1, 192.0.2.1")},
        {LINE HOST "x-forwarded-for: 1.1.1.1, 2.2.2.2\r\n\r\n",
         LINE HOST SET("1.1.1.1, 2.2.2.2, 192.0.2.1")},
        {LINE HOST "X-Forwarded-For: a\r\nB: b\r\nX-FORWARDED-FOR: c,d\r\n\r\n",
         LINE HOST "B: b\r\n" SET("a, c,d, 192.0.2.1")},
        {LINE HOST "X-Forwarded-For:\r\nX-Forwarded-For: \t \r\n\r\n",
         LINE HOST PLAIN},

        /* a forger can write in front of us, never behind */
        {LINE HOST "X-Forwarded-For: 192.0.2.99, 127.0.0.1\r\n\r\n",
         LINE HOST SET("192.0.2.99, 127.0.0.1, 192.0.2.1")},

        /* the others replace what the client says, however often he does */
        {LINE HOST "X-Real-IP: 127.0.0.1\r\nx-real-ip: ::1\r\n\r\n",
         LINE HOST PLAIN},
        {LINE HOST "X-Forwarded-Proto: https\r\n\r\n", LINE HOST PLAIN},
        {LINE HOST "X-Forwarded-Host: bank\r\n\r\n", LINE HOST PLAIN},
        {LINE HOST "X-Request-ID: mine\r\n\r\n", LINE HOST PLAIN},

        /* what is for this connection only is not passed on */
        {LINE HOST "Connection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
                   "Keep-Alive: timeout=5\r\nA: 1\r\n\r\n",
         LINE HOST "A: 1\r\n" PLAIN},
        {LINE HOST "Upgrade: h2c\r\nHTTP2-Settings: AAA\r\n"
                   "Connection: upgrade, http2-settings\r\n\r\n",
         LINE HOST PLAIN},
        {LINE HOST "TE: gzip\r\nProxy-Connection: close\r\n\r\n",
         LINE HOST PLAIN},
        {LINE HOST "TE: trailers\r\n\r\n", LINE HOST "TE: trailers\r\n" PLAIN},
        {LINE HOST "Connection: close\r\nCONNECTION: te\r\n\r\n",
         LINE HOST PLAIN},
        /* a client cannot have our own fields taken away */
        {LINE HOST "Connection: x-real-ip, x-forwarded-for, host\r\n\r\n",
         LINE HOST PLAIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(inject_from("192.0.2.1", cases[i].in),
                            cases[i].out);
}

static void without_a_host_none_is_invented(void **state)
{
    (void)state;
    assert_string_equal(
        inject_from("::1", "GET / HTTP/1.0\r\nX-Forwarded-Host: bank\r\n\r\n"),
        "GET / HTTP/1.0\r\n"
        "X-Forwarded-For: ::1\r\n"
        "X-Forwarded-Proto: http\r\n"
        "X-Real-IP: ::1\r\n"
        "X-Request-ID: the-id\r\n"
        "Connection: close\r\n\r\n");
}

/* It is the exchange that knows, never the client. */
static void https_is_said_if_it_is_known(void **state)
{
    struct exchange x = exchange_of("192.0.2.1", "the-id");
    char memory[1024];
    struct buffer out;

    (void)state;
    x.https = 1;
    buffer_init(&out, memory, sizeof memory);
    assert_int_equal(inject_headers(parse(LINE HOST "X-Forwarded-Proto: http\r\n"
                                          "\r\n"),
                                    &x, SLICE("close"), SLICE(""), &out), 0);
    buffer_append(&out, "", 1);
    assert_string_equal(buffer_at(&out),
                        LINE HOST "X-Forwarded-For: 192.0.2.1\r\n"
                        "X-Forwarded-Proto: https\r\n"
                        "X-Forwarded-Host: site\r\n"
                        "X-Real-IP: 192.0.2.1\r\n"
                        "X-Request-ID: the-id\r\n"
                        "Connection: close\r\n\r\n");
}

/* The longest list that a head can carry: every field of it. */
static void the_longest_list_fits(void **state)
{
    static char text[HTTP_HEAD_MAX + 1];
    const char *out;
    size_t len;

    (void)state;
    memcpy(text, LINE HOST, sizeof LINE HOST);
    len = strlen(text);
    for (int i = 1; i < HTTP_FIELDS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "X-Forwarded-For:%0135d\n", i);
    memcpy(text + len, "\r\n", 3);
    assert_in_range(len + 2, 15000, HTTP_HEAD_MAX);
    out = inject_from("::1", text);
    assert_non_null(strstr(out, "0098, 0"));
    assert_non_null(strstr(out, "0099, ::1\r\nX-Forwarded-Proto"));
}

static void says_so_if_it_does_not_fit(void **state)
{
    struct exchange x = exchange_of("192.0.2.1", "the-id");
    size_t whole = strlen(LINE HOST PLAIN);

    (void)state;
    parse(LINE HOST "\r\n");
    for (size_t capacity = 0; capacity <= whole; capacity++) {
        char *memory = malloc(capacity + 1);
        struct buffer out;

        buffer_init(&out, memory, capacity);
        assert_int_equal(inject_headers(&head, &x, SLICE("close"), SLICE(""),
                                        &out),
                         capacity == whole ? 0 : -1);
        free(memory);
    }
}

/* ---- request ids --------------------------------------------------------- */

static const char *choose(struct request_ids *ids, const char *given)
{
    static char id[EXCHANGE_ID_MAX];
    char text[1024];

    snprintf(text, sizeof text, LINE HOST "X-Request-ID: %s\r\n\r\n", given);
    request_id_choose(ids, parse(text), id);
    return id;
}

static int is_new(const char *id)
{
    return strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32;
}

#define TEN "0123456789"
#define ID_127 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "0123456"

static void an_id_is_kept_if_it_is_sane(void **state)
{
    static const struct {
        const char *given;
        int kept;
    } cases[] = {
        {"a", 1},
        {"0", 1},
        {"7d0b6f2a-1c3e-4f5a-9b8c-0d1e2f3a4b5c", 1},
        {"Root=1-67891233-abcdef012345678912345678", 1},
        {"abcXYZ019-_.:+/=@", 1},
        {ID_127, 1},
        {ID_127 "8", 1},   /* 128 */
        {ID_127 "89", 0},  /* 129 */
        {"", 0},
        {"a b", 0},
        {"a\tb", 0},
        {"a,b", 0},
        {"a;b", 0},
        {"\"a\"", 0},
        {"a\xe4", 0},      /* only ASCII: it goes to logs and other programs */
        {"<script>", 0},
        {"a'b", 0},
        {"%0d%0a", 0},
        {"$(id)", 0},
        {"a\\b", 0},
    };
    struct request_ids ids = {0xabc, 0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *id = choose(&ids, cases[i].given);

        if (cases[i].kept ? strcmp(id, cases[i].given) != 0 : !is_new(id))
            failure("%s became %s", cases[i].given, id);
    }
}

static void a_new_id_is_made_of_prefix_and_count(void **state)
{
    struct request_ids ids = {0x0123456789abcdef, 0xff};

    (void)state;
    assert_string_equal(choose(&ids, ""), "0123456789abcdef00000000000000ff");
    assert_string_equal(choose(&ids, ""), "0123456789abcdef0000000000000100");
    assert_string_equal(choose(&ids, "given"), "given");
    assert_string_equal(choose(&ids, ""), "0123456789abcdef0000000000000101");
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, 33);
}

static void ids_are_unique(void **state)
{
    enum { COUNT = 10000 };
    static char made[2 * COUNT][33];
    struct request_ids one, other; /* as after a restart */

    (void)state;
    assert_int_equal(request_ids_init(&one), 0);
    assert_int_equal(request_ids_init(&other), 0);
    for (int i = 0; i < 2 * COUNT; i++) {
        const char *id = choose(i < COUNT ? &one : &other, "");

        assert_true(is_new(id));
        memcpy(made[i], id, 33);
    }
    qsort(made, 2 * COUNT, sizeof made[0], compare);
    for (int i = 1; i < 2 * COUNT; i++)
        assert_string_not_equal(made[i - 1], made[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(heads_are_rewritten_exactly),
        fixture_test(without_a_host_none_is_invented),
        fixture_test(https_is_said_if_it_is_known),
        fixture_test(the_longest_list_fits),
        fixture_test(says_so_if_it_does_not_fit),
        fixture_test(an_id_is_kept_if_it_is_sane),
        fixture_test(a_new_id_is_made_of_prefix_and_count),
        fixture_test(ids_are_unique),
    };
    return fixture_run("forwarded", tests);
}
