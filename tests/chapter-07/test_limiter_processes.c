/* rate_limiter on memory that processes share: one limit for all of them, and
 * nobody waits for the dead. */
#include "fixture.h"

#include "atomic.h"
#include "deadline.h"
#include "failure.h"
#include "rate_limiter.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 4

static const RateLimitAlgorithm both[] = {RATE_LIMIT_TOKEN_BUCKET,
                                          RATE_LIMIT_SLIDING_WINDOW};

/* What the processes share beside the table. */
struct board {
    uint64_t go;            /* not before all are there */
    uint64_t arrived;       /* at a round */
    uint64_t now_ms;        /* the time of all */
    uint64_t passed[PROCESSES];
};

static struct board *board;
static struct client_table *table; /* the first of those there are */
static size_t mapped;
static int file;

static struct client_table *table_at(int i, size_t clients)
{
    return (struct client_table *)((char *)table +
                                   (size_t)i * client_table_size(clients));
}

/* A file without a name, mapped: the parent and its children see the same. */
static void share(int tables, size_t clients)
{
    char path[] = "/tmp/rate_limiter.XXXXXX";
    char *at;

    mapped = sizeof *board + (size_t)tables * client_table_size(clients);
    file = mkstemp(path);
    assert_true(file >= 0);
    unlink(path);
    assert_int_equal(ftruncate(file, (off_t)mapped), 0);
    at = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_ptr_not_equal(at, MAP_FAILED);
    board = (struct board *)at;
    table = (struct client_table *)(at + sizeof *board);
    for (int i = 0; i < tables; i++)
        assert_non_null(client_table_init(table_at(i, clients), clients));
}

static void unshare(void)
{
    munmap(board, mapped);
    close(file);
}

/* A child works on a mapping of its own, at another address. */
static void map_elsewhere(void)
{
    char *at = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    if (at == MAP_FAILED || at == (char *)board)
        _exit(3);
    munmap(board, mapped);
    board = (struct board *)at;
    table = (struct client_table *)(at + sizeof *board);
}

static pid_t start(int who, void (*work)(int who, rate_limiter_t *l),
                   RateLimitAlgorithm algorithm, double rate, double burst)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        rate_limiter_t *l;

        alarm((unsigned)deadline_left(deadline_in(100000)) / 1000);
        map_elsewhere();
        l = rate_limiter_create_on(table, algorithm, rate, burst);
        while (atomic_get(&board->go) == 0)
            ;
        work(who, l);
        rate_limiter_destroy(l);
        _exit(0);
    }
    return pid;
}

static void finish(pid_t pid, int expected)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    if ((expected == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) ||
        (expected != 0 && WTERMSIG(status) != expected))
        failure("a child ended with status %#x", (unsigned)status);
}

static void run_all(void (*work)(int who, rate_limiter_t *l),
                    RateLimitAlgorithm algorithm, double rate, double burst)
{
    pid_t pids[PROCESSES];

    for (int i = 0; i < PROCESSES; i++)
        pids[i] = start(i, work, algorithm, rate, burst);
    atomic_set(&board->go, 1);
    for (int i = 0; i < PROCESSES; i++)
        finish(pids[i], 0);
}

static uint64_t passed_in_all(void)
{
    uint64_t sum = 0;

    for (int i = 0; i < PROCESSES; i++)
        sum += board->passed[i];
    return sum;
}

/* ---- one limit ------------------------------------------------------------- */

static void ask_at_one_moment(int who, rate_limiter_t *l)
{
    for (int i = 0; i < 20000; i++)
        board->passed[who] += (uint64_t)rate_limiter_allow_at(l, "::1", 1000);
}

/* Whoever is first, second or at the same time: exactly the burst passes. */
static void together_they_get_one_burst(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++)
        for (int a = 0; a < 2; a++) {
            share(1, 64);
            run_all(ask_at_one_moment, both[a], 1, 5000);
            assert_int_equal(passed_in_all(), 5000);
            unshare();
        }
}

#define CLIENTS 8 /* no more than a set has places: nobody is pushed out */
#define ROUNDS  20000

/* Waits until all have come so far: what follows, they do at the same moment. */
static void meet(uint64_t round)
{
    uint64_t before;

    do
        before = atomic_get(&board->arrived);
    while (!atomic_replace(&board->arrived, before, before + 1));
    while (atomic_get(&board->arrived) < (round + 1) * PROCESSES)
        sched_yield();
}

/* A new table in each round. Two processes ask for the clients in the same order,
 * two begin with another one. */
static void ask_for_each(int who, rate_limiter_t *first)
{
    (void)first;
    for (int round = 0; round < ROUNDS; round++) {
        rate_limiter_t *l =
            rate_limiter_create_on(table_at(round, CLIENTS), both[round % 2], 1,
                                   9);

        meet((uint64_t)round);
        for (int i = 0; i < 4 * CLIENTS; i++) {
            char ip[32];

            snprintf(ip, sizeof ip, "10.0.0.%d", (i + who / 2) % CLIENTS);
            for (int n = 0; n < 3; n++)
                board->passed[who] +=
                    (uint64_t)rate_limiter_allow_at(l, ip, 1000);
        }
        rate_limiter_destroy(l);
    }
}

/* They come for the same places at the same moment: nobody loses what has been
 * counted, nobody gets two places. */
static void newcomers_do_not_get_in_each_others_way(void **state)
{
    (void)state;
    share(ROUNDS, CLIENTS);
    run_all(ask_for_each, both[0], 1, 9);
    assert_int_equal(passed_in_all(), ROUNDS * 9 * CLIENTS);
    unshare();
}

/* All push the same clock on, so none of them is ahead of it or behind it for
 * long; each asks at the time that it has read. */
static void ask_while_time_goes_on(int who, rate_limiter_t *l)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t now = atomic_get(&board->now_ms);

        board->passed[who] += (uint64_t)rate_limiter_allow_at(l, "::1", now);
        if (i % 8 == 0)
            atomic_replace(&board->now_ms, now, now + 1);
    }
}

static void together_they_get_one_rate(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        double most;

        share(1, 64);
        run_all(ask_while_time_goes_on, both[a], 500, 50);
        most = 500 * (double)board->now_ms / 1000 + 50;
        assert_true(board->now_ms > 100);
        assert_true((double)passed_in_all() <= most);
        assert_true((double)passed_in_all() >= most / 2);
        unshare();
    }
}

/* Many clients on few places, so that all the time somebody is pushed out: the
 * table stays usable, whatever the processes do to each other's places. */
static void ask_for_many(int who, rate_limiter_t *l)
{
    uint32_t seed = 1 + (uint32_t)who;

    for (int i = 0; i < 30000; i++) {
        char ip[32];

        snprintf(ip, sizeof ip, "10.0.0.%u", random_next(&seed) % 40);
        rate_limiter_allow_at(l, ip, (uint64_t)i);
    }
}

static void a_struggle_for_places_ends(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        rate_limiter_t *l;
        uint64_t passed = 0;

        share(1, 16);
        run_all(ask_for_many, both[a], 10, 10);
        l = rate_limiter_create_on(table, both[a], 10, 10);
        for (int i = 0; i < 100; i++)
            passed += (uint64_t)rate_limiter_allow_at(l, "10.1.1.1", 100000);
        assert_int_equal(passed, 10);
        rate_limiter_destroy(l);
        unshare();
    }
}

/* ---- the dead --------------------------------------------------------------- */

static void ask_until_killed(int who, rate_limiter_t *l)
{
    uint32_t seed = 7;

    for (;;) {
        char ip[32];

        /* New clients mean claims; one known client means swaps. */
        snprintf(ip, sizeof ip, "10.0.0.%u", random_next(&seed) % 16);
        rate_limiter_allow_at(l, ip, 1000);
        if (rate_limiter_allow_at(l, "::1", 1000))
            atomic_set(&board->passed[who], board->passed[who] + 1);
    }
}

/* Killed at any instruction, many times: those who live go on at once, and what
 * the dead had has been counted. One request may have been counted that the dead
 * could not tell about any more. */
static void who_is_killed_holds_up_nobody(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 60; round++) {
        rate_limiter_t *l;
        uint64_t passed = 0;
        pid_t pid;

        share(1, 32);
        pid = start(0, ask_until_killed, both[round % 2], 1, 100000);
        atomic_set(&board->go, 1);
        /* Somewhere in its work; not at the same place each time. */
        while (atomic_get(&board->passed[0]) < random_next(&seed) % 3000)
            ;
        kill(pid, SIGKILL);
        finish(pid, SIGKILL);
        l = rate_limiter_create_on(table, both[round % 2], 1, 100000);
        for (int i = 0; i < 100001; i++)
            passed += (uint64_t)rate_limiter_allow_at(l, "::1", 1000);
        passed += board->passed[0];
        assert_in_range(passed, 99999, 100000);
        rate_limiter_destroy(l);
        unshare();
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(together_they_get_one_burst),
        fixture_test(newcomers_do_not_get_in_each_others_way),
        fixture_test(together_they_get_one_rate),
        fixture_test(a_struggle_for_places_ends),
        fixture_test(who_is_killed_holds_up_nobody),
    };

    return fixture_run("rate_limiter in several processes", tests);
}
