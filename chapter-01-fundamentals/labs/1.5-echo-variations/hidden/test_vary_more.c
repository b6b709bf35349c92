/* vary: the longest line, and command lines in another order. */
#include "expect.h"
#include "fixture.h"
#include "program.h"
#include "vary.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static void the_longest_line_is_answered(void **state)
{
    static char line[VARY_LINE];
    struct vary v = {1, 1};
    char *room;
    size_t n;

    (void)state;
    memset(line, 1, sizeof line);
    room = guard_copy((char[VARY_LOG]){0}, VARY_LOG);
    n = vary_answer(&v, line, sizeof line, 0, room + VARY_LOG - VARY_ANSWER);
    expect_int("bytes of the longest answer", (long long)n,
               VARY_LINE + 1 + 21);
    n = vary_log("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", line,
                 sizeof line, room);
    expect_int("bytes of the longest log line", (long long)n,
               4 * VARY_LINE + 45 + 4);
    guard_free(room, VARY_LOG);
}

static void options_may_stand_behind_the_port(void **state)
{
    struct program *p =
        program_start(lab_program("vary_server"), "0", "-u", "-t", NULL);
    int fd = wire_connect(program_port(p));
    char answer[64];

    (void)state;
    wire_send_text(fd, "hello\n");
    wire_receive_until(fd, "\n", answer, sizeof answer);
    expect_text("the answer with -u -t, from its end", strrchr(answer, ' '),
                " HELLO\n");
    wire_close(fd);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_longest_line_is_answered),
        fixture_test(options_may_stand_behind_the_port),
    };

    return fixture_run("vary_more", tests);
}
