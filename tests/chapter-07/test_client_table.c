/* client_table: what is found, what is forgotten, and what that costs. */
#include "fixture.h"

#include "client_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Newcomers need one look at a set to see that they are none, one to see that
 * they have a place now. */
#define LOOKS_MAX (2 * CLIENT_TABLE_WAYS)

/* A table whose first byte behind its end is a SIGSEGV. */
static struct client_table *make(size_t clients)
{
    size_t size = client_table_size(clients);
    char *zeros = calloc(1, size);
    struct client_table *table;

    assert_non_null(zeros);
    table = client_table_init(guard_copy(zeros, size), clients);
    assert_non_null(table);
    free(zeros);
    return table;
}

static void unmake(struct client_table *table, size_t clients)
{
    guard_free((char *)table, client_table_size(clients));
}

static struct client_record find(struct client_table *table, uint64_t client,
                                 uint64_t now_ms)
{
    struct client_record r;

    client_table_find(table, 0, client, now_ms, &r);
    assert_in_range(r.looks, 1, LOOKS_MAX);
    return r;
}

static void store(struct client_table *table, uint64_t client, uint64_t now_ms,
                  uint64_t value)
{
    struct client_record r = find(table, client, now_ms);

    assert_int_equal(client_table_store(&r, value), 1);
}

/* ---- finding ------------------------------------------------------------- */

static void what_was_stored_is_found(void **state)
{
    struct client_table *table = make(1000);
    struct client_record r = find(table, 7, 100);

    (void)state;
    assert_int_equal(r.is_known, 0);
    assert_int_equal(r.value, 0);
    assert_int_equal(client_table_store(&r, CLIENT_VALUE_MAX), 1);
    r = find(table, 7, 350);
    assert_int_equal(r.is_known, 1);
    assert_true(r.value == CLIENT_VALUE_MAX);
    assert_int_equal(r.idle_ms, 250);
    assert_int_equal(find(table, 7, 350).idle_ms, 0);
    assert_int_equal(find(table, 7, 300).idle_ms, 0); /* time went back */
    assert_int_equal(find(table, 8, 350).is_known, 0);
    unmake(table, 1000);
}

static void kinds_have_nothing_to_do_with_each_other(void **state)
{
    struct client_table *table = make(1000);
    struct client_record r;

    (void)state;
    store(table, 7, 0, 1);
    client_table_find(table, 1, 7, 0, &r);
    assert_int_equal(r.is_known, 0);
    assert_int_equal(client_table_store(&r, 2), 1);
    assert_int_equal(find(table, 7, 0).value, 1);
    unmake(table, 1000);
}

/* Each table has its own secret: the same clients lie elsewhere, so who has found
 * out what meets in one knows nothing about the other. */
static void no_two_tables_are_alike(void **state)
{
    size_t size = client_table_size(64);
    struct client_table *one = make(64), *other = make(64);

    (void)state;
    for (uint64_t client = 0; client < 64; client++) {
        store(one, client, 0, 1);
        store(other, client, 0, 1);
    }
    assert_memory_not_equal(one, other, size);
    unmake(one, 64);
    unmake(other, 64);
}

static void sizes_are_rounded_up(void **state)
{
    (void)state;
    assert_true(client_table_size(0) == client_table_size(8));
    assert_true(client_table_size(9) > client_table_size(8));
    assert_true(client_table_size(9) == client_table_size(16));
    assert_true(client_table_size(17) == client_table_size(32));
    /* what the header of rate_limiter says */
    assert_in_range(client_table_size(65536), 1500000, 1600000);
}

/* ---- forgetting ---------------------------------------------------------- */

static void the_one_unseen_for_the_longest_time_is_forgotten(void **state)
{
    struct client_table *table = make(8);

    (void)state;
    for (uint64_t client = 0; client < 8; client++)
        store(table, client, 10 + client, client);
    find(table, 0, 20); /* merely asked for: seen */
    store(table, 8, 21, 8);
    for (uint64_t client = 0; client <= 8; client++)
        if (client != 1)
            assert_int_equal(find(table, client, 22).value, client);
    assert_int_equal(find(table, 1, 23).is_known, 0);
    unmake(table, 8);
}

#define MODEL_CLIENTS 20

/* One set, and a model of it: who was seen when, what was stored. */
static void it_does_what_a_model_does(void **state)
{
    struct client_table *table = make(8);
    struct {
        int here;
        uint64_t seen_ms, value;
    } model[MODEL_CLIENTS] = {{0, 0, 0}};
    uint32_t seed = random_seed();
    int here = 0;

    (void)state;
    for (uint64_t now = 1; now < 20000; now++) {
        uint32_t client = random_next(&seed) % MODEL_CLIENTS;
        struct client_record r = find(table, client, now);

        assert_int_equal(r.is_known, model[client].here);
        if (r.is_known) {
            assert_true(r.value == model[client].value);
            assert_true(r.idle_ms == now - model[client].seen_ms);
        } else if (here < CLIENT_TABLE_WAYS) {
            here++;
        } else {
            int oldest = -1;

            for (int i = 0; i < MODEL_CLIENTS; i++)
                if (model[i].here &&
                    (oldest < 0 || model[i].seen_ms < model[oldest].seen_ms))
                    oldest = i;
            model[oldest].here = 0;
        }
        model[client].here = 1;
        model[client].seen_ms = now;
        model[client].value = random_next(&seed);
        assert_int_equal(client_table_store(&r, model[client].value), 1);
    }
    unmake(table, 8);
}

/* A million strangers: the memory is as large as before (behind it lies a page
 * without access), none of them needed more looks than the first one did. */
static void a_million_strangers_neither_grow_nor_slow_it(void **state)
{
    struct client_table *table = make(65536);

    (void)state;
    for (uint64_t client = 0; client < 1000000; client++)
        store(table, client * 2654435761u, client / 100, client);
    unmake(table, 65536);
}

/* One who is there all the time is not forgotten for strangers. */
static void who_keeps_coming_is_kept(void **state)
{
    struct client_table *table = make(1024);

    (void)state;
    store(table, 7, 0, 42);
    for (uint64_t now = 1; now < 100000; now++) {
        store(table, 1000 + now, now, 1);
        if (now % 100 == 0)
            assert_int_equal(find(table, 7, now).value, 42);
    }
    unmake(table, 1024);
}

/* What the header says of a table that is half full: 8 of 1,000 are lost. */
static void few_are_forgotten_while_half_of_it_is_free(void **state)
{
    struct client_table *table = make(65536);
    int known = 0;

    (void)state;
    for (uint64_t client = 0; client < 32768; client++)
        store(table, client << 8, client, 1);
    /* The newest first: looking for one who was forgotten pushes out another. */
    for (uint64_t client = 32768; client-- > 0;)
        known += find(table, client << 8, 40000).is_known;
    assert_in_range(known, 32768 * 985 / 1000, 32768 * 998 / 1000);
    unmake(table, 65536);
}

/* ---- one step of one process, and then another's -------------------------- */

/* All others are seen later than `client` and take the last place from it. */
static void push_out(struct client_table *table, uint64_t client,
                     uint64_t now_ms)
{
    for (uint64_t other = 1; other <= 8; other++)
        store(table, client + other, now_ms + other, other);
}

static void who_comes_second_must_look_again(void **state)
{
    struct client_table *table = make(8);
    struct client_record one = find(table, 7, 0), other = find(table, 7, 0);

    (void)state;
    assert_int_equal(client_table_store(&one, 1), 1);
    assert_int_equal(client_table_store(&other, 1), 0);
    one = find(table, 7, 0);
    other = find(table, 7, 0);
    assert_int_equal(client_table_store(&other, 2), 1);
    assert_int_equal(client_table_store(&one, 2), 0);
    assert_int_equal(find(table, 7, 0).value, 2);
    unmake(table, 8);
}

/* A slow process comes back when the place is another's: his is not touched. */
static void a_place_that_changed_hands_is_not_written_to(void **state)
{
    struct client_table *table = make(8);
    struct client_record slow;

    (void)state;
    store(table, 7, 0, 5);
    slow = find(table, 7, 0);
    push_out(table, 7, 1);
    assert_int_equal(client_table_store(&slow, 6), 0);
    for (uint64_t other = 1; other <= 8; other++)
        assert_int_equal(find(table, 7 + other, 10).value, other);
    unmake(table, 8);
}

/* A process was killed when it had a place but had stored nothing yet; before it
 * the place was another's. His value is not inherited. */
static void nobody_inherits(void **state)
{
    struct client_table *table = make(8);

    (void)state;
    for (uint64_t round = 0; round < 600; round++) { /* turns come round */
        uint64_t first = round * 100;

        push_out(table, first, first);
        assert_int_equal(find(table, first + 50, first + 50).is_known, 0);
        assert_int_equal(find(table, first + 50, first + 51).is_known, 0);
        store(table, first + 50, first + 52, 9);
        assert_int_equal(find(table, first + 50, first + 53).value, 9);
    }
    unmake(table, 8);
}

/* ---- two addresses -------------------------------------------------------- */

static void *map(int fd, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    assert_ptr_not_equal(at, MAP_FAILED);
    return at;
}

static void it_may_lie_at_two_addresses_at_once(void **state)
{
    char path[] = "/tmp/client_table.XXXXXX";
    size_t size = client_table_size(100);
    int fd = mkstemp(path);
    struct client_table *here, *there;

    (void)state;
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    here = client_table_init(map(fd, size), 100);
    there = map(fd, size);
    assert_ptr_not_equal(here, there);
    for (uint64_t client = 0; client < 50; client++) {
        store(client % 2 ? here : there, client, client, client + 1);
        assert_int_equal(
            find(client % 2 ? there : here, client, client).value,
            client + 1);
    }
    munmap(here, size);
    munmap(there, size);
    close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_was_stored_is_found),
        fixture_test(kinds_have_nothing_to_do_with_each_other),
        fixture_test(no_two_tables_are_alike),
        fixture_test(sizes_are_rounded_up),
        fixture_test(the_one_unseen_for_the_longest_time_is_forgotten),
        fixture_test(it_does_what_a_model_does),
        fixture_test(a_million_strangers_neither_grow_nor_slow_it),
        fixture_test(who_keeps_coming_is_kept),
        fixture_test(few_are_forgotten_while_half_of_it_is_free),
        fixture_test(who_comes_second_must_look_again),
        fixture_test(a_place_that_changed_hands_is_not_written_to),
        fixture_test(nobody_inherits),
        fixture_test(it_may_lie_at_two_addresses_at_once),
    };

    return fixture_run("client_table", tests);
}
