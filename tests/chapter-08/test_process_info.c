/* process_info: what the system says about this very process. */
#include "fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "process_info.h"

static void memory_grows_with_what_is_used(void **state)
{
    const size_t size = 64u << 20;
    double before = process_resident_bytes();
    char *memory = malloc(size);

    (void)state;
    assert_non_null(memory);
    memset(memory, 1, size);
    assert_true(before > 100000);
    assert_true(process_resident_bytes() > before + (double)size / 2);
    assert_int_equal(memory[size / 3], 1);
    free(memory);
}

static void descriptors_are_counted(void **state)
{
    double before = process_open_fds();
    int fds[10];

    (void)state;
    if (before == 0)
        skip(); /* this system does not say */
    assert_true((int)before >= fixture_descriptors()); /* valgrind has some */
    for (int i = 0; i < 10; i++)
        fds[i] = open("/dev/null", O_RDONLY);
    assert_true(process_open_fds() == before + 10);
    for (int i = 0; i < 10; i++)
        close(fds[i]);
    assert_true(process_open_fds() == before);
}

static void the_wall_clock_is_that_of_time(void **state)
{
    double before = (double)time(NULL), now = process_wall_clock();

    (void)state;
    assert_true(now >= before - 1 && now <= before + 60);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(memory_grows_with_what_is_used),
        fixture_test(descriptors_are_counted),
        fixture_test(the_wall_clock_is_that_of_time),
    };

    return fixture_run("process_info", tests);
}
