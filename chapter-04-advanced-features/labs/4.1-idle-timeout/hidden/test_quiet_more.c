/* quiet: what it costs, what does not count, and its end. */
#include "fixture.h"
#include "clockwork.h"

#include <string.h>

static void what_moves_nothing_does_not_count(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    for (int i = 0; i < 4; i++) {
        pass(500);
        quiet_moved(q, i % 2 == 0 ? -1 : 0);
    }
    expect_over("limit 2000, recv() returned -1 and 0 only", 1);
}

static void moving_does_not_set_the_timer(void **state)
{
    struct quiet *q = begin(2000);
    int before = times_set;

    (void)state;
    for (int i = 0; i < 1000; i++)
        quiet_moved(q, 100);
    expect_int("calls of set_timer for 1000 moves", times_set - before, 0);
}

static void a_busy_one_rings_seldom(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        pass(10);
        quiet_moved(q, 100);
    }
    expect_between("calls of set_timer in 100 s, with a limit of 2 s",
                   times_set, 40, 60);
}

static void nothing_comes_after_the_end(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    pass(1000);
    quiet_end(q);
    quiet_end(q);
    pass(60000);
    expect_over("ended after 1000 ms", 0);
    expect_that("the timer after the end", set_one == NULL, "not set");
}

/* As if it were freed: what lies there afterwards is another's. */
static void end_and_overwrite(void *owner)
{
    times_over++;
    quiet_end(owner);
    times_set = 0;
    memset(owner, 0, sizeof(struct quiet));
}

static void the_owner_may_free_it_when_it_is_over(void **state)
{
    struct quiet q;

    (void)state;
    quiet_begin(&q, clockwork(), 2000, end_and_overwrite, &q);
    pass(2000);
    expect_over("limit 2000, silent for 2000 ms", 1);
    expect_int("calls of set_timer after over()", times_set, 0);
    expect_that("the owner's memory after over()",
                q.moved_ms == 0 && q.watch == NULL, "left alone");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_moves_nothing_does_not_count),
        fixture_test(moving_does_not_set_the_timer),
        fixture_test(a_busy_one_rings_seldom),
        fixture_test(nothing_comes_after_the_end),
        fixture_test(the_owner_may_free_it_when_it_is_over),
    };

    return fixture_run("quiet_more", tests);
}
