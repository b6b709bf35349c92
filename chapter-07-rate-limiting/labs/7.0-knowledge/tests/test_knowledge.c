/* Whether there is an answer to each question; whether it is right says a test
 * that is not handed out. */
#include "answers.h"
#include "fixture.h"

static void every_question_has_an_answer(void **state)
{
    static const char *const keys[] = {
        "at_once", "later", "wait_ms", "in_a_minute", "at_the_edge", "sliding",
        "status", "field", "school"};

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
