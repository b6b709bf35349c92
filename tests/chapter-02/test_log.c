#include "fixture.h"
#include "log.h"

#include <string.h>
#include <unistd.h>

/* What standard output or standard error got, each read(2) of a pipe. */
static size_t printed(int standard, void (*print)(void), char *out, size_t size)
{
    int ends[2], saved = dup(standard);
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], standard);
    print();
    dup2(saved, standard);
    close(saved);
    close(ends[1]);
    n = read(ends[0], out, size - 1);
    assert_true(n >= 0);
    out[n] = '\0';
    close(ends[0]);
    return (size_t)n;
}

static void say_line(void)
{
    log_line("%s listening on port %d", "x", 80);
}

static void say_error(void)
{
    log_error("x", "connect to %s: %s", "b", "refused");
}

static void say_long_line(void)
{
    char text[3 * LOG_LINE_MAX];

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_line("%s", text);
}

static void say_long_error(void)
{
    char text[3 * LOG_LINE_MAX];

    memset(text, 'b', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_error("x", "%s", text);
}

static void a_line_for_each(void **state)
{
    char got[4 * LOG_LINE_MAX];

    (void)state;
    printed(STDOUT_FILENO, say_line, got, sizeof got);
    assert_string_equal(got, "x listening on port 80\n");
    printed(STDERR_FILENO, say_error, got, sizeof got);
    assert_string_equal(got, "x: connect to b: refused\n");
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
    char got[4 * LOG_LINE_MAX];
    size_t n;

    (void)state;
    n = printed(STDOUT_FILENO, say_long_line, got, sizeof got);
    assert_int_equal(n, LOG_LINE_MAX);
    assert_int_equal(strspn(got, "a"), LOG_LINE_MAX - 1);
    assert_string_equal(got + n - 1, "\n");
    n = printed(STDERR_FILENO, say_long_error, got, sizeof got);
    assert_int_equal(n, LOG_LINE_MAX);
    assert_memory_equal(got, "x: bbb", 6);
    assert_string_equal(got + n - 1, "\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_line_for_each),
        fixture_test(a_long_line_is_cut_and_still_ends),
    };

    return fixture_run("log", tests);
}
