/* edge_or_level, the experiment of the README: what it counts, and not the time
 * that it took. */
#include "fixture.h"
#include "program.h"

#include <string.h>

static struct run run_it(void)
{
    return program_run((const char *[]){PROGRAMS "/" LB_PART "/edge_or_level",
                                        NULL}, NULL, 0);
}

#ifdef __linux__

/* The columns up to the time: waits, events, reads. */
static void nothing_is_lost_but_by_reading_once_from_an_edge(void **state)
{
    static const char *const lines[] = {
        "level, one read              0.016     1.00     1.00 ",
        "level, until EAGAIN          0.016     1.00     2.00 ",
        "edge, until EAGAIN           0.016     1.00     2.00 ",
        "edge, until a short read     0.016     1.00     1.00 ",
        "level, one read              0.250    16.00    16.00 ",
        "level, until EAGAIN          0.016     1.00    17.00 ",
        "edge, one read             stuck: 262144 of 4194304 bytes\n",
        "edge, until EAGAIN           0.016     1.00    17.00 ",
    };
    struct run r = run_it();
    const char *at = r.out;

    (void)state;
    assert_int_equal(r.status, 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        at = strstr(at, lines[i]);
        if (at == NULL)
            fail_msg("\"%s\" is missing here, or not in its place:\n%s",
                     lines[i], r.out);
    }
    run_free(&r);
}

#else

static void nothing_is_lost_but_by_reading_once_from_an_edge(void **state)
{
    struct run r = run_it();

    (void)state;
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, "edge_or_level: this experiment needs epoll, "
                               "which is Linux's own\n");
    run_free(&r);
}

#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(nothing_is_lost_but_by_reading_once_from_an_edge),
    };

    return fixture_run("edge_or_level", tests);
}
