/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "file_path.h"
#include "fixture.h"
#include "http_date.h"

static void read_and_send_copy_twice(void **state)
{
    (void)state;
    expect_answer_number("cpu_copies", 2);
}

static void splice_goes_through_a_pipe(void **state)
{
    (void)state;
    expect_answer("between", "pipe|a pipe");
}

static void what_is_in_the_pipe_is_yours(void **state)
{
    (void)state;
    expect_answer_number("in_the_pipe", 70000 - 50000);
}

static void sendfile_may_be_short_too(void **state)
{
    (void)state;
    expect_answer_number("next_offset", 4096);
    expect_answer_number("next_count", 10000 - 4096);
}

static void a_path_is_refused_not_repaired(void **state)
{
    struct file_path path;

    (void)state;
    expect_answer_number("dots",
        file_path_decode(slice_of("/docs/%2e%2e/x"), &path));
    expect_answer_number("slash", file_path_decode(slice_of("/a%2fb"), &path));
}

static void a_date_has_one_form(void **state)
{
    char date[HTTP_DATE_MAX];

    (void)state;
    http_date_format(date, 0);
    expect_answer("zero", date);
}

static void a_range_from_the_end(void **state)
{
    (void)state;
    expect_answer("last_five", "7-11");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(read_and_send_copy_twice),
        fixture_test(splice_goes_through_a_pipe),
        fixture_test(what_is_in_the_pipe_is_yours),
        fixture_test(sendfile_may_be_short_too),
        fixture_test(a_path_is_refused_not_repaired),
        fixture_test(a_date_has_one_form),
        fixture_test(a_range_from_the_end),
    };

    return fixture_run("knowledge_right", tests);
}
