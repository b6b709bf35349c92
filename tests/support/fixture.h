#ifndef FIXTURE_H
#define FIXTURE_H

/* fixture: what every test of a suite begins and ends with.
 *
 *     int main(void)
 *     {
 *         static const struct CMUnitTest tests[] = {
 *             fixture_test(echoes_what_it_gets),
 *         };
 *         return fixture_run("echo_server", tests);
 *     }
 *
 * Before a test it counts the descriptors of the test process, after it (passed
 * or failed) it ends the programs that are still running and fails a test that
 * left a program, a child or a descriptor behind. The suite as a whole is ended
 * by SIGALRM after 120 scaled seconds (LB_TEST_TIMEOUT_SCALE, see deadline.h).
 * LB_TEST_FILTER, if set, is a cmocka filter ("http_*") of tests to run. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

int fixture_setup(void **state);
int fixture_teardown(void **state);
int fixture_group_setup(void **state);

#define fixture_test(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define fixture_run(group, tests) \
    fixture_run_group((group), (tests), sizeof(tests) / sizeof *(tests))
int fixture_run_group(const char *group, const struct CMUnitTest *tests,
                      size_t count);

/* Open descriptors of this process. */
int fixture_descriptors(void);

/* A copy of len bytes that ends where a page without any access begins: a
 * read or write one byte further is a SIGSEGV. guard_free() what it returns;
 * len may be 0. */
char *guard_copy(const void *data, size_t len);
void guard_free(char *at, size_t len);

/* Pseudo-random numbers for property tests: the same seed, the same numbers.
 * The seed is LB_TEST_SEED or a constant; it is printed when the test fails. */
uint32_t random_next(uint32_t *state);
uint32_t random_seed(void);

#endif
