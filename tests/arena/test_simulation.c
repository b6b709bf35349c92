/* simulation: against what queueing theory says, and what must hold always. */
#include "play.h"

#include <math.h>
#include <string.h>

static void near(double got, double wanted, double part)
{
    if (!(fabs(got - wanted) <= part * fabs(wanted)))
        fail_msg("%.6g is not %.6g", got, wanted);
}

/* ---- theory ------------------------------------------------------------- */

/* M/M/1: the service time over 1 - load. */
static void one_queue_takes_what_theory_says(void **state)
{
    (void)state;
    near(mean_of("rr", WORDS("BACKENDS=1", "SLOTS=1", "LOAD=0.5",
                             "QUEUE=1000000", "REQUESTS=200000")), 20, 0.03);
    near(mean_of("rr", WORDS("BACKENDS=1", "SLOTS=1", "LOAD=0.8",
                             "QUEUE=1000000", "REQUESTS=500000")), 50, 0.05);
}

/* M/D/1: half of the waiting of M/M/1 (Pollaczek and Khinchine). */
static void equal_requests_wait_half_as_long(void **state)
{
    (void)state;
    near(mean_of("rr", WORDS("BACKENDS=1", "SLOTS=1", "LOAD=0.8",
                             "LATENCY=constant", "QUEUE=1000000",
                             "REQUESTS=300000")), 10 + 20, 0.05);
}

/* M/M/4 at load 0.8: Erlang's C is 0.5964, over 4 slots and 0.2. */
static void four_slots_take_what_erlang_says(void **state)
{
    (void)state;
    near(mean_of("rr", WORDS("BACKENDS=1", "SLOTS=4", "LOAD=0.8",
                             "QUEUE=1000000", "REQUESTS=300000")),
         10 + 10 * 0.5964 / (4 * 0.2), 0.04);
}

/* Lots make of n queues n times M/M/1. */
static void random_is_as_many_single_queues(void **state)
{
    (void)state;
    near(mean_of("random", WORDS("BACKENDS=50", "SLOTS=1", "LOAD=0.8",
                                 "QUEUE=1000000", "REQUESTS=500000")), 50,
         0.05);
}

/* Mitzenmacher, 2001: the sum of load to the 2^i - 2, i from 1; 2.614 at 0.9,
 * where one die would give 10. With 100 queues it is not yet the limit. */
static void two_choices_take_what_mitzenmacher_says(void **state)
{
    (void)state;
    near(mean_of("r2c", WORDS("BACKENDS=100", "SLOTS=1", "LOAD=0.9",
                              "QUEUE=1000000", "REQUESTS=300000")), 26.14,
         0.05);
}

static void who_looks_is_better_than_who_throws_dice(void **state)
{
    const char *const *words = WORDS("BACKENDS=20", "SLOTS=1", "LOAD=0.9",
                                     "QUEUE=1000000");
    double lc = mean_of("lc", words), r2c = mean_of("r2c", words);
    double rr = mean_of("rr", words), random = mean_of("random", words);

    (void)state;
    assert_true(lc < r2c);
    assert_true(r2c < rr);
    assert_true(rr < random);
}

static void a_herd_is_worse_than_no_knowledge(void **state)
{
#define CROWD "BACKENDS=20", "BALANCERS=20"
    double blind = mean_of("rr", WORDS(CROWD, "STALE=20"));
    double fresh = mean_of("lc", WORDS(CROWD, "STALE=0"));
    double late = mean_of("lc", WORDS(CROWD, "STALE=20"));
    double dice = mean_of("r2c", WORDS(CROWD, "STALE=20"));

    (void)state;
    assert_true(fresh < 0.8 * blind);
    assert_true(late > 1.5 * blind);
    assert_true(dice < 1.1 * blind);
}

/* Each has two and a half rounds: those who begin alike walk in step. */
static void who_begins_alike_walks_in_step(void **state)
{
#define MANY "BACKENDS=200", "BALANCERS=200"
    double in_step = mean_of("rr", WORDS(MANY));
    double spread = mean_of("rr", WORDS(MANY, "START=spread"));

    (void)state;
    assert_true(in_step > 3 * spread);
}

/* ---- what holds always -------------------------------------------------- */

static void the_same_seed_plays_the_same(void **state)
{
    const char *const *words = WORDS("REQUESTS=20000", "BALANCERS=3",
                                     "FAIL=1-2", "LATENCY=lognormal");

    (void)state;
    for (int i = 0; contender_at(i) != NULL; i++) {
        struct result a = play_one(contender_at(i)->name, words);
        struct result b = play_one(contender_at(i)->name, words);

        assert_int_equal(a.answered, b.answered);
        assert_memory_equal(a.took_ns, b.took_ns,
                            a.answered * sizeof *a.took_ns);
        assert_memory_equal(a.given, b.given, sizeof a.given);
        result_close(&a);
        result_close(&b);
    }
}

static void another_seed_plays_something_else(void **state)
{
    double one = mean_of("rr", WORDS("REQUESTS=5000", "SEED=1"));
    double two = mean_of("rr", WORDS("REQUESTS=5000", "SEED=2"));

    (void)state;
    assert_true(one != two);
}

/* Alone with enough slots nobody waits: what is left is the work itself. */
static void every_algorithm_gets_the_same_requests(void **state)
{
    const char *const *words = WORDS("REQUESTS=5000", "SLOTS=1000",
                                     "LOAD=0.05");
    struct result first = play_one(contender_at(0)->name, words);

    (void)state;
    for (int i = 1; contender_at(i) != NULL; i++) {
        struct result r = play_one(contender_at(i)->name, words);

        assert_memory_equal(r.took_ns, first.took_ns,
                            first.answered * sizeof *r.took_ns);
        result_close(&r);
    }
    result_close(&first);
}

/* Whatever goes wrong: play_one() counts. */
static void nobody_is_forgotten(void **state)
{
    static const char *const troubles[] = {
        "FAULT=refuse", "FAULT=error", "FAULT=hang"};

    (void)state;
    for (int i = 0; contender_at(i) != NULL; i++)
        for (int k = 0; k < 3; k++) {
            struct result r = play_one(
                contender_at(i)->name,
                WORDS("REQUESTS=5000", "LOAD=1.3", "QUEUE=5", "FAIL=0.3-0.9",
                      "WEIGHTS=3 1", "BALANCERS=4", "SUBSET=3", "STALE=5",
                      "CHECK=0.2", troubles[k]));

            assert_true(r.lost > 0);
            result_close(&r);
        }
}

static void a_load_beyond_all_slots_is_lost(void **state)
{
    struct result r = play_one("rr", WORDS("LOAD=2", "QUEUE=0", "RETRIES=0",
                                           "BACKENDS=4", "REQUESTS=20000"));

    (void)state;
    assert_true(r.lost > 9000);
    assert_int_equal(r.retried, 0);
    result_close(&r);
}

static void weights_are_kept(void **state)
{
    struct result r = play_one("wrr", WORDS("BACKENDS=3", "WEIGHTS=3 2 1",
                                            "REQUESTS=6000"));

    (void)state;
    assert_int_equal(r.given[0], 3000);
    assert_int_equal(r.given[1], 2000);
    assert_int_equal(r.given[2], 1000);
    assert_true(result_fairness(&r) > 0.9999);
    near(result_busiest(&r), 0.5, 0.001);
    result_close(&r);
}

static void subsets_cover_all_backends_alike(void **state)
{
    struct result r = play_one("rr", WORDS("BACKENDS=12", "SUBSET=3",
                                           "BALANCERS=8", "REQUESTS=24000"));

    (void)state;
    for (int i = 0; i < 12; i++)
        near((double)r.given[i], 2000, 0.1);
    result_close(&r);
}

/* ---- failures ----------------------------------------------------------- */

static struct result play_fault(const char *algorithm, const char *fault,
                                const char *retries)
{
    return play_one(algorithm, WORDS("BACKENDS=5", "REQUESTS=32000",
                                     "FAIL=5-10", fault, retries));
}

/* 1,600 requests a second for 20 s, of which the last of five backends is gone
 * for 5 s. */
static void who_refuses_costs_three_attempts(void **state)
{
    struct result r = play_fault("rr", "FAULT=refuse", "RETRIES=2");

    (void)state;
    assert_int_equal(r.lost, 0);
    assert_true(r.retried >= 3); /* and what it had when it fell ill */
    assert_true(r.retried < 40);
    near((double)r.given[4], 32000 / 5.0 - 1600, 0.1);
    result_close(&r);
}

static void without_retries_they_are_lost(void **state)
{
    struct result r = play_fault("rr", "FAULT=refuse", "RETRIES=0");

    (void)state;
    assert_true(r.lost >= 3);
    assert_true(r.lost < 40);
    result_close(&r);
}

/* The key stays, and so would the backend. */
static void another_attempt_goes_to_another_backend(void **state)
{
    struct result r = play_fault("chash", "FAULT=refuse", "RETRIES=1");

    (void)state;
    assert_true(r.retried >= 3);
    assert_int_equal(r.lost, 0);
    result_close(&r);
}

static void who_hangs_costs_his_timeout(void **state)
{
    struct result r = play_fault("rr", "FAULT=hang", "RETRIES=2");

    (void)state;
    assert_int_equal(r.lost, 0);
    assert_true(r.retried > 100);
    assert_true(result_quantile(&r, 1) > 1000);
    result_close(&r);
}

/* It is the idlest, always: until the checks have found it, all comes to it. */
static void who_fails_fast_draws_all_to_him(void **state)
{
    struct result lc = play_fault("lc", "FAULT=error", "RETRIES=2");
    struct result rr = play_fault("rr", "FAULT=error", "RETRIES=2");

    (void)state;
    assert_true(lc.lost > 3 * rr.lost);
    assert_true(rr.lost > 500); /* two to three checks, 320 a second */
    assert_true(rr.lost < 1100);
    result_close(&lc);
    result_close(&rr);
}

static void one_that_is_well_again_gets_its_share_again(void **state)
{
    struct result r = play_one("rr", WORDS("BACKENDS=2", "REQUESTS=20000",
                                           "SLOTS=40", "FAIL=0.1-0.2",
                                           "CHECK=0.1"));

    (void)state;
    near((double)r.given[1], (double)r.given[0], 0.2);
    assert_true(r.given[1] < r.given[0]);
    result_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_queue_takes_what_theory_says),
        fixture_test(equal_requests_wait_half_as_long),
        fixture_test(four_slots_take_what_erlang_says),
        fixture_test(random_is_as_many_single_queues),
        fixture_test(two_choices_take_what_mitzenmacher_says),
        fixture_test(who_looks_is_better_than_who_throws_dice),
        fixture_test(a_herd_is_worse_than_no_knowledge),
        fixture_test(who_begins_alike_walks_in_step),
        fixture_test(the_same_seed_plays_the_same),
        fixture_test(another_seed_plays_something_else),
        fixture_test(every_algorithm_gets_the_same_requests),
        fixture_test(nobody_is_forgotten),
        fixture_test(a_load_beyond_all_slots_is_lost),
        fixture_test(weights_are_kept),
        fixture_test(subsets_cover_all_backends_alike),
        fixture_test(who_refuses_costs_three_attempts),
        fixture_test(without_retries_they_are_lost),
        fixture_test(another_attempt_goes_to_another_backend),
        fixture_test(who_hangs_costs_his_timeout),
        fixture_test(who_fails_fast_draws_all_to_him),
        fixture_test(one_that_is_well_again_gets_its_share_again),
    };

    return fixture_run("simulation", tests);
}
