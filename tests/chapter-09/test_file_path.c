/* file_path: what a request's path means, and that it never means more. */
#include "fixture.h"

#include "failure.h"
#include "file_path.h"
#include "file_type.h"

#include <stdlib.h>
#include <string.h>

static int decode(const char *target, struct file_path *out)
{
    size_t len = strlen(target);
    char *at = guard_copy(target, len);
    int status = file_path_decode((struct slice){at, len}, out);

    guard_free(at, len);
    return status;
}

static void decodes_names(void **state)
{
    static const struct {
        const char *target, *name;
        int is_directory;
    } cases[] = {
        {"", "", 1},
        {"/", "", 1},
        {"?x=1", "", 1},
        {"/?x=/../y", "", 1},
        {"/index.html", "index.html", 0},
        {"/a/b/c.txt", "a/b/c.txt", 0},
        {"/a/", "a", 1},
        {"/a/?q", "a", 1},
        {"//a///b//", "a/b", 1},
        {"/a%20b/%C3%A4.txt", "a b/\xc3\xa4.txt", 0},
        {"/%61%62c", "abc", 0},
        {"/%25%32%65", "%2e", 0}, /* decoded once */
        {"/a+b", "a+b", 0},
        {"/a?b%00%2f", "a", 0},
        {"/...", "...", 0},
        {"/.hidden/..x/x..", ".hidden/..x/x..", 0},
        {"/a\\b", "a\\b", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file_path p;
        int status = decode(cases[i].target, &p);

        if (status != 0 || strcmp(p.name, cases[i].name) != 0 ||
            p.is_directory != cases[i].is_directory)
            failure("%s: %d, \"%s\", %d", cases[i].target, status, p.name,
                    p.is_directory);
    }
}

static void refuses_what_leads_out(void **state)
{
    static const char *const targets[] = {
        "/..", "/../", "/../etc/passwd", "/a/../b", "/a/..", "/.", "/./a",
        "/a/.", "/a/./b", "/%2e%2e/etc/passwd", "/%2E%2e", "/.%2e/", "/%2e./x",
        "/%2e", "/a/%2e%2e/%2e%2e/b", "/..%2fetc", "/%2f", "/a%2Fb",
        "/%2fetc/passwd", "/a%00", "/%00", "/a%00.html", "/%", "/%4", "/%4g",
        "/%g4", "/a%", "/%%41", "/%-1", "/% 1", "//../a", "/a//..//b",
    };

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct file_path p;
        int status = decode(targets[i], &p);

        if (status != 400)
            failure("%s: %d, \"%s\"", targets[i], status, p.name);
    }
}

static void a_path_that_is_too_long_is_not_there(void **state)
{
    char *target = malloc(3 * FILE_PATH_MAX + 10);
    struct file_path p;

    (void)state;
    assert_non_null(target);
    for (size_t len = FILE_PATH_MAX - 10; len < FILE_PATH_MAX + 10; len++) {
        memset(target, 'a', len);
        target[0] = '/';
        target[len] = '\0';
        assert_int_equal(decode(target, &p), len <= FILE_PATH_MAX ? 0 : 404);
        for (size_t i = 2; i < len; i += 2)
            target[i] = '/'; /* many short segments */
        if (decode(target, &p) != (len - len % 2 <= FILE_PATH_MAX ? 0 : 404))
            failure("%zu bytes of short segments", len);
    }
    free(target);
}

/* Whatever comes in: no result begins with a slash, ends in one, or has an empty
 * or a dot segment. */
static void no_bytes_lead_out(void **state)
{
    static const char alphabet[] = "/.%2eEfF0a?\\";
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char target[24], copy[FILE_PATH_MAX + 2];
        size_t len = random_next(&seed) % (sizeof target - 1);
        struct file_path p;

        for (size_t i = 0; i < len; i++)
            target[i] = alphabet[random_next(&seed) % (sizeof alphabet - 1)];
        target[len] = '\0';
        if (file_path_decode((struct slice){target, len}, &p) != 0)
            continue;
        copy[0] = '/';
        strcpy(copy + 1, p.name);
        strcat(copy, p.name[0] != '\0' ? "/" : "");
        if (strstr(copy, "//") != NULL || strstr(copy, "/./") != NULL ||
            strstr(copy, "/../") != NULL)
            failure("%s became \"%s\"", target, p.name);
    }
}

static void types_go_by_the_extension(void **state)
{
    static const char *const cases[][2] = {
        {"index.html", "text/html; charset=utf-8"},
        {"a/b.c/X.HTML", "text/html; charset=utf-8"},
        {"x.tar.gz", "application/gzip"},
        {"logo.svg", "image/svg+xml"},
        {"app.js", "text/javascript; charset=utf-8"},
        {"a.json", "application/json"},
        {"Makefile", "application/octet-stream"},
        {"a.html/Makefile", "application/octet-stream"},
        {".html", "text/html; charset=utf-8"},
        {"a.", "application/octet-stream"},
        {"a.htmlx", "application/octet-stream"},
        {"", "application/octet-stream"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(file_type(cases[i][0]), cases[i][1]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(decodes_names),
        fixture_test(refuses_what_leads_out),
        fixture_test(a_path_that_is_too_long_is_not_there),
        fixture_test(no_bytes_lead_out),
        fixture_test(types_go_by_the_extension),
    };

    return fixture_run("file_path", tests);
}
