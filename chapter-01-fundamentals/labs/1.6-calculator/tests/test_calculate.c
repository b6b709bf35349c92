/* calculate: each kind of line, and lines over a socket. */
#include "fixture.h"
#include "program.h"
#include "sums.h"
#include "wire.h"

static void four_operations(void **state)
{
    (void)state;
    expect_answer("ADD 5 3", "8");
    expect_answer("SUB 5 8", "-3");
    expect_answer("MUL -4 3", "-12");
    expect_answer("DIV 12 -4", "-3");
    expect_answer("DIV -7 2", "-3");
    expect_answer("ADD 007 -0", "7");
}

static void what_is_no_such_line_is_a_syntax_error(void **state)
{
    static const char *const lines[] = {
        "",         "ADD",       "ADD 5",   "ADD 5 ",   "ADD 5 3 ",
        "ADD 5 3 1", "ADD  5 3", " ADD 5 3", "ADD 5  3", "add 5 3",
        "ADDS 5 3", "AD 5 3",    "POW 5 3", "ADD +5 3", "ADD 5 x",
        "ADD 5 3x", "ADD 5.0 3", "ADD - 3", "ADD 5 --3", "ADD 0x5 3",
        "ADD 5 3\r"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_answer(lines[i], "ERROR syntax");
    check_answer("ADD 5 3\0", 8, "ERROR syntax");
}

static void division_by_zero_is_an_error(void **state)
{
    (void)state;
    expect_answer("DIV 5 0", "ERROR division");
    expect_answer("DIV 0 0", "ERROR division");
    expect_answer("DIV 0 5", "0");
}

static void the_limits_of_64_bits_are_numbers(void **state)
{
    (void)state;
    expect_answer("ADD " MOST " 0", MOST);
    expect_answer("ADD " LEAST " 0", LEAST);
    expect_answer("ADD 9223372036854775808 0", "ERROR range");
    expect_answer("ADD 0 -9223372036854775809", "ERROR range");
    expect_answer("ADD 0 99999999999999999999999999999", "ERROR range");
}

static void a_result_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    expect_answer("ADD " MOST " 1", "ERROR range");
    expect_answer("ADD " LEAST " -1", "ERROR range");
    expect_answer("SUB " LEAST " 1", "ERROR range");
    expect_answer("SUB 0 " LEAST, "ERROR range");
    expect_answer("SUB -1 " LEAST, MOST);
    expect_answer("MUL 3037000500 3037000500", "ERROR range");
    expect_answer("MUL 3037000499 3037000499", "9223372030926249001");
    expect_answer("MUL -2 4611686018427387904", LEAST);
    expect_answer("MUL -2 4611686018427387905", "ERROR range");
    expect_answer("MUL 0 " LEAST, "0");
}

static void a_line_over_a_socket_is_answered(void **state)
{
    struct program *p = program_start(lab_program("calc_server"), "0", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "ADD 5 3\n");
    expect_receive("the answer to \"ADD 5 3\\n\"", fd, "8\n", 2);
    wire_close(fd);
    program_stop(p);
}

static void lines_in_pieces_and_several_at_once(void **state)
{
    static const char lines[] = "MUL 6 7\nx\n\nSUB 1 2\n";
    static const char answers[] = "42\nERROR syntax\nERROR syntax\n-1\n";
    struct program *p = program_start(lab_program("calc_server"), "0", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "SUB 1 2\nADD 1");
    expect_receive("the answer to \"SUB 1 2\\nADD 1\"", fd, "-1\n", 3);
    wire_send_text(fd, "0 5\n");
    expect_receive("the answer to \"ADD 1\" and \"0 5\\n\"", fd, "15\n", 3);
    wire_send_text(fd, lines);
    expect_receive("the answers to four lines at once", fd, answers,
                   sizeof answers - 1);
    wire_close(fd);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(four_operations),
        fixture_test(what_is_no_such_line_is_a_syntax_error),
        fixture_test(division_by_zero_is_an_error),
        fixture_test(the_limits_of_64_bits_are_numbers),
        fixture_test(a_result_that_does_not_fit_is_an_error),
        fixture_test(a_line_over_a_socket_is_answered),
        fixture_test(lines_in_pieces_and_several_at_once),
    };

    return fixture_run("calculate", tests);
}
