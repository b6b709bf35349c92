/* The arena's small parts: events, machine, result, maglev, contenders. */
#include "balance_more.h"
#include "config_table.h"
#include "contenders.h"
#include "events.h"
#include "fixture.h"
#include "maglev.h"
#include "result.h"
#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- events ------------------------------------------------------------- */

static struct event event_at(uint64_t at_ns, int who)
{
    struct event e = {0, 0, 0, 0, 0};

    e.at_ns = at_ns;
    e.who = who;
    return e;
}

static void events_come_in_the_order_of_time(void **state)
{
    uint32_t dice = random_seed();
    struct events events;
    struct event e;
    uint64_t last = 0;

    (void)state;
    assert_int_equal(events_open(&events, 1000), 0);
    for (int i = 0; i < 1000; i++)
        events_push(&events, event_at(random_next(&dice) % 500, i));
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(events_pop(&events, &e), 1);
        assert_true(e.at_ns >= last);
        last = e.at_ns;
    }
    assert_int_equal(events_pop(&events, &e), 0);
    events_close(&events);
}

static void of_two_at_once_the_first_put_in_comes_first(void **state)
{
    struct events events;
    struct event e;

    (void)state;
    assert_int_equal(events_open(&events, 100), 0);
    for (int i = 0; i < 100; i++)
        events_push(&events, event_at((uint64_t)(i % 3), i));
    for (int time = 0; time < 3; time++)
        for (int i = time; i < 100; i += 3) {
            assert_int_equal(events_pop(&events, &e), 1);
            assert_int_equal(e.who, i);
        }
    events_close(&events);
}

/* ---- machine ------------------------------------------------------------- */

static void a_machine_works_queues_and_refuses(void **state)
{
    struct machine s = {.slots = 2, .room = 2, .pace = 1};
    int next[6];

    (void)state;
    machine_clear(&s);
    assert_int_equal(machine_take(&s, 0, next), MACHINE_WORKS);
    assert_int_equal(machine_take(&s, 1, next), MACHINE_WORKS);
    assert_int_equal(machine_take(&s, 2, next), MACHINE_QUEUES);
    assert_int_equal(machine_take(&s, 3, next), MACHINE_QUEUES);
    assert_int_equal(machine_take(&s, 4, next), MACHINE_REFUSES);
    assert_int_equal(machine_next(&s, next), 2);
    assert_int_equal(machine_take(&s, 5, next), MACHINE_QUEUES);
    assert_int_equal(machine_next(&s, next), 3);
    assert_int_equal(machine_next(&s, next), 5);
    assert_int_equal(machine_next(&s, next), MACHINE_NOBODY);
    assert_int_equal(machine_next(&s, next), MACHINE_NOBODY);
    assert_int_equal(s.busy, 0);
}

/* ---- result ------------------------------------------------------------- */

static void quantiles_are_those_of_the_sorted_list(void **state)
{
    struct result r;

    (void)state;
    assert_int_equal(result_open(&r, 1000), 0);
    assert_true(result_quantile(&r, 0.5) == 0);
    for (int i = 0; i < 1000; i++) /* 1 to 1000 ms, shuffled */
        result_add(&r, (uint64_t)(i * 7 % 1000 + 1) * 1000000);
    result_sort(&r);
    assert_true(result_quantile(&r, 0) == 1);
    assert_true(result_quantile(&r, 0.5) == 501);
    assert_true(result_quantile(&r, 1) == 1000);
    assert_true(result_mean(&r) == 500.5);
    assert_int_equal(result_between(&r, 1, 11), 10);
    assert_int_equal(result_between(&r, 0, 2000), 1000);
    assert_true(result_page_quantile(&r, 0.5, 1) == 501);
    /* 0.5 to the 1/10 is 0.933 */
    assert_true(result_page_quantile(&r, 0.5, 10) == 934);
    result_close(&r);
}

static void fairness_is_jains(void **state)
{
    struct result r;

    (void)state;
    memset(&r, 0, sizeof r);
    r.backends = 4;
    for (int i = 0; i < 4; i++)
        r.weights[i] = 1;
    r.given[2] = 10;
    assert_true(fabs(result_fairness(&r) - 0.25) < 1e-12);
    assert_true(result_busiest(&r) == 1);
    r.given[0] = 10;
    assert_true(fabs(result_fairness(&r) - 0.5) < 1e-12);
    r.given[0] = r.given[1] = r.given[3] = 5;
    r.weights[2] = 2;
    assert_true(fabs(result_fairness(&r) - 1) < 1e-12);
}

/* ---- maglev ------------------------------------------------------------- */

#define SIZE 4093

static struct backend_set set;
static int table[SIZE], after[SIZE];

static void make_set(int count)
{
    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "10.0.0.%d:80", i);
        assert_null(backend_set_add(&set, text, 0));
    }
}

static void each_has_equally_many_places(void **state)
{
    int places[20] = {0};

    (void)state;
    make_set(20);
    assert_true(maglev_build(table, SIZE, &set) >= SIZE);
    for (int i = 0; i < SIZE; i++)
        places[table[i]]++;
    for (int i = 0; i < 20; i++)
        assert_in_range(places[i], SIZE / 20, SIZE / 20 + 1);
}

static void if_one_leaves_most_others_stay(void **state)
{
    int needless = 0;

    (void)state;
    make_set(20);
    maglev_build(table, SIZE, &set);
    set.backends[3].is_healthy = 0;
    maglev_build(after, SIZE, &set);
    for (int i = 0; i < SIZE; i++) {
        assert_true(after[i] != 3);
        needless += table[i] != 3 && after[i] != table[i];
    }
    assert_true(needless < SIZE / 20);
    set.backends[3].is_healthy = 1;
    maglev_build(after, SIZE, &set);
    assert_memory_equal(after, table, sizeof table);
}

static void nobody_is_picked_where_nobody_is_up(void **state)
{
    (void)state;
    make_set(3);
    for (int i = 0; i < 3; i++)
        set.backends[i].is_healthy = 0;
    maglev_build(table, SIZE, &set);
    assert_int_equal(maglev_pick(table, SIZE, "somebody"), -1);
    make_set(0);
    maglev_build(table, SIZE, &set);
    assert_int_equal(maglev_pick(table, SIZE, "somebody"), -1);
}

/* ---- contenders --------------------------------------------------------- */

static void all_algorithms_of_lb_take_part(void **state)
{
    const struct config_choice *lb = config_choices(CONFIG_ALGORITHM);
    int count = 0;

    (void)state;
    for (; lb->name != NULL; lb++, count++) {
        assert_non_null(contender_find(lb->name));
        assert_ptr_equal(contender_find(lb->name)->pick,
                         balance_more_find(lb->name)->pick);
    }
    assert_true(count >= 6);
    assert_non_null(contender_find("random"));
    assert_ptr_equal(contender_find("lc")->pick, select_least_connections);
    assert_null(contender_find("best"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(events_come_in_the_order_of_time),
        fixture_test(of_two_at_once_the_first_put_in_comes_first),
        fixture_test(a_machine_works_queues_and_refuses),
        fixture_test(quantiles_are_those_of_the_sorted_list),
        fixture_test(fairness_is_jains),
        fixture_test(each_has_equally_many_places),
        fixture_test(if_one_leaves_most_others_stay),
        fixture_test(nobody_is_picked_where_nobody_is_up),
        fixture_test(all_algorithms_of_lb_take_part),
    };

    return fixture_run("parts", tests);
}
