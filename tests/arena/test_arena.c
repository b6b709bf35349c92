/* arena: the program, as it is called. */
#include "fixture.h"
#include "program.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "docs/arena/arena"

static struct run arena(const char *one, const char *two, const char *three)
{
    const char *argv[] = {PROGRAM, "REQUESTS=3000", one, two, three, NULL};

    return program_run(argv, NULL, 0);
}

static void it_prints_the_same_each_time(void **state)
{
    struct run a = arena("FAIL=0.2-0.5", "BALANCERS=3", "STALE=5");
    struct run b = arena("FAIL=0.2-0.5", "BALANCERS=3", "STALE=5");
    struct run other = arena("FAIL=0.2-0.5", "BALANCERS=3", "SEED=2");

    (void)state;
    assert_int_equal(a.status, 0);
    assert_string_equal(a.out, b.out);
    assert_string_not_equal(a.out, other.out);
    assert_string_equal(a.err, "");
    run_free(&a);
    run_free(&b);
    run_free(&other);
}

static void no_line_is_wider_than_a_terminal(void **state)
{
    struct run r = arena("FANOUT=100", "LOAD=0.97", "LATENCY=pareto");

    (void)state;
    assert_int_equal(r.status, 0);
    for (const char *at = r.out; *at != '\0'; at += strcspn(at, "\n") + 1)
        assert_true(strcspn(at, "\n") < 80);
    run_free(&r);
}

static void it_names_all_that_take_part(void **state)
{
    struct run r = arena("SLOW=3", "LATENCY=pareto", NULL);

    (void)state;
    assert_int_equal(r.status, 0);
    for (int i = 0; contender_at(i) != NULL; i++)
        assert_non_null(strstr(r.out, contender_at(i)->name));
    assert_non_null(strstr(r.out, "backend 1 takes 3 times as long\n"));
    run_free(&r);
}

static void bad_words_are_told_in_one_line(void **state)
{
    static const struct {
        const char *word, *says;
    } table[] = {
        {"BACKENDS=0", "not a whole number from 1 to 256"},
        {"BACKENDS=257", "not a whole number from 1 to 256"},
        {"BACKENDS=1.5", "not a whole number from 1 to 256"},
        {"BACKENDS=", "not a whole number from 1 to 256"},
        {"BACKENDS=-1", "not a whole number from 1 to 256"},
        {"LOAD=nan", "not a number from 0.05 to 10"},
        {"LOAD=0x1", "not a number from 0.05 to 10"},
        {"LOAD=1e1", "not a number from 0.05 to 10"},
        {"LOAD=.", "not a number from 0.05 to 10"},
        {"LOAD=99999999999999999999999", "not a number from 0.05 to 10"},
        {"LATENCY=gauss", "not one of constant exponential two_point"},
        {"ALGORITHMS=rr best", "not \"all\" or names of algorithms"},
        {"ALGORITHMS=", "not \"all\" or names of algorithms"},
        {"WEIGHTS=1 0", "not 1 to 256 numbers of 1 to 100"},
        {"WEIGHTS=1000000000000000000000", "not 1 to 256 numbers of 1 to 100"},
        {"FAIL=5", "not \"never\" or FROM-TO"},
        {"FAIL=5-4", "not \"never\" or FROM-TO"},
        {"FAIL=1111111111111111111111111111-2", "not \"never\" or FROM-TO"},
        {"FAULT=sleep", "not one of refuse error hang"},
        {"START=last", "not first or spread"},
        {"STALE=0.01", "not \"never\", 0, or 0.1 to 1000000"},
        {"SUBSET=11", "SUBSET is more than there are BACKENDS"},
        {"BACKEND=3", "no such setting"},
        {"backends=3", "no such setting"},
        {"BACKENDS", "no such setting"},
        {"-b", "options are NAME=VALUE"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct run r = arena(table[i].word, NULL, NULL);

        assert_int_equal(r.status, 2);
        assert_string_equal(r.out, "");
        assert_memory_equal(r.err, "arena: ", 7);
        assert_non_null(strstr(r.err, table[i].says));
        assert_int_equal(strcspn(r.err, "\n"), r.err_len - 1);
        run_free(&r);
    }
}

static void what_would_take_for_ever_is_refused(void **state)
{
    const char *argv[] = {PROGRAM, "BALANCERS=256", "BACKENDS=256", "STALE=0.1",
                          NULL};
    struct run r = program_run(argv, NULL, 0);

    (void)state;
    assert_int_equal(r.status, 2);
    assert_non_null(strstr(r.err, "for ever"));
    run_free(&r);
}

/* The corners of the ranges: each run ends, and well. */
static void extremes_are_played_to_the_end(void **state)
{
    static const char *const words[] = {
        "BACKENDS=1",  "BACKENDS=256",  "SLOTS=1",       "QUEUE=0",
        "LOAD=10",     "LOAD=0.05",     "SERVICE=10000", "SERVICE=0.01",
        "SLOW=1000",   "SLOW=0.01",     "RETRIES=255",   "RETRIES=0",
        "CLIENTS=1",   "REQUESTS=1",    "FANOUT=10000",  "SEED=0",
        "CHECK=3600",  "BALANCERS=256", "WEIGHTS=100 1", "SUBSET=1",
        "FAIL=0-10000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct run r = arena(words[i], NULL, NULL);

        if (r.status != 0)
            fail_msg("%s: exit status %d: %s", words[i], r.status, r.err);
        assert_null(strstr(r.out, "nan"));
        run_free(&r);
    }
}

static void points_for_a_chart_go_to_a_file(void **state)
{
    char word[64] = "DATA=/tmp/arena-test-XXXXXX", text[64];
    int fd = mkstemp(word + 5);
    FILE *file;
    struct run r = arena("ALGORITHMS=rr", word, NULL);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(r.status, 0);
    file = fopen(word + 5, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_memory_equal(text, "2 round_robin quantile ", 23);
    fclose(file);
    unlink(word + 5);
    run_free(&r);

    r = arena("DATA=/nowhere/at/all", NULL, NULL);
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.err, "arena: write /nowhere/at/all: "));
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(it_prints_the_same_each_time),
        fixture_test(no_line_is_wider_than_a_terminal),
        fixture_test(it_names_all_that_take_part),
        fixture_test(bad_words_are_told_in_one_line),
        fixture_test(what_would_take_for_ever_is_refused),
        fixture_test(extremes_are_played_to_the_end),
        fixture_test(points_for_a_chart_go_to_a_file),
    };

    return fixture_run("arena", tests);
}
