/* lb: access_log and zero_copy_min, as the file says. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deadline.h"
#include "failure.h"
#include "http_client.h"
#include "whole_lb.h"

static struct whole c;
static struct scratch logs; /* logs.file is the log */
static char rotated[96];

/* How often a text stands in a file; 0 if there is none. */
static int count_in(const char *path, const char *text)
{
    static char bytes[65536];
    FILE *f = fopen(path, "r");
    size_t len = f != NULL ? fread(bytes, 1, sizeof bytes - 1, f) : 0;
    int count = 0;

    if (f != NULL)
        fclose(f);
    bytes[len] = '\0';
    for (const char *at = bytes; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static void expect_in(const char *path, const char *text, int times)
{
    deadline_t deadline = deadline_in(10000);

    while (count_in(path, text) != times)
        if (!deadline_pause(deadline))
            failure("%s: \"%s\" is there %d times, not %d", path, text,
                    count_in(path, text), times);
}

static void ask(const char *target)
{
    struct http_response r;

    http_get(c.lb.port, target, &r);
    http_response_free(&r);
}

static void start_logging(const char *format)
{
    char members[256];

    scratch_make(&logs);
    snprintf(rotated, sizeof rotated, "%s.1", logs.file);
    snprintf(members, sizeof members, "'workers': 2, 'access_log': {'path': "
             "'%s', 'format': '%s'}", logs.file, format);
    whole_start(&c, 1, members);
}

static void stop_logging(void)
{
    whole_stop(&c);
    remove(rotated);
    scratch_remove(&logs);
}

/* Every request has one line, whichever worker and generation served it; after a
 * rename and SIGHUP the lines go to a new file. */
static void a_log_is_rotated_and_loses_no_line(void **state)
{
    (void)state;
    start_logging("combined");
    for (int i = 0; i < 20; i++)
        ask("/status/404");
    expect_in(logs.file, "\"GET /status/404 HTTP/1.1\" 404 ", 20);
    assert_int_equal(rename(logs.file, rotated), 0);
    program_signal(c.lb.program, SIGHUP);
    whole_await(&c);
    for (int i = 0; i < 20; i++)
        ask("/after");
    expect_in(logs.file, "\"GET /after HTTP/1.1\" ", 20);
    assert_int_equal(count_in(rotated, "/after"), 0);
    assert_int_equal(count_in(rotated, "\n"), 20);
    stop_logging();
}

static void the_format_may_be_json(void **state)
{
    (void)state;
    start_logging("json");
    ask("/");
    expect_in(logs.file, "\"status\":200", 1);
    expect_in(logs.file, "{", 1);
    stop_logging();
}

/* ---- splicing ------------------------------------------------------------ */

#define BODY (3 << 20)

/* A body comes through as it is, spliced (min 1024) or not (0). */
static void expect_whole_body(const char *members)
{
    struct http_response direct, through;

    whole_start(&c, 1, members);
    http_get(c.lb.backend_port[0], "/bytes/3145728", &direct);
    for (int i = 0; i < 3; i++) {
        http_get(c.lb.port, "/bytes/3145728", &through);
        assert_int_equal(through.body_len, BODY);
        assert_memory_equal(through.body, direct.body, BODY);
        http_response_free(&through);
    }
    http_response_free(&direct);
    whole_stop(&c);
}

static void bodies_are_whole_spliced_or_not(void **state)
{
    (void)state;
    expect_whole_body("'zero_copy_min': 1024");
    expect_whole_body("'zero_copy_min': 0");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_log_is_rotated_and_loses_no_line),
        fixture_test(the_format_may_be_json),
        fixture_test(bodies_are_whole_spliced_or_not),
    };

    return fixture_run("lb: access_log, zero_copy_min", tests);
}
