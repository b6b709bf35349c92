/* files: names, and the server that sends them. */
#include "fixture.h"
#include "site.h"

static void expect_path(const char *request, int status, const char *path)
{
    size_t len = strlen(request);
    char out[FILES_PATH_MAX], *at = guard_copy(request, len);
    int came = files_path((struct slice){at, len}, out);

    guard_free(at, len);
    expect_int(about("the status of \"%s\"", request), came, status);
    if (status == 0)
        expect_text(about("the path of \"%s\"", request), out, path);
}

static void the_path_is_taken_as_it_stands(void **state)
{
    (void)state;
    expect_path("/a/b.txt", 0, "a/b.txt");
    expect_path("/a?b/c", 0, "a");
    expect_path("/", 0, "index.html");
    expect_path("?x", 0, "index.html");
    expect_path("", 0, "index.html");
    expect_path("/a/", 0, "a/index.html");
}

static void percent_signs_are_decoded(void **state)
{
    (void)state;
    expect_path("/a%20b%2Etxt", 0, "a b.txt");
    expect_path("/%c3%9F", 0, "\xc3\x9f");
    expect_path("/%2541", 0, "%41");
    expect_path("/a%3fb", 0, "a?b");
    expect_path("/%", 400, NULL);
    expect_path("/%4", 400, NULL);
    expect_path("/%4g", 400, NULL);
    expect_path("/a%00.txt", 400, NULL);
}

static void nobody_climbs_out(void **state)
{
    (void)state;
    expect_path("/../secret", 404, NULL);
    expect_path("/..", 404, NULL);
    expect_path("/a/../../secret", 404, NULL);
    expect_path("/%2e%2e/secret", 404, NULL);
    expect_path("/a%2f..%2f..%2fsecret", 404, NULL);
    expect_path("//etc/passwd", 0, "etc/passwd");
    expect_path("/%2fetc/./passwd", 0, "etc/passwd");
    expect_path("/..a/b../...", 0, "..a/b../...");
}

static void the_name_tells_the_type(void **state)
{
    (void)state;
    expect_text("the type of a.html", files_type("a.html"), "text/html");
    expect_text("the type of A.JPG", files_type("A.JPG"), "image/jpeg");
    expect_text("the type of a.html.css", files_type("a.html.css"), "text/css");
    expect_text("the type of s", files_type("s"), "application/octet-stream");
    expect_text("the type of js", files_type("js"), "application/octet-stream");
}

static void a_file_is_sent_whole(void **state)
{
    static unsigned char big[BIG];
    struct program *p = start_site(big);
    struct http_response r;

    (void)state;
    http_get(program_port(p), "/", &r);
    expect_text("the head", strtok(r.head, "\r"), "HTTP/1.1 200 OK");
    expect_bytes("the body of /", r.body, r.body_len, "<p>hello\n", 9);
    http_response_free(&r);
    http_get(program_port(p), "/big.png", &r);
    expect_text("Content-Type", http_field(&r, "Content-Type"), "image/png");
    expect_text("Content-Length", http_field(&r, "Content-Length"), "100000");
    expect_bytes("the body of /big.png", r.body, r.body_len, big, BIG);
    http_response_free(&r);
    expect_status(p, "GET", "/a%20b.txt", 200);
    program_stop(p);
}

static void what_is_not_there_is_404(void **state)
{
    static unsigned char big[BIG];
    struct program *p = start_site(big);

    (void)state;
    expect_status(p, "GET", "/nothing", 404);
    expect_status(p, "GET", "/sub", 404);
    expect_status(p, "GET", "/sub/", 404);
    expect_status(p, "GET", "/index.html/x", 404);
    expect_status(p, "GET", "/%2e%2e/secret", 404);
    expect_status(p, "GET", "/", 200);
    program_stop(p);
}

static void other_methods_are_405(void **state)
{
    static unsigned char big[BIG];
    struct program *p = start_site(big);

    (void)state;
    expect_status(p, "DELETE", "/index.html", 405);
    expect_status(p, "get", "/index.html", 405);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_path_is_taken_as_it_stands),
        fixture_test(percent_signs_are_decoded),
        fixture_test(nobody_climbs_out),
        fixture_test(the_name_tells_the_type),
        fixture_test(a_file_is_sent_whole),
        fixture_test(what_is_not_there_is_404),
        fixture_test(other_methods_are_405),
    };

    return fixture_run("files", tests);
}
