/* lb: "static": a part of the paths is answered from a directory. */
#include "fixture.h"

#include "http_client.h"
#include "whole_lb.h"

#define FILE_TEXT "a file\n"

/* One backend, and a directory with one file, lb.json, under /files. */
static void start(struct whole *c, struct scratch *root, const char *prefix)
{
    char members[256];

    scratch_make(root);
    scratch_write(root->file, FILE_TEXT, strlen(FILE_TEXT));
    snprintf(members, sizeof members, "'static': {'prefix': '%s', "
             "'root': '%s'}", prefix, root->dir);
    whole_start_scripted(c, 1, members);
}

static void stop(struct whole *c, struct scratch *root)
{
    whole_stop(c);
    scratch_remove(root);
}

static void expect(const struct whole *c, const char *target, int status,
                   const char *body)
{
    struct http_response r;

    http_get(c->lb.port, target, &r);
    assert_int_equal(r.status, status);
    if (body != NULL)
        assert_string_equal(r.body, body);
    http_response_free(&r);
}

static void files_are_answered_without_a_backend(void **state)
{
    struct whole c;
    struct scratch root;

    (void)state;
    start(&c, &root, "/files");
    expect(&c, "/files/lb.json", 200, FILE_TEXT);
    expect(&c, "/files/lb.json?v=2", 200, FILE_TEXT);
    expect(&c, "/files/none", 404, NULL);
    expect(&c, "/files/../lb.json", 400, NULL);
    expect(&c, "/files/%2e%2e/etc/passwd", 400, NULL);
    stop(&c, &root);
}

/* The request at this path goes to the backend, which answers "yes". */
static void expect_backend(struct whole *c, const char *target)
{
    char request[128], head[4096], answer[512];
    int client = wire_connect(c->lb.port), backend;

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n"
             "Connection: close\r\n\r\n", target);
    wire_send_text(client, request);
    backend = lb_take(&c->lb, 0, head, sizeof head);
    wire_send_text(backend, LB_YES);
    wire_receive_until(client, "yes", answer, sizeof answer);
    wire_close(client);
    wire_close(backend);
}

static void a_prefix_is_whole_segments(void **state)
{
    struct whole c;
    struct scratch root;

    (void)state;
    start(&c, &root, "/files");
    expect_backend(&c, "/filesystem");
    expect_backend(&c, "/other/files/lb.json");
    expect_backend(&c, "/");
    expect(&c, "/files/lb.json", 200, FILE_TEXT);
    stop(&c, &root);
}

static void files_and_backends_share_a_connection(void **state)
{
    struct whole c;
    struct scratch root;
    struct http_response r;
    char head[4096];
    int client, backend;

    (void)state;
    start(&c, &root, "/files/");
    client = wire_connect(c.lb.port);
    wire_send_text(client, "GET /files/lb.json HTTP/1.1\r\nHost: h\r\n\r\n"
                           LB_GET
                           "HEAD /files/lb.json HTTP/1.1\r\nHost: h\r\n\r\n");
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, FILE_TEXT);
    assert_false(r.closes);
    http_response_free(&r);
    backend = lb_take(&c.lb, 0, head, sizeof head);
    wire_send_text(backend, LB_YES);
    http_receive(client, "GET", &r);
    assert_string_equal(r.body, "yes");
    http_response_free(&r);
    http_receive(client, "HEAD", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(http_field(&r, "Content-Length"), "7");
    http_response_free(&r);
    wire_close(client);
    wire_close(backend);
    stop(&c, &root);
}

/* Nobody here reads bodies: the connection is not used for another request. */
static void a_request_with_a_body_ends_the_connection(void **state)
{
    struct whole c;
    struct scratch root;
    struct http_response r;
    int client;

    (void)state;
    start(&c, &root, "/files");
    client = wire_connect(c.lb.port);
    wire_send_text(client, "GET /files/lb.json HTTP/1.1\r\nHost: h\r\n"
                           "Content-Length: 37\r\n\r\n" LB_GET);
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_true(r.closes);
    http_response_free(&r);
    wire_expect_end(client);
    wire_close(client);
    http_request(c.lb.port, "POST", "/files/lb.json", "", "x", 1, &r);
    assert_int_equal(r.status, 405);
    http_response_free(&r);
    stop(&c, &root);
}

static void a_directory_that_is_not_there_is_told_at_the_start(void **state)
{
    struct whole c;
    const char *const argv[] = {LB_PROGRAM, "-c", c.scratch.file, NULL};
    char text[256];
    struct run r;

    (void)state;
    scratch_make(&c.scratch);
    snprintf(text, sizeof text, "'backends': [{'host': '::1', 'port': 1}], "
             "'static': {'prefix': '/f', 'root': '%s/none'}", c.scratch.dir);
    whole_write(&c, text);
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    snprintf(text, sizeof text, "lb: %s/none: No such file or directory\n",
             c.scratch.dir);
    assert_non_null(strstr(r.err, text));
    run_free(&r);
    scratch_remove(&c.scratch);
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
