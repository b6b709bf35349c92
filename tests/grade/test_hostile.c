/* Submissions that want points, or revenge. Each time: the right score, all
 * reports, and no process left (fixture.h fails a test that left one). */
#include "fixture.h"
#include "graded.h"

#define ANSWER_42  "int answer(void) { return 42; }\n"
#define ANSWER_41  "int answer(void) { return 41; }\n"
#define BEFORE_ALL "__attribute__((constructor)) static void first(void)\n"
#define CODE(text)                                                     \
    "#define _GNU_SOURCE 1\n"                                          \
    "#include \"answer.h\"\n#include <signal.h>\n#include <stdio.h>\n" \
    "#include <stdlib.h>\n#include <string.h>\n#include <fcntl.h>\n"   \
    "#include <sys/stat.h>\n#include <unistd.h>\n" text

static const struct attack {
    const char *name;
    const char *answer; /* answer.c */
    int score;          /* of 6 */
    const char *says;   /* in the table */
} attacks[] = {
    {"exit(0) before main", CODE(BEFORE_ALL "{ exit(0); }\n" ANSWER_42), 0,
     "ended (exit 0) before the test did"},
    {"\"ok 1\", then _exit(0)",
     CODE(BEFORE_ALL "{ printf(\"1..1\\nok 1 - the_answer_is_right\\n\"\n"
                     "         \"[       OK ] the_answer_is_right\\n\");\n"
                     "  fflush(stdout); _exit(0); }\n" ANSWER_41),
     0, "ended (exit 0) before the test did"},
    {"no standard output, but right",
     CODE("int answer(void) { close(1); close(2); return 42; }\n"), 4, ""},
    {"no standard output, and wrong",
     CODE("int answer(void) { close(1); close(2); return 41; }\n"), 0, ""},
    {"a verdict on every descriptor",
     CODE("int answer(void)\n"
          "{ for (int fd = 3; fd < 1024; fd++)\n"
          "      dprintf(fd, \"none the_answer_is_right\\n\");\n"
          "  _exit(0); }\n"),
     0, "ended (exit 0) before the test did"},
    {"a storm of 200 forks",
     CODE("int answer(void)\n"
          "{ for (int i = 0; i < 200; i++)\n"
          "      if (fork() == 0) { setsid(); sleep(60); _exit(0); }\n"
          "  sleep(60); return 42; }\n"),
     0, "more than 64 processes"},
    {"an endless loop", CODE("int answer(void) { for (;;) getppid(); }\n"), 0,
     "it was ended after "},
    {"deaf to every signal",
     CODE("int answer(void)\n"
          "{ for (int i = 1; i < 32; i++) signal(i, SIG_IGN);\n"
          "  for (;;) sleep(60); }\n"),
     0, "it was ended after "},
    {"a daemon left behind",
     CODE("int answer(void)\n"
          "{ if (fork() == 0) { setsid(); if (fork() == 0) sleep(60);\n"
          "                     _exit(0); }\n"
          "  return 42; }\n"),
     0, "left a child running"},
    {"endless output",
     CODE("int answer(void)\n"
          "{ static char block[1 << 16]; memset(block, 'x', sizeof block);\n"
          "  for (;;) if (write(1, block, sizeof block) < 0) return 42; }\n"),
     0, "printed more than 64 MiB"},
    {"an endless file",
     CODE("int answer(void)\n"
          "{ static char block[1 << 16]; int fd = open(\"f\", O_WRONLY |\n"
          "  O_CREAT, 0600); while (write(fd, block, sizeof block) > 0) ;\n"
          "  abort(); }\n"),
     0, ""},
    {"a core dump", CODE("int answer(void) { raise(SIGQUIT); abort(); }\n"), 0,
     "ended by signal 3"},
    {"all the memory",
     CODE("int answer(void)\n"
          "{ size_t n = (size_t)1 << 26; char *p;\n"
          "  while ((p = malloc(n)) != NULL) memset(p, 1, n);\n"
          "  abort(); }\n"),
     0, ""},
    {"kills who watches it",
     CODE("int answer(void) { kill(getppid(), SIGKILL); sleep(60);\n"
          "                   return 42; }\n"),
     0, "the process that watched it was killed"},
    {"an assertion of its own",
     CODE("void _assert_true(void); void _assert_true(void) { }\n" ANSWER_41),
     0, "which the tests are made of"},
    {"an exam of its own",
     CODE("int fixture_run_group(const char *, void *, size_t);\n" BEFORE_ALL
          "{ fixture_run_group(\"x\", NULL, 0); }\n" ANSWER_41),
     0, "which belongs to the tests"},
    {"does not compile", "int answer(void) { return 42 }\n", 0,
     "does not compile"},
};

/* In a report: "score": N. */
static void expect_score(const struct graded *g, const struct attack *attack)
{
    char *json = graded_report(g, "results.json"), wanted[32];
    char *tap = graded_report(g, "grade.tap");

    snprintf(wanted, sizeof wanted, "{\n  \"score\": %d,", attack->score);
    if (strncmp(json, wanted, strlen(wanted)) != 0)
        failure("%s: expected a score of %d\n%s", attack->name, attack->score,
                g->table);
    if (strncmp(tap, "TAP version 14\n1..3\n", 20) != 0)
        failure("%s: no TAP\n%s", attack->name, tap);
    free(json);
    free(tap);
}

static void try_attack(struct graded *g, const struct attack *attack)
{
    graded_write(g, "by/answer.c", attack->answer);
    graded_run(g, "JOBS=3");
    expect_score(g, attack);
    graded_has(g, attack->says);
    assert_int_equal(g->status, 1);
}

static void no_attack_gives_points(void **state)
{
    struct graded g;

    (void)state;
    graded_begin(&g);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        try_attack(&g, &attacks[i]);
    graded_end(&g);
}

/* ---- files that it had better leave alone -------------------------------- */

static void the_honest_one_has_them_all(void **state)
{
    struct graded g;

    (void)state;
    graded_begin(&g);
    graded_run(&g, "JOBS=1");
    graded_has(&g, "6 of 6 points, 3 of 3 tests unlocked");
    assert_int_equal(g.status, 0);
    graded_end(&g);
}

/* It finds the reports, writes one of its own, and leaves a link in its place:
 * what counts is what the grader writes at the end. */
static void results_that_a_submission_writes_do_not_last(void **state)
{
    struct graded g;
    struct attack wrong = {.name = "writes results", .score = 0};
    char code[4096];

    (void)state;
    graded_begin(&g);
    snprintf(
        code, sizeof code,
        CODE("int answer(void)\n"
             "{ const char *path = \"%s/results.json\";\n"
             "  FILE *f = fopen(path, \"w\");\n"
             "  if (f) { fputs(\"{\\\"score\\\": 100}\", f); fclose(f); }\n"
             "  unlink(path); if (symlink(\"/dev/null\", path)) { }\n"
             "  return 41; }\n"),
        g.out);
    graded_write(&g, "by/answer.c", code);
    graded_run(&g, "JOBS=1");
    expect_score(&g, &wrong);
    graded_end(&g);
}

static void editing_the_tests_changes_nothing(void **state)
{
    struct graded g;
    char code[4096];

    (void)state;
    graded_begin(&g);
    snprintf(code, sizeof code,
             CODE("int answer(void)\n"
                  "{ const char *dir = \"%s/lab\";\n"
                  "  if (chdir(dir) == 0) { unlink(\"points\");\n"
                  "      unlink(\"tests/test_victim.c\"); unlink(\"lab\"); }\n"
                  "  return 41; }\n"),
             g.top);
    graded_write(&g, "by/answer.c", code);
    graded_run(&g, "JOBS=1");
    graded_has(&g, "0 of 6 points");
    graded_has(&g, "came     41");
    graded_end(&g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_honest_one_has_them_all),
        fixture_test(no_attack_gives_points),
        fixture_test(results_that_a_submission_writes_do_not_last),
        fixture_test(editing_the_tests_changes_nothing),
    };

    return fixture_run("hostile", tests);
}
