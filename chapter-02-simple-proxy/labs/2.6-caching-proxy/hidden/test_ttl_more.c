/* ttl: numbers that do not fit. */
#include "expect.h"
#include "fixture.h"
#include "ttl.h"

static void the_end_of_time_is_no_overflow(void **state)
{
    static const uint64_t many[] = {UINT64_MAX, UINT64_MAX / 1000,
                                    UINT64_MAX / 1000 + 1};
    struct ttl t;

    (void)state;
    for (int i = 0; i < 3; i++) {
        ttl_init(&t);
        expect_int("ttl_put for as long as can be",
                   ttl_put(&t, SLICE("a"), 1, many[i], 100000), 0);
        expect_int("the value an hour later", ttl_get(&t, SLICE("a"), 3700000),
                   1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_end_of_time_is_no_overflow),
    };

    return fixture_run("ttl_more", tests);
}
