/* leaky_bucket: who waits, how long, and who is refused. */
#include "ask.h"
#include "fixture.h"

static void the_first_passes_at_once(void **state)
{
    struct client c = {10, 3, 0};

    (void)state;
    expect_pass(&c, 0, 0);
}

static void the_next_ones_wait_their_turn(void **state)
{
    struct client c = {10, 3, 0};

    (void)state;
    for (uint64_t i = 0; i <= 3; i++)
        expect_pass(&c, 0, 100 * i);
}

static void one_too_many_is_refused(void **state)
{
    struct client c = {10, 3, 0};

    (void)state;
    for (uint64_t i = 0; i <= 3; i++)
        expect_pass(&c, 0, 100 * i);
    expect_refusal(&c, 0);
    expect_refusal(&c, 99);
}

static void the_refused_leave_no_trace(void **state)
{
    struct client c = {10, 1, 0};

    (void)state;
    expect_pass(&c, 0, 0);
    expect_pass(&c, 0, 100);
    for (int i = 0; i < 1000; i++)
        expect_refusal(&c, 50);
    expect_pass(&c, 100, 100);
}

static void after_a_pause_it_is_as_new(void **state)
{
    struct client c = {10, 3, 0};

    (void)state;
    expect_pass(&c, 0, 0);
    for (uint64_t i = 0; i <= 3; i++)
        expect_pass(&c, 60000, 100 * i);
    expect_refusal(&c, 60000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_first_passes_at_once),
        fixture_test(the_next_ones_wait_their_turn),
        fixture_test(one_too_many_is_refused),
        fixture_test(the_refused_leave_no_trace),
        fixture_test(after_a_pause_it_is_as_new),
    };

    return fixture_run("leaky_bucket", tests);
}
