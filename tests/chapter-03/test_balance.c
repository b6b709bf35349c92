/* balance: the sequences of round robin and weighted round robin, exactly; what
 * holds for every algorithm, whoever is down. (Least connections and ip_hash:
 * test_balance_state.c.) */
#include "balance.h"
#include "fixture.h"
#include "sets.h"

#include <stdio.h>
#include <string.h>

static const char *const algorithms[] = {"rr", "wrr", "lc", "iphash"};
#define ALGORITHMS 4

static const struct backend_mask nobody_tried = {{0}};

/* The number of the backend that gets the next request, from 1; 0: none. */
static int pick(const char *algorithm, struct backend_set *set,
                const char *client_ip, const struct backend_mask *tried)
{
    struct backend *b = select_backend(balance_find(algorithm), set, client_ip,
                                       tried);

    return b != NULL ? (int)(b - set->backends) + 1 : 0;
}

/* The next n picks: "1 2 3 1". */
static void expect_sequence(const char *algorithm, struct backend_set *set,
                            const char *wanted)
{
    char got[256];
    int used = 0;

    for (size_t n = 0; n < (strlen(wanted) + 1) / 2; n++)
        used += snprintf(got + used, sizeof got - (size_t)used, "%s%d",
                         n > 0 ? " " : "",
                         pick(algorithm, set, "127.0.0.1", &nobody_tried));
    assert_string_equal(got, wanted);
}

/* ---- sequences ---------------------------------------------------------- */

static const struct {
    const char *algorithm, *weights;
    const char *down; /* the numbers of those that are: "13" */
    const char *sequence;
} sequences[] = {
    /* round robin begins with the first, and does not look at weights */
    {"rr", "1", "", "1 1 1 1"},
    {"rr", "1 1", "", "1 2 1 2 1 2"},
    {"rr", "1 1 1", "", "1 2 3 1 2 3 1 2 3"},
    {"rr", "9 1 1", "", "1 2 3 1 2 3"},
    {"rr", "1 1 1", "1", "2 3 2 3 2 3"},
    {"rr", "1 1 1", "2", "1 3 1 3 1 3"},
    {"rr", "1 1 1", "3", "1 2 1 2 1 2"},
    {"rr", "1 1 1", "12", "3 3 3 3"},
    {"rr", "1 1 1", "123", "0 0 0 0"},
    {"rr", "1 1 1 1 1", "24", "1 3 5 1 3 5"},
    /* weights 3, 2, 1: neither 1 1 1 2 2 3 nor 1 2 1 3 1 2 */
    {"wrr", "3 2 1", "", "1 2 1 3 2 1 1 2 1 3 2 1 1 2 1 3 2 1"},
    /* the example in nginx's source: a a b a c a a */
    {"wrr", "5 1 1", "", "1 1 2 1 3 1 1 1 1 2 1 3 1 1"},
    {"wrr", "1", "", "1 1 1 1"},
    {"wrr", "7", "", "1 1 1 1"},
    {"wrr", "1 1 1", "", "1 2 3 1 2 3"},
    {"wrr", "4 4 4", "", "1 2 3 1 2 3"},
    {"wrr", "2 1", "", "1 2 1 1 2 1"},
    {"wrr", "1 2", "", "2 1 2 2 1 2"},
    {"wrr", "1 2 3", "", "3 2 1 3 2 3 3 2 1 3 2 3"},
    {"wrr", "1 3", "", "2 1 2 2 2 1 2 2"},
    {"wrr", "6 4 2", "", "1 2 1 3 2 1 1 2 1 3 2 1"},
    {"wrr", "3 2 1", "1", "2 3 2 2 3 2"},
    {"wrr", "3 2 1", "2", "1 1 3 1 1 1 3 1"},
    {"wrr", "3 2 1", "3", "1 2 1 2 1 1 2 1 2 1"},
    {"wrr", "3 2 1", "123", "0 0 0"},
    /* nobody ever has a connection here: those that are equal take turns */
    {"lc", "1 1 1", "", "1 2 3 1 2 3"},
    {"lc", "1 1 1", "2", "1 3 1 3"},
    {"lc", "1 1 1", "123", "0 0 0"},
};

static void sequences_are_exactly_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        struct backend_set *set = make_set_of(sequences[i].weights);

        for (const char *down = sequences[i].down; *down != '\0'; down++)
            set->backends[*down - '1'].is_healthy = 0;
        expect_sequence(sequences[i].algorithm, set, sequences[i].sequence);
    }
}

static void round_robin_goes_on_behind_the_one_it_picked(void **state)
{
    struct backend_set *set = make_equal_set(4);

    (void)state;
    expect_sequence("rr", set, "1 2");
    set->backends[2].is_healthy = 0;
    expect_sequence("rr", set, "4 1 2 4 1");
    set->backends[2].is_healthy = 1;
    expect_sequence("rr", set, "2 3 4 1");
}

/* A request that was refused by 2 goes to 3; the next request begins behind. */
static void round_robin_does_not_ask_the_same_one_twice(void **state)
{
    struct backend_set *set = make_equal_set(3);
    struct backend_mask tried = {{0}};

    (void)state;
    expect_sequence("rr", set, "1");
    assert_int_equal(pick("rr", set, "", &tried), 2);
    backend_mask_add(&tried, 1);
    assert_int_equal(pick("rr", set, "", &tried), 3);
    expect_sequence("rr", set, "1 2 3");
}

static void weights_come_back_with_the_backend(void **state)
{
    struct backend_set *set = make_set_of("3 2 1");

    (void)state;
    expect_sequence("wrr", set, "1 2 1 3 2 1");
    set->backends[0].is_healthy = 0;
    expect_sequence("wrr", set, "2 3 2");
    set->backends[0].is_healthy = 1;
    expect_sequence("wrr", set, "1 2 1 3 2 1");
}

/* ---- weighted round robin: any weights ---------------------------------- */

static int weight_sum(const struct backend_set *set)
{
    int sum = 0;

    for (int i = 0; i < set->num_backends; i++)
        sum += set->backends[i].weight;
    return sum;
}

/* Over as many requests as the weights sum up to, each gets its weight, and all
 * is as it was: the next cycle is the same. */
static void expect_whole_cycles(struct backend_set *set, int cycles)
{
    int sum = weight_sum(set);

    while (cycles-- > 0) {
        int got[MAX_BACKENDS] = {0};

        for (int n = 0; n < sum; n++)
            got[pick("wrr", set, "", &nobody_tried) - 1]++;
        for (int i = 0; i < set->num_backends; i++) {
            assert_int_equal(got[i], set->backends[i].weight);
            assert_int_equal(set->backends[i].current_weight, 0);
        }
    }
}

static void random_weights(uint32_t *seed, int *weights, int count, int max)
{
    for (int i = 0; i < count; i++)
        weights[i] = (int)(random_next(seed) % (uint32_t)max) + 1;
}

static void a_cycle_gives_each_exactly_its_weight(void **state)
{
    uint32_t seed = random_seed();
    int weights[MAX_BACKENDS];

    (void)state;
    for (int round = 0; round < 300; round++) {
        int count = (int)(random_next(&seed) % 10) + 1;

        random_weights(&seed, weights, count, 30);
        expect_whole_cycles(make_set(weights, count), 3);
    }
    random_weights(&seed, weights, 8, BACKEND_WEIGHT_MAX);
    expect_whole_cycles(make_set(weights, 8), 2);
    random_weights(&seed, weights, MAX_BACKENDS, 10);
    expect_whole_cycles(make_set(weights, MAX_BACKENDS), 2);
}

/* "Smooth": with two backends nobody ever gets a whole request more or less
 * than his share of those so far. (1 1 1 2 2 is 1.2 off after three.) */
static void two_backends_never_stray_from_their_share(void **state)
{
    (void)state;
    for (int a = 1; a <= 12; a++)
        for (int b = 1; b <= 12; b++) {
            struct backend_set *set = make_set((int[]){a, b}, 2);
            int got = 0;

            for (int n = 1; n <= a + b; n++) {
                int off;

                got += pick("wrr", set, "", &nobody_tried) == 1;
                off = got * (a + b) - n * a;
                assert_in_range(off + a + b, 1, 2 * (a + b) - 1);
            }
        }
}

/* Weights that are all the same are no weights. */
static void equal_weights_are_round_robin(void **state)
{
    (void)state;
    for (int count = 1; count <= 20; count++)
        for (int weight = 1; weight <= BACKEND_WEIGHT_MAX; weight += 333) {
            int weights[20];
            struct backend_set *set;

            for (int i = 0; i < count; i++)
                weights[i] = weight;
            set = make_set(weights, count);
            for (int n = 0; n < 3 * count; n++)
                assert_int_equal(pick("wrr", set, "", &nobody_tried),
                                 n % count + 1);
        }
}

/* Whoever comes and goes: the current weights sum up to 0 over all, and none
 * grows without end. */
static void current_weights_stay_small(void **state)
{
    uint32_t seed = random_seed();
    int weights[8];

    (void)state;
    for (int round = 0; round < 20; round++) {
        struct backend_set *set;
        int limit;

        random_weights(&seed, weights, 8, BACKEND_WEIGHT_MAX);
        set = make_set(weights, 8);
        limit = 8 * weight_sum(set);
        for (int n = 0; n < 20000; n++) {
            int sum = 0;

            set->backends[random_next(&seed) % 8].is_healthy ^= 1;
            pick("wrr", set, "", &nobody_tried);
            for (int i = 0; i < 8; i++) {
                sum += set->backends[i].current_weight;
                assert_true(set->backends[i].current_weight < limit &&
                            set->backends[i].current_weight > -limit);
            }
            assert_int_equal(sum, 0);
        }
    }
}

/* ---- every algorithm ---------------------------------------------------- */

static void a_name_and_an_alias_find_each(void **state)
{
    static const struct {
        const char *name;
        struct backend *(*pick)(struct backend_set *, const char *,
                                const struct backend_mask *);
    } names[] = {
        {"round_robin", select_round_robin},
        {"rr", select_round_robin},
        {"weighted_round_robin", select_weighted_round_robin},
        {"wrr", select_weighted_round_robin},
        {"least_connections", select_least_connections},
        {"lc", select_least_connections},
        {"ip_hash", select_ip_hash},
        {"iphash", select_ip_hash},
    };
    static const char *const unknown[] = {"",    "r",   "rrr",       "RR",
                                          " rr", "rr ", "roundrobin"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_non_null(balance_find(names[i].name));
        assert_true(balance_find(names[i].name)->pick == names[i].pick);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(balance_find(unknown[i]));
}

static void an_empty_set_has_no_backend(void **state)
{
    struct backend_set *set = make_equal_set(0);

    (void)state;
    for (int a = 0; a < ALGORITHMS; a++)
        assert_int_equal(pick(algorithms[a], set, "127.0.0.1", &nobody_tried),
                         0);
}

static void random_set_state(struct backend_set *set, uint32_t *seed,
                             struct backend_mask *tried)
{
    memset(tried, 0, sizeof *tried);
    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];

        b->is_healthy = random_next(seed) % 3 > 0;
        b->active_connections = (int)(random_next(seed) % 5);
        if (random_next(seed) % 4 == 0)
            backend_mask_add(tried, i);
    }
}

/* One that is up and was not tried yet; 0 exactly if there is none. */
static void expect_fit_pick(const char *algorithm, struct backend_set *set,
                            const char *client_ip,
                            const struct backend_mask *tried)
{
    int got = pick(algorithm, set, client_ip, tried), fit = 0;

    for (int i = 0; i < set->num_backends; i++)
        fit += set->backends[i].is_healthy && !backend_mask_has(tried, i);
    if (got == 0)
        assert_int_equal(fit, 0);
    else
        assert_true(set->backends[got - 1].is_healthy &&
                    !backend_mask_has(tried, got - 1));
}

static void picks_only_who_is_up_and_untried(void **state)
{
    uint32_t seed = random_seed();
    int weights[MAX_BACKENDS];

    (void)state;
    for (int round = 0; round < 300; round++) {
        int count = (int)(random_next(&seed) % (round % 10 ? 6 : 256)) + 1;
        struct backend_set *set;

        random_weights(&seed, weights, count, 9);
        set = make_set(weights, count);
        for (int n = 0; n < 40; n++) {
            struct backend_mask tried;
            char client_ip[24];

            random_set_state(set, &seed, &tried);
            snprintf(client_ip, sizeof client_ip, "10.0.0.%d", n);
            expect_fit_pick(algorithms[n % ALGORITHMS], set, client_ip, &tried);
        }
    }
}

/* A request that everybody refuses asks everybody who is up, once. */
static void a_request_asks_each_backend_once(void **state)
{
    uint32_t seed = random_seed();
    int weights[MAX_BACKENDS];

    (void)state;
    for (int round = 0; round < 400; round++) {
        const char *algorithm = algorithms[round % ALGORITHMS];
        int count = (int)(random_next(&seed) % 80) + 1, asked = 0, got;
        struct backend_mask tried;
        struct backend_set *set;

        random_weights(&seed, weights, count, 50);
        set = make_set(weights, count);
        random_set_state(set, &seed, &tried);
        memset(&tried, 0, sizeof tried);
        while ((got = pick(algorithm, set, "10.1.2.3", &tried)) != 0) {
            assert_false(backend_mask_has(&tried, got - 1));
            backend_mask_add(&tried, got - 1);
            asked++;
        }
        assert_int_equal(asked, backend_healthy_count(set));
    }
}

/* Of those that are up and untried: the ones that have room, and whether there is
 * one that has none. */
static int with_room(const struct backend_set *set,
                     const struct backend_mask *tried, int *busy)
{
    int count = 0;

    *busy = 0;
    for (int i = 0; i < set->num_backends; i++) {
        const struct backend *b = &set->backends[i];

        if (!b->is_healthy || backend_mask_has(tried, i))
            continue;
        if (b->max_connections == 0 ||
            b->active_connections + b->active_elsewhere < b->max_connections)
            count++;
        else
            *busy = 1;
    }
    return count;
}

static void who_has_as_many_as_it_may_is_not_picked(void **state)
{
    uint32_t seed = random_seed();
    int outcomes[2][2] = {{0}};

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct backend_set *set = make_equal_set(1 + round % 4);
        struct backend_mask tried;
        int got, busy, room;

        random_set_state(set, &seed, &tried);
        for (int i = 0; i < set->num_backends; i++) {
            set->backends[i].max_connections = (int)(random_next(&seed) % 5);
            set->backends[i].active_elsewhere = (int)(random_next(&seed) % 3);
        }
        room = with_room(set, &tried, &busy);
        got = pick(algorithms[round / 4 % ALGORITHMS], set, "10.0.0.1", &tried);
        assert_int_equal(got != 0, room != 0);
        assert_true(got == 0 || balance_is_usable(set, got - 1, &tried));
        assert_int_equal(balance_is_busy(set, &tried), busy);
        outcomes[got != 0][busy]++;
    }
    for (int i = 0; i < 4; i++)
        assert_true(outcomes[i / 2][i % 2] > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(sequences_are_exactly_so),
        fixture_test(round_robin_goes_on_behind_the_one_it_picked),
        fixture_test(round_robin_does_not_ask_the_same_one_twice),
        fixture_test(weights_come_back_with_the_backend),
        fixture_test(a_cycle_gives_each_exactly_its_weight),
        fixture_test(two_backends_never_stray_from_their_share),
        fixture_test(equal_weights_are_round_robin),
        fixture_test(current_weights_stay_small),
        fixture_test(a_name_and_an_alias_find_each),
        fixture_test(an_empty_set_has_no_backend),
        fixture_test(picks_only_who_is_up_and_untried),
        fixture_test(a_request_asks_each_backend_once),
        fixture_test(who_has_as_many_as_it_may_is_not_picked),
    };

    return fixture_run("balance", tests);
}
