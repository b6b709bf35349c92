/* backend: reading HOST:PORT:WEIGHT, and what is known of a backend. */
#include "backend.h"
#include "fixture.h"
#include "sets.h"

#include <limits.h>
#include <netdb.h>
#include <string.h>

/* ---- parse_backend ------------------------------------------------------ */

#define NOT_WEIGHTED "not HOST:PORT or HOST:PORT:WEIGHT"
#define NOT_PLAIN    "not HOST:PORT"
#define BAD_PORT     "a backend's port is 1 to 65535"
#define BAD_WEIGHT   "a weight is 1 to 1000"
#define NO_WEIGHTS   "this program knows no weights"

static const struct {
    const char *text;
    const char *wrong; /* NULL: accepted */
    const char *name, *host;
    int port, weight;
} cases[] = {
    {"127.0.0.1:9001", NULL, "127.0.0.1:9001", "127.0.0.1", 9001, 1},
    {"localhost:1", NULL, "localhost:1", "localhost", 1, 1},
    {"h:65535", NULL, "h:65535", "h", 65535, 1},
    {"h:1:1", NULL, "h:1", "h", 1, 1},
    {"h:1:5", NULL, "h:1", "h", 1, 5},
    {"h:1:1000", NULL, "h:1", "h", 1, 1000},
    {"h:1:007", NULL, "h:1", "h", 1, 7},
    {"h:0080:3", NULL, "h:80", "h", 80, 3},
    {"[::1]:9001", NULL, "[::1]:9001", "::1", 9001, 1},
    {"[::1]:9001:3", NULL, "[::1]:9001", "::1", 9001, 3},
    {"[2001:db8::7]:80:10", NULL, "[2001:db8::7]:80", "2001:db8::7", 80, 10},
    /* no host, no port */
    {"", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {":", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {":9001", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h::", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h::3", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"9001", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"::1:9001", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"[::1]", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"[::1", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"[::1]9001", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"http://h:80", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:80/", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h h:80", NOT_WEIGHTED, NULL, NULL, 0, 0},
    /* ports */
    {"h:0", BAD_PORT, NULL, NULL, 0, 0},
    {"h:0:3", BAD_PORT, NULL, NULL, 0, 0},
    {"h:65536", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:80x", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:-1", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:+1", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h: 80", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:80x:3", NOT_WEIGHTED, NULL, NULL, 0, 0},
    /* weights */
    {"h:80:", NOT_WEIGHTED, NULL, NULL, 0, 0},
    {"h:80:0", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:000", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:1001", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:x", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:3x", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:-3", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:1.5", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80: 3", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:3:4", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"h:80:99999999999999999999", BAD_WEIGHT, NULL, NULL, 0, 0},
    {"[::1]:80:0", BAD_WEIGHT, NULL, NULL, 0, 0},
};

static void expect_wrong(const char *got, const char *wanted)
{
    if (got == NULL || wanted == NULL)
        assert_ptr_equal(got, wanted);
    else
        assert_string_equal(got, wanted);
}

static void parses_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct backend b;

        memset(&b, 0xee, sizeof b); /* what was there does not shine through */
        expect_wrong(parse_backend(cases[i].text, BACKEND_WEIGHT_MAX, &b),
                     cases[i].wrong);
        if (cases[i].wrong != NULL)
            continue;
        assert_string_equal(b.name, cases[i].name);
        assert_string_equal(b.where.host, cases[i].host);
        assert_int_equal(b.where.port, cases[i].port);
        assert_int_equal(b.weight, cases[i].weight);
        assert_int_equal(b.current_weight, 0);
        assert_int_equal(b.active_connections, 0);
        assert_int_equal(b.is_healthy, 1);
        assert_int_equal(b.checks, 0);
        assert_int_equal(b.streak, 0);
        assert_int_equal(b.next_check_ms, 0);
        assert_int_equal(b.addresses.count, 0);
        assert_int_equal(b.stats.total_requests, 0);
    }
}

/* load_balancer has no weights, and says so. */
static void a_program_may_have_no_weights(void **state)
{
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    assert_int_equal(b.weight, 1);
    assert_null(parse_backend("[::1]:80", 0, &b));
    expect_wrong(parse_backend("h:80:3", 0, &b), NO_WEIGHTS);
    expect_wrong(parse_backend("[::1]:80:3", 0, &b), NO_WEIGHTS);
    expect_wrong(parse_backend("h:80:", 0, &b), NOT_PLAIN);
    expect_wrong(parse_backend("h", 0, &b), NOT_PLAIN);
    expect_wrong(parse_backend("h:0", 0, &b), BAD_PORT);
}

static void the_longest_name_fits(void **state)
{
    char text[AUTHORITY_HOST_MAX + 16], name[AUTHORITY_HOST_MAX + 16];
    struct backend b;

    (void)state;
    memset(text, 'a', AUTHORITY_HOST_MAX);
    memcpy(text + AUTHORITY_HOST_MAX, ":65535:1000", 12);
    assert_null(parse_backend(text, BACKEND_WEIGHT_MAX, &b));
    memcpy(name, text, sizeof name);
    name[AUTHORITY_HOST_MAX + 6] = '\0';
    assert_string_equal(b.name, name);
    /* The longest with brackets: more than any IPv6 address has. */
    memset(text, 'a', AUTHORITY_HOST_MAX);
    text[0] = '[';
    memcpy(text + 100, ":a]:65535", 10);
    assert_null(parse_backend(text, BACKEND_WEIGHT_MAX, &b));
    assert_string_equal(b.name, text);
}

/* ---- a set -------------------------------------------------------------- */

static void a_set_takes_256_and_no_more(void **state)
{
    static struct backend_set set;

    (void)state;
    memset(&set, 0, sizeof set);
    for (int i = 0; i < MAX_BACKENDS; i++)
        assert_null(backend_set_add(&set, "h:80:2", BACKEND_WEIGHT_MAX));
    assert_int_equal(set.num_backends, MAX_BACKENDS);
    assert_string_equal(backend_set_add(&set, "h:80", BACKEND_WEIGHT_MAX),
                        "more than 256 backends");
    assert_int_equal(set.num_backends, MAX_BACKENDS);
}

static void a_wrong_one_is_not_in_the_set(void **state)
{
    struct backend_set *set = make_equal_set(2);

    (void)state;
    assert_non_null(backend_set_add(set, "h:80:0", BACKEND_WEIGHT_MAX));
    assert_int_equal(set->num_backends, 2);
    assert_null(backend_set_add(set, "h:80:9", BACKEND_WEIGHT_MAX));
    assert_int_equal(set->num_backends, 3);
    assert_int_equal(set->backends[2].weight, 9);
}

static void counts_the_healthy_ones(void **state)
{
    struct backend_set *set = make_equal_set(3);

    (void)state;
    assert_int_equal(backend_healthy_count(set), 3);
    set->backends[1].is_healthy = 0;
    assert_int_equal(backend_healthy_count(set), 2);
    set->backends[0].is_healthy = set->backends[2].is_healthy = 0;
    assert_int_equal(backend_healthy_count(set), 0);
    assert_int_equal(backend_healthy_count(make_equal_set(0)), 0);
}

/* ---- names and addresses ------------------------------------------------ */

static void resolves_every_backend(void **state)
{
    static struct backend_set set;
    const struct backend *failed = NULL;

    (void)state;
    memset(&set, 0, sizeof set);
    assert_null(backend_set_add(&set, "127.0.0.1:9001", 0));
    assert_null(backend_set_add(&set, "localhost:9002", 0));
    set.backends[1].preferred = 5;
    assert_int_equal(backend_set_resolve(&set, &failed), 0);
    assert_null(failed);
    assert_int_equal(set.backends[0].addresses.count, 1);
    assert_in_range(set.backends[1].addresses.count, 1, NET_ADDRESSES_MAX);
    assert_int_equal(set.backends[1].preferred, 0);
}

/* A label has 63 characters at most: the resolver need not ask anybody. */
static void says_which_one_does_not_resolve(void **state)
{
    static struct backend_set set;
    const struct backend *failed = NULL;
    char text[80];

    (void)state;
    memset(&set, 0, sizeof set);
    memset(text, 'a', 64);
    memcpy(text + 64, ":80", 4);
    assert_null(backend_set_add(&set, "127.0.0.1:9001", 0));
    assert_null(backend_set_add(&set, text, 0));
    assert_null(backend_set_add(&set, "127.0.0.1:9003", 0));
    assert_int_not_equal(backend_set_resolve(&set, &failed), 0);
    assert_ptr_equal(failed, &set.backends[1]);
}

static void turns_to_its_addresses_in_a_circle(void **state)
{
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    b.addresses.count = 3;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(b.preferred, i % 3);
        backend_next_address(&b);
    }
    b.addresses.count = 1;
    b.preferred = 0;
    backend_next_address(&b);
    assert_int_equal(b.preferred, 0);
}

/* ---- backend_report ----------------------------------------------------- */

/* What a history says, by looking at all of it each time: the first report
 * decides; later ones when the last `fall` or `rise` of them contradict. */
static int naive_health(const char *reports, int count, int fall, int rise)
{
    int healthy = reports[0];

    for (int n = 2; n <= count; n++) {
        int tail = 0;

        while (tail < n && reports[n - 1 - tail] == !healthy)
            tail++;
        if (tail >= (healthy ? fall : rise))
            healthy = !healthy;
    }
    return healthy;
}

static void expect_health(const char *reports, int count, int fall, int rise)
{
    struct backend b;
    int before = 1;

    assert_null(parse_backend("h:80", 0, &b));
    for (int n = 1; n <= count; n++) {
        int wanted = naive_health(reports, n, fall, rise);
        int changed = backend_report(&b, reports[n - 1], fall, rise);

        assert_int_equal(b.is_healthy, wanted);
        assert_int_equal(changed, wanted != before);
        assert_int_equal(b.checks, n);
        before = wanted;
    }
}

/* Every history of nine reports, for every pair of thresholds up to four. */
static void health_is_what_the_history_says(void **state)
{
    (void)state;
    for (int pattern = 0; pattern < 512; pattern++) {
        char reports[9];

        for (int i = 0; i < 9; i++)
            reports[i] = (char)(pattern >> i & 1);
        for (int both = 0; both < 16; both++)
            expect_health(reports, 9, both / 4 + 1, both % 4 + 1);
    }
}

static void health_is_what_a_long_history_says(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 200; round++) {
        char reports[60];
        uint32_t bias = random_next(&seed) % 10;

        for (size_t i = 0; i < sizeof reports; i++)
            reports[i] = random_next(&seed) % 10 < bias;
        expect_health(reports, sizeof reports,
                      (int)(random_next(&seed) % 6) + 1,
                      (int)(random_next(&seed) % 6) + 1);
    }
}

/* "fall 3, rise 2", as one reads it in a configuration file. */
static void three_failures_take_it_down_and_two_bring_it_back(void **state)
{
    static const struct {
        int ok, changed, healthy;
    } steps[] = {
        {1, 0, 1}, {0, 0, 1}, {0, 0, 1}, {1, 0, 1}, /* in a row, that is */
        {0, 0, 1}, {0, 0, 1}, {0, 1, 0}, {0, 0, 0}, {1, 0, 0},
        {0, 0, 0}, {1, 0, 0}, {1, 1, 1}, {1, 0, 1},
    };
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(backend_report(&b, steps[i].ok, 3, 2),
                         steps[i].changed);
        assert_int_equal(b.is_healthy, steps[i].healthy);
    }
}

static void the_first_report_decides_alone(void **state)
{
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    assert_int_equal(backend_report(&b, 0, 3, 2), 1);
    assert_int_equal(b.is_healthy, 0);
    assert_int_equal(backend_report(&b, 1, 3, 2), 0);
    assert_int_equal(backend_report(&b, 1, 3, 2), 1);
    assert_int_equal(b.is_healthy, 1);
}

/* Ten years of reports must not make the next one the first again. */
static void the_count_of_reports_does_not_overflow(void **state)
{
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    b.checks = INT_MAX;
    assert_int_equal(backend_report(&b, 0, 3, 2), 0);
    assert_int_equal(b.checks, INT_MAX);
    assert_int_equal(b.is_healthy, 1);
}

/* ---- backend_account ---------------------------------------------------- */

static void adds_up_what_was_done(void **state)
{
    struct backend b;
    struct backend_stats *s = &b.stats;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    backend_account(&b, 1, 100, 2000, 10);
    backend_account(&b, 1, 50, 1000, 20);
    backend_account(&b, 0, 7, 0, 99999); /* a failure tells no speed */
    assert_int_equal(s->total_requests, 3);
    assert_int_equal(s->failed_requests, 1);
    assert_int_equal(s->bytes_in, 157);
    assert_int_equal(s->bytes_out, 3000);
    assert_true(s->avg_response_time == 15.0);
}

/* The mean of none is 0, and no failure divides by zero. */
static void a_mean_needs_a_success(void **state)
{
    struct backend b;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    for (int i = 0; i < 5; i++)
        backend_account(&b, 0, 0, 0, 1000);
    assert_int_equal(b.stats.failed_requests, 5);
    assert_true(b.stats.avg_response_time == 0.0);
    backend_account(&b, 1, 0, 0, 40);
    assert_true(b.stats.avg_response_time == 40.0);
    backend_account(&b, 0, 0, 0, 1000);
    backend_account(&b, 1, 0, 0, 0);
    assert_true(b.stats.avg_response_time == 20.0);
}

static void the_mean_is_the_sum_by_the_count(void **state)
{
    uint32_t seed = random_seed();
    struct backend b;
    double sum = 0;
    int successes = 0;

    (void)state;
    assert_null(parse_backend("h:80", 0, &b));
    for (int i = 0; i < 20000; i++) {
        uint64_t took_ms = random_next(&seed) % 30000;
        int ok = random_next(&seed) % 4 != 0;
        double off;

        backend_account(&b, ok, 0, 0, took_ms);
        if (!ok)
            continue;
        successes++;
        sum += (double)took_ms;
        off = b.stats.avg_response_time - sum / successes;
        assert_true(off < 1e-6 && off > -1e-6);
    }
}

/* ---- backend_mask ------------------------------------------------------- */

static void a_mask_has_what_was_added(void **state)
{
    (void)state;
    for (int added = 0; added < MAX_BACKENDS; added++) {
        struct backend_mask mask = {{0}};

        backend_mask_add(&mask, added);
        backend_mask_add(&mask, added);
        for (int i = 0; i < MAX_BACKENDS; i++)
            assert_int_equal(backend_mask_has(&mask, i), i == added);
    }
}

static void a_mask_holds_any_set(void **state)
{
    uint32_t seed = random_seed();
    struct backend_mask mask = {{0}};
    char model[MAX_BACKENDS] = {0};
    int count = 0;

    (void)state;
    assert_int_equal(backend_mask_count(&mask), 0);
    for (int n = 0; n < 2 * MAX_BACKENDS; n++) {
        int i = (int)(random_next(&seed) % MAX_BACKENDS);

        backend_mask_add(&mask, i);
        count += !model[i];
        model[i] = 1;
        for (int k = 0; k < MAX_BACKENDS; k++)
            assert_int_equal(backend_mask_has(&mask, k), model[k]);
        assert_int_equal(backend_mask_count(&mask), count);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(parses_as_the_table_says),
        fixture_test(a_program_may_have_no_weights),
        fixture_test(the_longest_name_fits),
        fixture_test(a_set_takes_256_and_no_more),
        fixture_test(a_wrong_one_is_not_in_the_set),
        fixture_test(counts_the_healthy_ones),
        fixture_test(resolves_every_backend),
        fixture_test(says_which_one_does_not_resolve),
        fixture_test(turns_to_its_addresses_in_a_circle),
        fixture_test(health_is_what_the_history_says),
        fixture_test(health_is_what_a_long_history_says),
        fixture_test(three_failures_take_it_down_and_two_bring_it_back),
        fixture_test(the_first_report_decides_alone),
        fixture_test(the_count_of_reports_does_not_overflow),
        fixture_test(adds_up_what_was_done),
        fixture_test(a_mean_needs_a_success),
        fixture_test(the_mean_is_the_sum_by_the_count),
        fixture_test(a_mask_has_what_was_added),
        fixture_test(a_mask_holds_any_set),
    };

    return fixture_run("backend", tests);
}
