/* Whether there is an answer to each question; whether it is right says a test
 * that is not handed out. */
#include "answers.h"
#include "fixture.h"

static void every_question_has_an_answer(void **state)
{
    static const char *const keys[] = {
        "cpu_copies", "between", "in_the_pipe", "next_offset", "next_count",
        "dots", "slash", "zero", "last_five"};

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        answer_to(keys[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_question_has_an_answer),
    };

    return fixture_run("knowledge", tests);
}
