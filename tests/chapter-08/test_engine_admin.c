/* engine_admin: a small HTTP server, in the test's own loop and on a clock that
 * only the test moves (chapter 4's rig). */
#include "fixture.h"

#include "../chapter-04/rig.h"

#include <stdlib.h>

#include "engine_admin.h"
#include "net.h"

/* More than the sockets on both sides take: 4 and 6 MB here, tcp(7). */
#define LARGE 16120000u

static struct admin admin;
static struct rig *rig;
static int port, writes;

/* ---- pages ----------------------------------------------------------------- */

static int write_small(void *self, struct text *body)
{
    assert_ptr_equal(self, &port);
    writes++;
    text_put(body, "hello\n");
    return 200;
}

static int write_sad(void *self, struct text *body)
{
    (void)self;
    text_put(body, "no\n");
    return 503;
}

static char large_byte(size_t i)
{
    return (char)('a' + i * 7 % 26);
}

static int write_large(void *self, struct text *body)
{
    char block[2600]; /* it repeats after 26 */

    (void)self;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = large_byte(i);
    for (size_t i = 0; i < LARGE / sizeof block; i++)
        text_add(body, block, sizeof block);
    return 200;
}

static int write_nothing(void *self, struct text *body)
{
    (void)self;
    (void)body;
    return 200;
}

static int write_too_much(void *self, struct text *body)
{
    (void)self;
    text_put(body, "a part");
    body->failed = 1; /* as if there were no memory */
    return 200;
}

static const struct admin_page pages[] = {
    {"/", "text/html; charset=utf-8", write_small},
    {"/sad", "text/plain", write_sad},
    {"/large", "text/plain", write_large},
    {"/nothing", "text/plain", write_nothing},
    {"/too-much", "text/plain", write_too_much},
    {NULL, NULL, NULL}};

/* ---- the rig --------------------------------------------------------------- */

static int begin(void **state)
{
    struct net_address address;
    char text[NET_TEXT];

    fixture_setup(state);
    writes = 0;
    rig = rig_start(0);
    memset(&admin, 0, sizeof admin);
    admin.pages = pages;
    admin.self = &port;
    assert_int_equal(
        admin_open(&admin, "rig", rig->service.watch, "127.0.0.1", 0), 0);
    assert_int_equal(net_local_address(admin.service.listener, &address), 0);
    net_text(&address, text);
    port = atoi(strrchr(text, ':') + 1);
    return 0;
}

static int end(void **state)
{
    service_close(&admin.service);
    assert_int_equal(admin.service.active, 0);
    rig_close(rig);
    return fixture_teardown(state);
}

#define admin_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static int ask(const char *request)
{
    int fd = wire_connect(port);

    wire_send_text(fd, request);
    return fd;
}

static void pass(uint64_t ms)
{
    rig_pass(rig, ms);
    service_turn(&admin.service);
}

#define HEAD(status, type, length)                                             \
    "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nContent-Length: " length \
    "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"       \
    "Content-Security-Policy: default-src 'self' 'unsafe-inline' data:; "      \
    "frame-ancestors 'none'\r\n"
#define END "Connection: close\r\n\r\n"
#define PLAIN "text/plain; charset=utf-8"
#define SMALL HEAD("200 OK", "text/html; charset=utf-8", "6") END

static void expect_answer(const char *request, const char *answer)
{
    int fd = ask(request);

    rig_expect(rig, fd, answer);
    wire_close(fd);
}

/* ---- answers --------------------------------------------------------------- */

static void a_page_comes_with_its_length_and_the_connection_ends(void **state)
{
    (void)state;
    expect_answer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", SMALL "hello\n");
    expect_answer("GET /?a=/sad HTTP/1.1\r\nHost: h\r\n\r\n", SMALL "hello\n");
    expect_answer("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", SMALL "hello\n");
    expect_answer("GET / HTTP/1.0\r\n\r\n", SMALL "hello\n");
    expect_answer("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n",
                  HEAD("200 OK", "text/plain", "0") END);
    assert_int_equal(writes, 4);
}

static void head_is_the_same_without_the_page(void **state)
{
    (void)state;
    expect_answer("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", SMALL);
}

static void a_page_may_have_another_status(void **state)
{
    (void)state;
    expect_answer("GET /sad HTTP/1.1\r\nHost: h\r\n\r\n",
                  HEAD("503 Service Unavailable", "text/plain", "3") END
                  "no\n");
}

static void anything_else_is_not_there(void **state)
{
    static const char *const paths[] = {"/x", "//", "/sad/", "/SAD", "/%73ad",
                                        "/../", "/./sad", "/sad%00"};
    char request[128];

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
                 paths[i]);
        expect_answer(request, HEAD("404 Not Found", PLAIN, "14") END
                               "404 Not Found\n");
    }
}

static void other_methods_are_told_what_is_allowed(void **state)
{
    static const char *const requests[] = {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde",
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        "DELETE / HTTP/1.1\r\nHost: h\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
        "get / HTTP/1.1\r\nHost: h\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        expect_answer(requests[i],
                      HEAD("405 Method Not Allowed", PLAIN, "23")
                      "Allow: GET, HEAD\r\n" END "405 Method Not Allowed\n");
    assert_int_equal(writes, 0);
}

static void what_is_no_http_is_refused(void **state)
{
    static const char *const requests[] = {
        "GET /\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n",
        "\x16\x03\x01\x02 a TLS hello\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int fd = ask(requests[i]);

        rig_expect_status(rig, fd, 400);
        wire_close(fd);
    }
    assert_int_equal(writes, 0);
}

static void a_second_request_is_not_heard(void **state)
{
    (void)state;
    expect_answer("GET / HTTP/1.1\r\nHost: h\r\n\r\n"
                  "GET /sad HTTP/1.1\r\nHost: h\r\n\r\n", SMALL "hello\n");
}

static void half_a_page_is_not_sent(void **state)
{
    int fd = ask("GET /too-much HTTP/1.1\r\nHost: h\r\n\r\n");

    (void)state;
    rig_expect_status(rig, fd, 500);
    wire_close(fd);
}

/* ---- large pages, slow clients --------------------------------------------- */

static void a_large_page_goes_as_fast_as_it_is_read(void **state)
{
    int fd = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    char head[1024], piece[65536];
    size_t have = 0;

    (void)state;
    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "Content-Length: 16120000\r\n"));
    rig_settle(rig); /* the socket is full: nobody asks the loop for more */
    while (have < LARGE) {
        size_t n = LARGE - have < sizeof piece ? LARGE - have : sizeof piece;

        rig_receive(rig, fd, piece, n);
        for (size_t i = 0; i < n; i++)
            if (piece[i] != large_byte(have + i))
                failure("byte %zu is wrong", have + i);
        have += n;
    }
    rig_expect(rig, fd, "");
    wire_close(fd);
}

static void a_large_page_without_its_body_is_small(void **state)
{
    (void)state;
    expect_answer("HEAD /large HTTP/1.1\r\nHost: h\r\n\r\n",
                  HEAD("200 OK", "text/plain", "16120000") END);
}

static void who_reads_nothing_is_ended(void **state)
{
    int fd = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");

    (void)state;
    rig_until(rig, admin.service.active == 1);
    rig_settle(rig);
    pass(9999);
    assert_int_equal(admin.service.active, 1);
    pass(1);
    assert_int_equal(admin.service.active, 0);
    wire_close(fd);
}

/* How much of the page has left; there must be one session. */
static uint64_t sent(void)
{
    assert_false(list_is_empty(&admin.service.sessions));
    return LIST_OWNER(admin.service.sessions.next, struct session, link)
        ->down.total;
}

/* The client reads until the kernel takes more from us. */
static void read_on(int fd)
{
    static char piece[65536];
    uint64_t before = sent();

    while (sent() == before) {
        rig_receive(rig, fd, piece, sizeof piece);
        rig_settle(rig);
    }
}

static void who_reads_slowly_is_not(void **state)
{
    int fd = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");

    (void)state;
    rig_until(rig, admin.service.active == 1);
    rig_settle(rig);
    for (int i = 0; i < 3; i++) {
        pass(9000);
        assert_int_equal(admin.service.active, 1);
        read_on(fd);
    }
    pass(9999);
    assert_int_equal(admin.service.active, 1);
    pass(1);
    assert_int_equal(admin.service.active, 0);
    wire_close(fd);
}

static void who_leaves_in_the_middle_is_forgotten(void **state)
{
    int fd = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    char piece[1000];

    (void)state;
    rig_receive(rig, fd, piece, sizeof piece);
    wire_reset(fd);
    rig_settle(rig);
    service_turn(&admin.service);
    assert_int_equal(admin.service.active, 0);
}

static void who_goes_on_talking_does_not_disturb(void **state)
{
    int fd = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    static char noise[100000];
    char head[1024];

    (void)state;
    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    wire_send_some(fd, noise, sizeof noise);
    rig_settle(rig); /* it finds a rest: nothing stays readable and watched */
    wire_close(fd);
}

/* ---- clients that say nothing ---------------------------------------------- */

static void who_says_nothing_is_closed(void **state)
{
    int fd = wire_connect(port);

    (void)state;
    rig_until(rig, admin.service.active == 1);
    rig_settle(rig);
    pass(10000);
    wire_expect_end(fd);
    wire_close(fd);
}

static void who_says_half_of_it_is_told(void **state)
{
    int fd = ask("GET / HT");

    (void)state;
    rig_until(rig, admin.service.active == 1);
    rig_settle(rig);
    pass(10000);
    rig_expect_status(rig, fd, 408);
    wire_close(fd);
}

static void many_idle_clients_make_room(void **state)
{
    int fds[65];

    (void)state;
    for (int i = 0; i < 64; i++) {
        fds[i] = wire_connect(port);
        rig_until(rig, admin.service.active == i + 1);
        rig_settle(rig);
    }
    pass(2000);
    fds[64] = ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_expect(rig, fds[64], SMALL "hello\n");
    wire_expect_end(fds[0]); /* the one that had been silent the longest */
    for (int i = 0; i < 65; i++)
        wire_close(fds[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        admin_test(a_page_comes_with_its_length_and_the_connection_ends),
        admin_test(head_is_the_same_without_the_page),
        admin_test(a_page_may_have_another_status),
        admin_test(anything_else_is_not_there),
        admin_test(other_methods_are_told_what_is_allowed),
        admin_test(what_is_no_http_is_refused),
        admin_test(a_second_request_is_not_heard),
        admin_test(half_a_page_is_not_sent),
        admin_test(a_large_page_goes_as_fast_as_it_is_read),
        admin_test(a_large_page_without_its_body_is_small),
        admin_test(who_reads_nothing_is_ended),
        admin_test(who_reads_slowly_is_not),
        admin_test(who_leaves_in_the_middle_is_forgotten),
        admin_test(who_goes_on_talking_does_not_disturb),
        admin_test(who_says_nothing_is_closed),
        admin_test(who_says_half_of_it_is_told),
        admin_test(many_idle_clients_make_room),
    };

    return fixture_run("engine_admin", tests);
}
