/* balance_more, consistent_hash: the same key, the same backend. */
#include "fixture.h"

#include "../chapter-03/sets.h"
#include "balance_more.h"

#include <stdlib.h>
#include <string.h>

#define KEYS 100000

static const struct backend_mask none;
static struct backend_set set, other;
static const char *before[KEYS]; /* the name that each key had */

static void use(const char *weights)
{
    memcpy(&set, make_set_of(weights), sizeof set);
}

static struct backend *pick(struct backend_set *from, const char *key)
{
    return balance_more_find("consistent_hash")->pick(from, key, &none);
}

static struct backend *pick_nth(struct backend_set *from, int n)
{
    char key[32];

    snprintf(key, sizeof key, "10.%d.%d.%d", n >> 16, n >> 8 & 255, n & 255);
    return pick(from, key);
}

/* ---- agreement ---------------------------------------------------------- */

/* Computed by another program, in another language, with its library's log().
 * If one of these changes, load balancers of two versions disagree. */
static void it_is_what_it_always_was(void **state)
{
    static const struct {
        const char *key, *equal, *weighted;
    } table[] = {
        {"127.0.0.1", "h1:1", "h1:1"},
        {"10.0.0.1", "h1:1", "h1:1"},
        {"10.0.0.2", "h1:1", "h1:1"},
        {"192.168.1.77", "h5:5", "h1:1"},
        {"::1", "h3:3", "h3:3"},
        {"2001:db8::1", "h2:2", "h2:2"},
        {"203.0.113.9", "h2:2", "h2:2"},
        {"/", "h3:3", "h3:3"},
        {"/index.html", "h5:5", "h2:2"},
        {"alice", "h5:5", "h1:1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        use("1 1 1 1 1");
        assert_string_equal(pick(&set, table[i].key)->name, table[i].equal);
        use("3 2 1");
        assert_string_equal(pick(&set, table[i].key)->name, table[i].weighted);
    }
}

static void the_order_of_the_list_does_not_matter(void **state)
{
    (void)state;
    use("1 2 3 4 5 6 7");
    memcpy(&other, &set, sizeof other);
    for (int i = 0; i < 7; i++)
        other.backends[i] = set.backends[(i * 3 + 5) % 7];
    for (int n = 0; n < 2000; n++)
        assert_string_equal(pick_nth(&set, n)->name, pick_nth(&other, n)->name);
}

static void what_was_picked_before_does_not_matter(void **state)
{
    const struct backend *first;

    (void)state;
    use("1 1 1");
    first = pick(&set, "somebody");
    for (int n = 0; n < 1000; n++)
        pick_nth(&set, n);
    set.backends[0].active_connections = 1000;
    assert_ptr_equal(pick(&set, "somebody"), first);
}

/* ---- who moves ---------------------------------------------------------- */

static void remember(void)
{
    for (int n = 0; n < KEYS; n++)
        before[n] = pick_nth(&set, n)->name;
}

static void if_one_leaves_only_its_own_keys_move(void **state)
{
    (void)state;
    use("1 2 3 1 2 3 1 2");
    remember();
    set.backends[4].is_healthy = 0;
    for (int n = 0; n < KEYS; n++) {
        const char *name = pick_nth(&set, n)->name;

        assert_string_not_equal(name, "h5:5");
        if (strcmp(before[n], "h5:5") != 0)
            assert_string_equal(name, before[n]);
    }
}

/* Who left spreads its keys over all others, not to a neighbour. */
static void its_keys_are_shared_by_all_others(void **state)
{
    int took[5] = {0}, moved = 0;

    (void)state;
    use("1 1 1 1 1");
    remember();
    set.backends[0].is_healthy = 0;
    for (int n = 0; n < KEYS; n++)
        if (strcmp(before[n], "h1:1") == 0) {
            took[pick_nth(&set, n) - set.backends]++;
            moved++;
        }
    for (int i = 1; i < 5; i++)
        assert_in_range(took[i], moved / 5, moved * 3 / 10);
}

static void one_that_comes_takes_its_share_and_no_other_key_moves(void **state)
{
    int moved = 0;

    (void)state;
    use("1 1 1 1 1 1 1 1 2"); /* the ninth, of 10 */
    set.num_backends = 8;
    remember();
    set.num_backends = 9;
    for (int n = 0; n < KEYS; n++) {
        const char *name = pick_nth(&set, n)->name;

        if (strcmp(name, before[n]) == 0)
            continue;
        assert_string_equal(name, "h9:9");
        moved++;
    }
    assert_in_range(moved, KEYS / 5 - KEYS / 100, KEYS / 5 + KEYS / 100);
}

/* A weight that is changed moves keys to it or from it, none between others. */
static void a_weight_that_grows_takes_keys_and_gives_none(void **state)
{
    (void)state;
    use("4 4 4 4");
    remember();
    set.backends[2].weight = 6;
    for (int n = 0; n < KEYS; n++) {
        const char *name = pick_nth(&set, n)->name;

        if (strcmp(name, before[n]) != 0)
            assert_string_equal(name, "h3:3");
    }
}

/* ---- shares ------------------------------------------------------------- */

/* Five standard deviations of a binomial distribution: a good hash is beyond in
 * one of a million cases, and this one throws the same dice each time. */
static void expect_share(int got, int weight, int total)
{
    double p = (double)weight / total, mean = KEYS * p,
           variance = mean * (1 - p), off = got - mean;

    if (off * off > 25 * variance)
        fail_msg("weight %d of %d: %d of %d keys", weight, total, got, KEYS);
}

static void expect_shares(const char *weights)
{
    int got[MAX_BACKENDS] = {0}, total = 0;

    use(weights);
    for (int n = 0; n < KEYS; n++)
        got[pick_nth(&set, n) - set.backends]++;
    for (int i = 0; i < set.num_backends; i++)
        total += set.backends[i].weight;
    for (int i = 0; i < set.num_backends; i++)
        expect_share(got[i], set.backends[i].weight, total);
}

static void everybody_has_the_share_of_his_weight(void **state)
{
    (void)state;
    expect_shares("1 1");
    expect_shares("1 1 1 1 1 1 1 1 1 1");
    expect_shares("3 2 1");
    expect_shares("1 1000");
    expect_shares("1 2 4 8 16 32 64 128");
}

/* ---- whoever can't be had ----------------------------------------------- */

static void the_next_choice_is_always_the_same_too(void **state)
{
    struct backend_mask tried = {{0}};
    const struct balance *hash = balance_more_find("consistent_hash");
    const struct backend *first, *second;

    (void)state;
    use("1 1 1 1");
    first = hash->pick(&set, "key", &tried);
    backend_mask_add(&tried, (int)(first - set.backends));
    second = hash->pick(&set, "key", &tried);
    assert_ptr_not_equal(first, second);
    set.backends[first - set.backends].is_healthy = 0;
    assert_ptr_equal(hash->pick(&set, "key", &none), second);
    for (int i = 0; i < 4; i++)
        backend_mask_add(&tried, i);
    assert_null(hash->pick(&set, "key", &tried));
    set.num_backends = 0;
    assert_null(hash->pick(&set, "key", &none));
}

static void any_text_may_be_a_key(void **state)
{
    static char longest[70000];

    (void)state;
    use("1 1 1");
    memset(longest, 'k', sizeof longest - 1);
    assert_non_null(pick(&set, ""));
    assert_non_null(pick(&set, longest));
    assert_non_null(pick(&set, "\xff\xfe\x80\x01"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(it_is_what_it_always_was),
        fixture_test(the_order_of_the_list_does_not_matter),
        fixture_test(what_was_picked_before_does_not_matter),
        fixture_test(if_one_leaves_only_its_own_keys_move),
        fixture_test(its_keys_are_shared_by_all_others),
        fixture_test(one_that_comes_takes_its_share_and_no_other_key_moves),
        fixture_test(a_weight_that_grows_takes_keys_and_gives_none),
        fixture_test(everybody_has_the_share_of_his_weight),
        fixture_test(the_next_choice_is_always_the_same_too),
        fixture_test(any_text_may_be_a_key),
    };

    return fixture_run("consistent_hash", tests);
}
