/* upper_server over a socket: what comes back, to whom, and for how long. */
#include "expect.h"
#include "failure.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#include <string.h>

static struct program *start_server(void)
{
    return program_start(lab_program("upper_server"), "0", NULL);
}

static void expect_answer(int fd, const char *sent, const char *expected)
{
    char shown[128];

    wire_send_text(fd, sent);
    escaped(sent, strlen(sent), shown, sizeof shown);
    expect_receive(about("the answer to %s", shown), fd, expected,
                   strlen(expected));
}

static void listens_and_says_so(void **state)
{
    struct program *p = start_server();
    const char *line = program_expect(p, "upper_server listening on ");

    (void)state;
    expect_that("the ready line", line == program_output(p) || line[-1] == '\n',
                "\"upper_server listening on ...\" as a line of its own");
    wire_close(wire_connect(program_port(p)));
    program_stop(p);
}

static void letters_become_capitals(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));

    (void)state;
    expect_answer(fd, "Hello, World 42!\n", "HELLO, WORLD 42!\n");
    expect_answer(fd, "abcdefghijklmnopqrstuvwxyz",
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect_answer(fd, "ABC", "ABC");
    wire_close(fd);
    program_stop(p);
}

static void every_other_byte_is_unchanged(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    unsigned char sent[256], expected[256];

    (void)state;
    for (int c = 0; c < 256; c++) {
        sent[c] = (unsigned char)c;
        expected[c] = (unsigned char)(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    wire_send(fd, sent, sizeof sent);
    expect_receive("the answer to the bytes 0 to 255", fd, expected,
                   sizeof expected);
    wire_close(fd);
    program_stop(p);
}

static void it_answers_each_client_in_turn(void **state)
{
    struct program *p = start_server();

    (void)state;
    for (int i = 1; i <= 3; i++) {
        int fd = wire_connect(program_port(p));

        expect_answer(fd, "next\n", "NEXT\n");
        wire_shut(fd);
        wire_expect_end(fd);
        wire_close(fd);
    }
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(listens_and_says_so),
        fixture_test(letters_become_capitals),
        fixture_test(every_other_byte_is_unchanged),
        fixture_test(it_answers_each_client_in_turn),
    };

    return fixture_run("upper_server", tests);
}
