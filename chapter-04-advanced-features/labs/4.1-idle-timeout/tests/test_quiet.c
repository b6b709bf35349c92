/* quiet: when it is over, and when it is not. */
#include "fixture.h"
#include "clockwork.h"

static void silent_for_the_limit_it_is_over(void **state)
{
    (void)state;
    begin(2000);
    pass(1999);
    expect_over("limit 2000, silent for 1999 ms", 0);
    pass(1);
    expect_over("limit 2000, silent for 2000 ms", 1);
}

static void it_is_over_only_once(void **state)
{
    (void)state;
    begin(2000);
    pass(60000);
    expect_over("limit 2000, silent for a minute", 1);
}

static void a_byte_a_second_is_enough(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    for (int i = 1; i <= 10; i++) {
        pass(1000);
        quiet_moved(q, 1);
        expect_over(about("limit 2000, a byte each second: %d s", i), 0);
    }
}

static void it_is_exactly_the_limit_after_the_last_byte(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    pass(700);
    quiet_moved(q, 5);
    pass(1999);
    expect_over("limit 2000, a byte after 700, at 2699", 0);
    pass(1);
    expect_over("limit 2000, a byte after 700, at 2700", 1);
}

static void no_limit_is_never_over(void **state)
{
    (void)state;
    begin(0);
    pass(86400000);
    expect_over("limit 0, silent for a day", 0);
}

static void it_tells_for_how_long(void **state)
{
    struct quiet *q = begin(2000);

    (void)state;
    pass(300);
    expect_int("silent, 300 ms from the beginning", (long long)quiet_ms(q),
               300);
    quiet_moved(q, 1);
    pass(40);
    expect_int("silent, 40 ms after a byte", (long long)quiet_ms(q), 40);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(silent_for_the_limit_it_is_over),
        fixture_test(it_is_over_only_once),
        fixture_test(a_byte_a_second_is_enough),
        fixture_test(it_is_exactly_the_limit_after_the_last_byte),
        fixture_test(no_limit_is_never_over),
        fixture_test(it_tells_for_how_long),
    };

    return fixture_run("quiet", tests);
}
