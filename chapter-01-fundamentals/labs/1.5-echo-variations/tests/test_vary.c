/* vary: answers and log lines, and the server with its options. */
#include "expect.h"
#include "fixture.h"
#include "program.h"
#include "vary.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHEN 1770091506 /* 2026-02-03T04:05:06Z */
#define LOG  "said.log" /* each test has a directory of its own */

static void expect_answer(int capitals, int stamps, const char *line,
                          size_t len, const char *expected)
{
    struct vary v = {capitals, stamps};
    char out[VARY_ANSWER], *at = guard_copy(line, len);
    size_t n = vary_answer(&v, at, len, WHEN, out);

    guard_free(at, len);
    expect_bytes(about("the answer to \"%s\"%s%s", line, capitals ? ", -u" : "",
                       stamps ? ", -t" : ""),
                 out, n, expected, len + 1 + (stamps ? 21 : 0));
}

static void an_answer_is_the_line_again(void **state)
{
    (void)state;
    expect_answer(0, 0, "hello", 5, "hello\n");
    expect_answer(0, 0, "", 0, "\n");
    expect_answer(0, 0, "a\0\xff\r", 4, "a\0\xff\r\n");
}

static void capitals_and_the_time(void **state)
{
    (void)state;
    setenv("TZ", "XYZ5:30", 1); /* we live elsewhere */
    expect_answer(1, 0, "Hello, {az}\xe4", 12, "HELLO, {AZ}\xe4\n");
    expect_answer(0, 1, "hello", 5, "2026-02-03T04:05:06Z hello\n");
    expect_answer(1, 1, "hello", 5, "2026-02-03T04:05:06Z HELLO\n");
}

static void expect_logged(const char *line, size_t len, const char *expected)
{
    char out[VARY_LOG];
    size_t n = vary_log("::1", line, len, out);

    expect_bytes(about("what is logged of \"%s\"", line), out, n, expected,
                 strlen(expected));
}

static void what_is_logged_is_escaped(void **state)
{
    (void)state;
    expect_logged("hello", 5, "::1 \"hello\"\n");
    expect_logged("a\"b\\", 4, "::1 \"a\\\"b\\\\\"\n");
    expect_logged("\x1b[2J\r~ \x7f", 8, "::1 \"\\x1b[2J\\x0d~ \\x7f\"\n");
    expect_logged("\0\xff", 2, "::1 \"\\x00\\xff\"\n");
}

/* Says something to a server, and hears the answer. */
static void expect_said(struct program *p, const char *say, const char *hear)
{
    int fd = wire_connect(program_port(p));

    wire_send_text(fd, say);
    expect_receive(about("the answer to %s", say), fd, hear, strlen(hear));
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
}

static void the_server_answers_each_line(void **state)
{
    struct program *p = program_start(lab_program("vary_server"), "0", NULL);

    (void)state;
    expect_said(p, "one\ntwo\n\nthree\n", "one\ntwo\n\nthree\n");
    expect_said(p, "next\nno newline", "next\n");
    program_stop(p);
}

static void options_choose_the_variation(void **state)
{
    struct program *p =
        program_start(lab_program("vary_server"), "-u", "0", NULL);
    char answer[64];
    int fd;

    (void)state;
    expect_said(p, "hello\n", "HELLO\n");
    program_stop(p);
    p = program_start(lab_program("vary_server"), "-t", "0", NULL);
    fd = wire_connect(program_port(p));
    wire_send_text(fd, "hello\n");
    wire_receive_until(fd, "\n", answer, sizeof answer);
    expect_int("bytes of the answer with -t", (long long)strlen(answer), 27);
    expect_text("the answer with -t, from byte 20 on", answer + 20, " hello\n");
    wire_close(fd);
    program_stop(p);
}

static void the_log_says_who_said_what(void **state)
{
    FILE *f = fopen(LOG, "w");
    char text[256];
    struct program *p;
    size_t n;

    (void)state;
    fputs("before\n", f);
    fclose(f);
    p = program_start(lab_program("vary_server"), "-u", "-l", LOG, "0", NULL);
    expect_said(p, "hello\nbye\n", "HELLO\nBYE\n");
    f = fopen(LOG, "r"); /* while the server is running */
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    expect_text("the log", text,
                "before\n127.0.0.1 \"hello\"\n127.0.0.1 \"bye\"\n");
    program_stop(p);
}

static void a_log_that_cannot_be_opened_is_told(void **state)
{
    const char *const argv[] = {lab_program("vary_server"), "-l", "nowhere/log",
                                "0", NULL};
    struct program *p = program_spawn(argv);

    (void)state;
    program_expect(p, "\n");
    expect_text("what it prints", program_output(p),
                "vary_server: open nowhere/log: No such file or directory\n");
    expect_int("exit status", program_wait(p), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_answer_is_the_line_again),
        fixture_test(capitals_and_the_time),
        fixture_test(what_is_logged_is_escaped),
        fixture_test(the_server_answers_each_line),
        fixture_test(options_choose_the_variation),
        fixture_test(the_log_says_who_said_what),
        fixture_test(a_log_that_cannot_be_opened_is_told),
    };

    return fixture_run("vary", tests);
}
