/* static_server: files over HTTP, to all kinds of clients. */
#include "fixture.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "deadline.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"
#include "www.h"

#define SERVER "chapter-09-zero-copy/static_server"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define MIB ((size_t)1 << 20)

static struct program *server;
static int port;

static void serve(void)
{
    server = program_start(SERVER, "0", www.directory, NULL);
    port = program_port(server);
}

static void stop(void)
{
    program_stop(server);
    www_close();
}

/* ---- what is answered ---------------------------------------------------- */

static void statuses(void **state)
{
    static const struct {
        const char *method, *target;
        int status;
        const char *body; /* NULL: it does not matter */
    } cases[] = {
        {"GET", "/", 200, "front page\n"},
        {"GET", "/index.html?x=1", 200, "front page\n"},
        {"GET", "/docs/a%20b.txt", 200, "blank"},
        {"GET", "/docs", 301, "301 Moved Permanently\n"},
        {"GET", "/docs/", 403, "403 Forbidden\n"},
        {"GET", "/none", 404, "404 Not Found\n"},
        {"GET", "/link", 404, "404 Not Found\n"},
        {"GET", "/fifo", 403, "403 Forbidden\n"},
        {"GET", "/..", 400, "400 Bad Request\n"},
        {"GET", "/../../etc/passwd", 400, NULL},
        {"GET", "/%2e%2e/%2e%2e/etc/passwd", 400, NULL},
        {"GET", "/..%2f..%2fetc%2fpasswd", 400, NULL},
        {"GET", "/docs/%00", 400, NULL},
        {"GET", "/etc/passwd", 404, NULL},
        {"GET", "//etc/passwd", 404, NULL},
        {"GET", "http://h/docs/a%20b.txt", 200, "blank"},
        {"GET", "/empty", 200, ""},
        {"POST", "/", 405, "405 Method Not Allowed\n"},
        {"DELETE", "/docs/a%20b.txt", 405, NULL},
        {"OPTIONS", "*", 405, NULL},
        {"get", "/", 405, NULL},
        {"HEAD", "/", 200, ""},
        {"HEAD", "/none", 404, ""},
        {"HEAD", "/docs", 301, ""},
    };

    (void)state;
    www_open();
    www_text("index.html", "front page\n");
    www_directory("docs");
    www_text("docs/a b.txt", "blank");
    www_text("empty", "");
    www_link("link", "/etc/passwd");
    www_fifo("fifo");
    serve();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response r;

        http_request(port, cases[i].method, cases[i].target, "", NULL, 0, &r);
        if (r.status != cases[i].status ||
            (cases[i].body != NULL && strcmp(r.body, cases[i].body) != 0))
            failure("%s %s: %d: %s", cases[i].method, cases[i].target, r.status,
                    r.body);
        if (r.status == 405)
            assert_string_equal(http_field(&r, "Allow"), "GET, HEAD");
        http_response_free(&r);
    }
    stop();
}

static void a_directory_is_asked_for_with_a_slash(void **state)
{
    static const char *const cases[][2] = {
        {"/docs", "/docs/"},
        {"/docs?x=1", "/docs/?x=1"},
        {"//docs", "/docs/"}, /* "//docs/" would be another server */
        {"///a%20b", "/a%20b/"},
        {"/docs/sub", "/docs/sub/"},
    };

    (void)state;
    www_open();
    www_directory("docs");
    www_directory("docs/sub");
    www_directory("a b");
    serve();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response r;

        http_get(port, cases[i][0], &r);
        assert_int_equal(r.status, 301);
        assert_string_equal(http_field(&r, "Location"), cases[i][1]);
        http_response_free(&r);
    }
    stop();
}

static void files_say_what_they_are(void **state)
{
    struct http_response r;
    char tag[128], condition[256];

    (void)state;
    www_open();
    www_text("a.css", "p {}\n");
    serve();
    http_get(port, "/a.css", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(http_field(&r, "Content-Type"),
                        "text/css; charset=utf-8");
    assert_string_equal(http_field(&r, "Content-Length"), "5");
    assert_string_equal(http_field(&r, "Accept-Ranges"), "bytes");
    assert_non_null(http_field(&r, "Date"));
    snprintf(condition, sizeof condition, "If-Modified-Since: %s\r\n",
             http_field(&r, "Last-Modified"));
    snprintf(tag, sizeof tag, "If-None-Match: %s\r\n", http_field(&r, "ETag"));
    http_response_free(&r);

    http_request(port, "GET", "/a.css", condition, NULL, 0, &r);
    assert_int_equal(r.status, 304);
    http_response_free(&r);
    http_request(port, "GET", "/a.css", tag, NULL, 0, &r);
    assert_int_equal(r.status, 304);
    assert_null(http_field(&r, "Content-Length"));
    http_response_free(&r);

    www_text("a.css", "p {} /* changed */\n");
    http_request(port, "GET", "/a.css", tag, NULL, 0, &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    stop();
}

static void parts_of_a_file(void **state)
{
    static const struct {
        const char *range;
        int status;
        size_t from, to;
        const char *content_range;
    } cases[] = {
        {"bytes=0-0", 206, 0, 1, "bytes 0-0/3000000"},
        {"bytes=100000-2999999", 206, 100000, 3000000,
         "bytes 100000-2999999/3000000"},
        {"bytes=2999999-", 206, 2999999, 3000000, "bytes 2999999-2999999/3000000"},
        {"bytes=-70000", 206, 2930000, 3000000, "bytes 2930000-2999999/3000000"},
        {"bytes=3000000-", 416, 0, 0, "bytes */3000000"},
        {"bytes=0-1,5-6", 200, 0, 3000000, NULL},
    };

    (void)state;
    www_open();
    www_stream("data", 3000000);
    serve();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response r;
        char field[128];

        snprintf(field, sizeof field, "Range: %s\r\n", cases[i].range);
        http_request(port, "GET", "/data", field, NULL, 0, &r);
        assert_int_equal(r.status, cases[i].status);
        assert_int_equal(r.body_len, cases[i].to - cases[i].from);
        stream_check(r.body, cases[i].from, r.body_len);
        if (cases[i].content_range != NULL)
            assert_string_equal(http_field(&r, "Content-Range"),
                                cases[i].content_range);
        else
            assert_null(http_field(&r, "Content-Range"));
        http_response_free(&r);
    }
    stop();
}

/* ---- connections --------------------------------------------------------- */

static void expect_answer(int client, const char *method, int status,
                          const char *body)
{
    struct http_response r;

    http_receive(client, method, &r);
    if (r.status != status || strcmp(r.body, body) != 0)
        failure("%d: %s", r.status, r.body);
    http_response_free(&r);
}

static void one_connection_many_requests(void **state)
{
    int client;

    (void)state;
    www_open();
    www_text("a", "first");
    www_text("b", "second");
    serve();
    client = wire_connect(port);
    for (int i = 0; i < 10; i++) {
        wire_send_text(client, GET("/a"));
        expect_answer(client, "GET", 200, "first");
        wire_send_text(client, "HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n");
        expect_answer(client, "HEAD", 200, "");
        wire_send_text(client, GET("/none"));
        expect_answer(client, "GET", 404, "404 Not Found\n");
    }
    wire_send_text(client, GET("/a") GET("/none") GET("/b") GET("/a"));
    expect_answer(client, "GET", 200, "first");
    expect_answer(client, "GET", 404, "404 Not Found\n");
    expect_answer(client, "GET", 200, "second");
    expect_answer(client, "GET", 200, "first");
    wire_send_text(client, "GET /a HTTP/1.1\r\nHost: h\r\n"
                           "Connection: close\r\n\r\n");
    expect_answer(client, "GET", 200, "first");
    wire_expect_end(client);
    wire_close(client);

    client = wire_connect(port);
    wire_send_text(client, "GET /a HTTP/1.0\r\n\r\n");
    expect_answer(client, "GET", 200, "first");
    wire_expect_end(client);
    wire_close(client);
    stop();
}

/* Nobody reads it, so it must not be taken for the next request. */
static void a_body_ends_the_connection(void **state)
{
    int client;

    (void)state;
    www_open();
    www_text("a", "first");
    serve();
    client = wire_connect(port);
    wire_send_text(client, "GET /a HTTP/1.1\r\nHost: h\r\n"
                           "Content-Length: 36\r\n\r\n" GET("/a"));
    expect_answer(client, "GET", 200, "first");
    wire_expect_end(client);
    wire_close(client);
    stop();
}

static void many_mib_to_a_slow_reader(void **state)
{
    const size_t len = 64 * MIB;
    struct http_response r;
    int client, small = 65536;
    char head[1024];

    (void)state;
    www_open();
    www_stream("data", len);
    www_text("a", "first");
    serve();
    client = wire_connect(port);
    setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire_send_text(client, GET("/data"));
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    stream_receive(client, 0, 200000, 5000);
    http_get(port, "/a", &r); /* others are served meanwhile */
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    stream_receive(client, 200000, len, MIB);
    wire_send_text(client, GET("/a"));
    expect_answer(client, "GET", 200, "first");
    wire_close(client);
    stop();
}

/* ---- files that change while they are sent ------------------------------- */

/* A client that has got the head and reads nothing of 64 MiB. */
static int stuck_client(void)
{
    int client = wire_connect(port);
    char head[1024];

    wire_send_text(client, GET("/data"));
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "\r\nContent-Length: 67108864\r\n"));
    return client;
}

static void a_file_that_shrinks_ends_the_connection(void **state)
{
    int client;
    char *data = malloc(64 * MIB);
    size_t got;

    (void)state;
    assert_non_null(data);
    www_open();
    www_stream("data", 64 * MIB);
    serve();
    client = stuck_client();
    assert_int_equal(truncate(www_name("data"), 40 * MIB), 0);
    got = wire_receive_up_to(client, data, 64 * MIB);
    assert_true(got <= 40 * MIB);
    stream_check(data, 0, got);
    wire_expect_gone(client);
    wire_close(client);
    free(data);
    stop();
}

static void a_file_that_grows_is_sent_as_announced(void **state)
{
    int client, file;

    (void)state;
    www_open();
    www_stream("data", 64 * MIB);
    www_text("a", "first");
    serve();
    client = stuck_client();
    file = open(www_name("data"), O_WRONLY | O_APPEND);
    assert_int_equal(write(file, "more", 4), 4);
    close(file);
    stream_receive(client, 0, 64 * MIB, MIB);
    wire_send_text(client, GET("/a"));
    expect_answer(client, "GET", 200, "first");
    wire_close(client);
    stop();
}

/* ---- clients that leave, and the end ------------------------------------- */

static void wait_for_descriptors(int count)
{
    deadline_t deadline = deadline_in(10000);

    while (program_descriptors(server) != count && count >= 0)
        if (!deadline_pause(deadline))
            failure("%d descriptors, not %d", program_descriptors(server),
                    count);
}

static void whoever_leaves_takes_his_file_along(void **state)
{
    int before;

    (void)state;
    www_open();
    www_stream("data", 64 * MIB);
    serve();
    before = program_descriptors(server);
    for (int i = 0; i < 10; i++) {
        int client = stuck_client();

        if (i % 2)
            wire_reset(client);
        else
            wire_close(client);
    }
    wait_for_descriptors(before);
    stop();
}

static void asked_to_stop_it_finishes_what_it_began(void **state)
{
    int client;

    (void)state;
    www_open();
    www_stream("data", 64 * MIB);
    serve();
    client = stuck_client();
    program_signal(server, SIGTERM);
    program_expect(server, "draining, 1 connections under way");
    assert_true(wire_refused(port));
    stream_receive(client, 0, 64 * MIB, MIB);
    wire_expect_end(client);
    wire_close(client);
    assert_int_equal(program_wait(server), 0);
    www_close();
}

/* ---- the command line ---------------------------------------------------- */

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *arguments[4];
        int status;
        const char *says;
    } cases[] = {
        {{NULL}, 2, "static_server: expected PORT and DIRECTORY"},
        {{"80x", "/"}, 2, "static_server: not a port (0 to 65535): 80x"},
        {{"0", "/", "/"}, 2, "static_server: one operand too many: /"},
        {{"-x", "0", "/"}, 2, "static_server: unknown option: -x"},
        {{"0", "/no/such/directory"}, 1, "static_server: /no/such/directory: "},
        {{"0", "/etc/passwd"}, 1, "static_server: /etc/passwd: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[6] = {SERVER};
        struct run r;

        for (int j = 0; j < 4; j++)
            argv[j + 1] = cases[i].arguments[j];
        r = program_run(argv, NULL, 0);
        if (r.status != cases[i].status ||
            strncmp(r.err, cases[i].says, strlen(cases[i].says)) != 0)
            failure("%d: %s", r.status, r.err);
        run_free(&r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(statuses),
        fixture_test(a_directory_is_asked_for_with_a_slash),
        fixture_test(files_say_what_they_are),
        fixture_test(parts_of_a_file),
        fixture_test(one_connection_many_requests),
        fixture_test(a_body_ends_the_connection),
        fixture_test(many_mib_to_a_slow_reader),
        fixture_test(a_file_that_shrinks_ends_the_connection),
        fixture_test(a_file_that_grows_is_sent_as_announced),
        fixture_test(whoever_leaves_takes_his_file_along),
        fixture_test(asked_to_stop_it_finishes_what_it_began),
        fixture_test(says_what_is_wrong),
    };

    return fixture_run("static_server", tests);
}
