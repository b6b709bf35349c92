/* Whether there is an answer to each question; whether it is right says a test
 * that is not handed out. */
#include "answers.h"
#include "fixture.h"

static void every_question_has_an_answer(void **state)
{
    static const char *const keys[] = {
        "le_005", "le_inf", "median", "p99", "labels", "increase", "active_is",
        "requests_are", "mean_ms"};

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
