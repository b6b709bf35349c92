/* lb: "static": a part of the paths is answered from a directory. */
#include "fixture.h"
#include "http_client.h"

#include "configured_lb.h"

#define FILE_TEXT "a file\n"

/* One backend, and a directory with one file, lb.json, under /files. */
static void start(struct configured_lb *lb, struct scratch *root,
                  const char *prefix)
{
    scratch_make(root);
    scratch_write(root->file, FILE_TEXT, strlen(FILE_TEXT));
    configured_listen(lb, 1);
    configured_start(lb, "\"backends\": [{\"host\": \"127.0.0.1\", \"port\": "
                     "%d}], \"static\": {\"prefix\": \"%s\", \"root\": "
                     "\"%s\"}", lb->ports[0], prefix, root->dir);
}

static void stop(struct configured_lb *lb, struct scratch *root)
{
    configured_stop(lb);
    scratch_remove(root);
}

static void expect(struct configured_lb *lb, const char *target, int status,
                   const char *body)
{
    struct http_response r;

    http_get(lb->port, target, &r);
    assert_int_equal(r.status, status);
    if (body != NULL)
        assert_string_equal(r.body, body);
    http_response_free(&r);
}

static void files_are_answered_without_a_backend(void **state)
{
    struct configured_lb lb;
    struct scratch root;

    (void)state;
    start(&lb, &root, "/files");
    expect(&lb, "/files/lb.json", 200, FILE_TEXT);
    expect(&lb, "/files/lb.json?v=2", 200, FILE_TEXT);
    expect(&lb, "/files/none", 404, NULL);
    expect(&lb, "/files/../lb.json", 400, NULL);
    expect(&lb, "/files/%2e%2e/etc/passwd", 400, NULL);
    stop(&lb, &root);
}

/* The request at this path goes to the backend, which answers "yes". */
static void expect_backend(struct configured_lb *lb, const char *target)
{
    char request[128], head[4096], answer[512];
    int client = wire_connect(lb->port), backend;

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n"
             "Connection: close\r\n\r\n", target);
    wire_send_text(client, request);
    backend = configured_take(lb, 0, head, sizeof head);
    wire_send_text(backend, CONFIGURED_YES);
    wire_receive_until(client, "yes", answer, sizeof answer);
    wire_close(client);
    wire_close(backend);
}

static void a_prefix_is_whole_segments(void **state)
{
    struct configured_lb lb;
    struct scratch root;

    (void)state;
    start(&lb, &root, "/files");
    expect_backend(&lb, "/filesystem");
    expect_backend(&lb, "/other/files/lb.json");
    expect_backend(&lb, "/");
    expect(&lb, "/files/lb.json", 200, FILE_TEXT);
    stop(&lb, &root);
}

static void files_and_backends_share_a_connection(void **state)
{
    struct configured_lb lb;
    struct scratch root;
    struct http_response r;
    char head[4096];
    int client, backend;

    (void)state;
    start(&lb, &root, "/files/");
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /files/lb.json HTTP/1.1\r\nHost: h\r\n\r\n"
                           CONFIGURED_GET
                           "HEAD /files/lb.json HTTP/1.1\r\nHost: h\r\n\r\n");
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, FILE_TEXT);
    assert_false(r.closes);
    http_response_free(&r);
    backend = configured_take(&lb, 0, head, sizeof head);
    wire_send_text(backend, CONFIGURED_YES);
    http_receive(client, "GET", &r);
    assert_string_equal(r.body, "yes");
    http_response_free(&r);
    http_receive(client, "HEAD", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(http_field(&r, "Content-Length"), "7");
    http_response_free(&r);
    wire_close(client);
    wire_close(backend);
    stop(&lb, &root);
}

/* Nobody here reads bodies: the connection is not used for another request. */
static void a_request_with_a_body_ends_the_connection(void **state)
{
    struct configured_lb lb;
    struct scratch root;
    struct http_response r;
    int client;

    (void)state;
    start(&lb, &root, "/files");
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /files/lb.json HTTP/1.1\r\nHost: h\r\n"
                           "Content-Length: 37\r\n\r\n" CONFIGURED_GET);
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_true(r.closes);
    http_response_free(&r);
    wire_expect_end(client);
    wire_close(client);
    http_request(lb.port, "POST", "/files/lb.json", "", "x", 1, &r);
    assert_int_equal(r.status, 405);
    http_response_free(&r);
    stop(&lb, &root);
}

static void a_directory_that_is_not_there_is_told_at_the_start(void **state)
{
    const char *argv[] = {LB_PART "/lb", "-c", NULL, NULL};
    struct scratch scratch;
    char text[256];
    struct run r;
    int len;

    (void)state;
    scratch_make(&scratch);
    len = snprintf(text, sizeof text,
                   "{\"listen_port\": 0, \"backends\": [{\"host\": \"::1\", "
                   "\"port\": 1}], \"static\": {\"prefix\": \"/f\", \"root\": "
                   "\"%s/none\"}}", scratch.dir);
    scratch_write(scratch.file, text, (size_t)len);
    argv[2] = scratch.file;
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    snprintf(text, sizeof text, "lb: %s/none: No such file or directory\n",
             scratch.dir);
    assert_non_null(strstr(r.err, text));
    run_free(&r);
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(files_are_answered_without_a_backend),
        fixture_test(a_prefix_is_whole_segments),
        fixture_test(files_and_backends_share_a_connection),
        fixture_test(a_request_with_a_body_ends_the_connection),
        fixture_test(a_directory_that_is_not_there_is_told_at_the_start),
    };

    return fixture_run("lb: static", tests);
}
