/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "balance.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const struct backend_mask nobody;

static struct backend_set set; /* of so many backends with these weights */

static void make_set(int count, const int *weights)
{
    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "h%d:%d:%d", i + 1, i + 1, weights[i]);
        backend_set_add(&set, text, BACKEND_WEIGHT_MAX);
    }
}

/* The next picks of the algorithm, as "1 3 1". */
static const char *picks(const char *algorithm, int count)
{
    static char text[64];
    const struct balance *balance = balance_find(algorithm);

    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        struct backend *b = select_backend(balance, &set, "192.0.2.1",
                                           &nobody);

        snprintf(text + strlen(text), sizeof text - strlen(text), "%d ",
                 (int)(b - set.backends) + 1);
    }
    return text;
}

static void round_robin_steps_over_the_dead(void **state)
{
    const int weights[] = {1, 1, 1};

    (void)state;
    make_set(3, weights);
    set.backends[1].is_healthy = 0;
    expect_answer("round_robin", picks("rr", 5));
}

static void weights_are_spread_out(void **state)
{
    const int weights[] = {5, 1, 1};

    (void)state;
    make_set(3, weights);
    expect_answer("weighted", picks("wrr", 7));
}

static void the_idlest_for_its_weight(void **state)
{
    const int weights[] = {2, 1, 5}, active[] = {4, 3, 9};

    (void)state;
    make_set(3, weights);
    for (int i = 0; i < 3; i++)
        set.backends[i].active_connections = active[i];
    expect_answer("least", picks("lc", 1));
}

static void failures_must_come_in_a_row(void **state)
{
    const int reports[] = {1, 0, 0, 1, 0, 0, 0, 1}, weights[] = {1};
    int after = 0;

    (void)state;
    make_set(1, weights);
    for (int i = 0; i < 8; i++)
        if (backend_report(&set.backends[0], reports[i], 3, 2) && after == 0 &&
            !set.backends[0].is_healthy)
            after = i + 1;
    expect_answer_number("down_after", after);
}

static void modulo_moves_almost_everybody(void **state)
{
    int moved = 0;

    (void)state;
    for (int hash = 0; hash < 12; hash++)
        moved += hash % 4 != hash % 3;
    expect_answer_number("moved_percent", 100.0 * moved / 12);
}

static void rate_times_time_is_how_many(void **state)
{
    (void)state;
    expect_answer_number("active", 50 * 0.1);
}

static void a_connection_proves_little(void **state)
{
    (void)state;
    expect_answer("tcp_check", "yes");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(round_robin_steps_over_the_dead),
        fixture_test(weights_are_spread_out),
        fixture_test(the_idlest_for_its_weight),
        fixture_test(failures_must_come_in_a_row),
        fixture_test(modulo_moves_almost_everybody),
        fixture_test(rate_times_time_is_how_many),
        fixture_test(a_connection_proves_little),
    };

    return fixture_run("knowledge_right", tests);
}
