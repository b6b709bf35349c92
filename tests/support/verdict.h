#ifndef VERDICT_H
#define VERDICT_H

/* verdict: how a test tells the grader (tests/grade) that it has passed.
 *
 * What a test prints and how its process ends are in the hands of the code that
 * it tests: a submission can print "ok 1", close standard output, or call
 * exit(0) before main(). So the grader believes one line only: a key that was
 * drawn for this one build, and the name of the test, on a descriptor that it
 * names in LB_TEST_VERDICT. Without that variable nothing is written. */

/* Before the first test: takes the descriptor out of the environment, and hides
 * it from the programs that the tests start. */
void verdict_take(void);

/* Behind the last assertion of a test. */
void verdict_passed(const char *test);

#endif
