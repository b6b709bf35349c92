/* chance and latency: what is left to chance has the moments that it should. */
#include "chance.h"
#include "fixture.h"
#include "latency.h"

#include <math.h>
#include <stdlib.h>

#define DRAWS 200000

static void near(double got, double wanted, double part)
{
    if (!(fabs(got - wanted) <= part * fabs(wanted)))
        fail_msg("%.12g is not %.12g", got, wanted);
}

static void powers_and_logarithms_are_those_of_the_tables(void **state)
{
    static const struct {
        double x, e_to_x;
    } table[] = {
        {0, 1},
        {1, 2.718281828459045},
        {-1, 0.36787944117144233},
        {0.5, 1.6487212707001282},
        {10, 22026.465794806718},
        {-10, 4.5399929762484854e-05},
        {17.75, 51136035.38059728},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        near(chance_exp(table[i].x), table[i].e_to_x, 1e-10);
        if (table[i].x != 0)
            near(chance_log(table[i].e_to_x), table[i].x, 1e-6);
    }
    near(chance_log(0.99), -0.010050335853501441, 1e-6);
    near(chance_log(0.9999), -0.00010000500033335, 1e-6);
    assert_true(fabs(chance_log(1)) < 1e-9);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    struct chance a = chance_stream(7, 1), b = chance_stream(7, 1);
    struct chance other_seed = chance_stream(8, 1);
    struct chance other_stream = chance_stream(7, 2);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t bits = chance_bits(&a);

        assert_true(chance_bits(&b) == bits);
        assert_true(chance_bits(&other_seed) != bits);
        assert_true(chance_bits(&other_stream) != bits);
    }
}

static void below_n_all_numbers_come_equally_often(void **state)
{
    struct chance c = chance_stream(1, 0);
    int count[7] = {0};

    (void)state;
    for (int i = 0; i < 7 * 10000; i++)
        count[chance_below(&c, 7)]++;
    for (int i = 0; i < 7; i++)
        near(count[i], 10000, 0.05);
    assert_int_equal(chance_below(&c, 1), 0);
}

static void the_normal_distribution_is_normal(void **state)
{
    struct chance c = chance_stream(1, 0);
    double sum = 0, squares = 0;
    int beyond_one = 0, beyond_two = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        double x = chance_normal(&c);

        sum += x;
        squares += x * x;
        beyond_one += fabs(x) > 1;
        beyond_two += fabs(x) > 2;
    }
    assert_true(fabs(sum / DRAWS) < 0.01);
    near(squares / DRAWS, 1, 0.02);
    near((double)beyond_one / DRAWS, 0.3173, 0.02);
    near((double)beyond_two / DRAWS, 0.0455, 0.05);
}

/* ---- latency ------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The table of latency.h. */
static void distributions_are_those_of_the_header(void **state)
{
    static const struct {
        const char *name;
        double p50, p99, p999;
    } table[] = {
        {"constant", 1, 1, 1},
        {"exponential", 0.69, 4.61, 6.91},
        {"two_point", 0.5, 5.5, 5.5},
        {"lognormal", 0.61, 6.21, 13.33},
        {"pareto", 0.73, 4.70, 14.05},
    };
    double *draws = malloc(DRAWS * sizeof *draws);

    (void)state;
    assert_non_null(draws);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct latency *latency = latency_find(table[i].name);
        struct chance c = chance_stream(1, i);
        double sum = 0;

        assert_non_null(latency);
        for (int k = 0; k < DRAWS; k++) {
            draws[k] = latency->draw(&c);
            assert_true(draws[k] >= 0);
            sum += draws[k];
        }
        qsort(draws, DRAWS, sizeof *draws, compare);
        near(sum / DRAWS, 1, 0.02);
        near(draws[DRAWS / 2], table[i].p50, 0.02);
        near(draws[DRAWS / 100 * 99], table[i].p99, 0.04);
        near(draws[DRAWS / 1000 * 999], table[i].p999, 0.1);
    }
    free(draws);
    assert_null(latency_find("gaussian"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(powers_and_logarithms_are_those_of_the_tables),
        fixture_test(the_same_seed_gives_the_same_numbers),
        fixture_test(below_n_all_numbers_come_equally_often),
        fixture_test(the_normal_distribution_is_normal),
        fixture_test(distributions_are_those_of_the_header),
    };

    return fixture_run("chance", tests);
}
