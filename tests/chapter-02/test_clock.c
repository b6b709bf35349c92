#include "clock.h"
#include "fixture.h"

#include <limits.h>

static void says_how_long_to_wait(void **state)
{
    static const struct {
        uint64_t deadline, now;
        int left;
    } cases[] = {
        {1000, 1000, 0},
        {1000, 999, 1},
        {1000, 0, 1000},
        {1000, 1001, 0},              /* passed: at once, not "for ever" */
        {0, UINT64_MAX - 1, 0},
        {CLOCK_NEVER, 0, -1},         /* poll(2)'s word for no limit */
        {CLOCK_NEVER, CLOCK_NEVER, -1},
        {(uint64_t)INT_MAX, 0, INT_MAX},
        {(uint64_t)INT_MAX + 1, 0, INT_MAX}, /* more than poll(2) can take */
        {CLOCK_NEVER - 1, 0, INT_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clock_left_ms(cases[i].deadline, cases[i].now),
                         cases[i].left);
}

static void never_goes_back(void **state)
{
    uint64_t last = clock_now_ms();

    (void)state;
    for (int i = 0; i < 10000; i++) {
        uint64_t now = clock_now_ms();

        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_how_long_to_wait),
        fixture_test(never_goes_back),
    };

    return fixture_run("clock", tests);
}
