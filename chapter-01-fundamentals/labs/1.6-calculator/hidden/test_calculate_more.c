/* calculate: a line that does not end, and the smallest number. */
#include "fixture.h"
#include "program.h"
#include "sums.h"
#include "wire.h"

static void a_line_without_an_end_is_refused(void **state)
{
    struct program *p = program_start(lab_program("calc_server"), "0", NULL);
    int fd = wire_connect(program_port(p));
    char line[CALCULATE_LINE_MAX + 2];

    (void)state;
    memset(line, '1', sizeof line);
    line[CALCULATE_LINE_MAX] = '\n';
    wire_send(fd, line, CALCULATE_LINE_MAX + 1);
    expect_receive("the answer to 64 bytes and a newline", fd, "ERROR syntax\n",
                   13);
    wire_send(fd, line + 1, CALCULATE_LINE_MAX); /* with the newline */
    expect_receive("the answer to 63 bytes and a newline", fd, "ERROR syntax\n",
                   13);
    line[CALCULATE_LINE_MAX] = '1';
    wire_send(fd, line, CALCULATE_LINE_MAX + 2);
    expect_receive("the answer to 66 bytes without a newline", fd,
                   "ERROR length\n", 13);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

static void the_smallest_number_has_no_opposite(void **state)
{
    (void)state;
    expect_answer("DIV " LEAST " -1", "ERROR range");
    expect_answer("MUL " LEAST " -1", "ERROR range");
    expect_answer("MUL -1 " LEAST, "ERROR range");
    expect_answer("DIV " LEAST " 1", LEAST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_line_without_an_end_is_refused),
        fixture_test(the_smallest_number_has_no_opposite),
    };

    return fixture_run("calculate_more", tests);
}
