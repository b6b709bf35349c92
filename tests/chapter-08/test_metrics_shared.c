/* metrics in memory that several processes share, at different addresses. */
#include "fixture.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "metrics.h"
#include "metrics_region.h"

#define ROWS  5
#define TIMES 20000

/* The same memory at two addresses. */
static void *first, *second;

static void *map_file(int fd)
{
    void *at = mmap(NULL, metrics_memory(ROWS), PROT_READ | PROT_WRITE,
                    MAP_SHARED, fd, 0);

    assert_ptr_not_equal(at, MAP_FAILED);
    return at;
}

static int begin(void **state)
{
    char name[] = "/tmp/lb-metrics-XXXXXX";
    int fd;

    fixture_setup(state);
    fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(ftruncate(fd, (off_t)metrics_memory(ROWS)), 0);
    first = map_file(fd);
    second = map_file(fd);
    close(fd);
    return 0;
}

static int end(void **state)
{
    munmap(first, metrics_memory(ROWS));
    munmap(second, metrics_memory(ROWS));
    return fixture_teardown(state);
}

#define shared_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static uint64_t count_of(metrics_t *m, const char *name, const char *labels)
{
    metrics_gather(m);
    return metrics_count(m, metrics_series(m, name, labels));
}

static void the_memory_may_lie_anywhere(void **state)
{
    metrics_t *a = metrics_place(first, ROWS), *b = metrics_attach(second, 1);
    struct text one = {0}, other = {0};
    metric_t series;

    (void)state;
    metrics_counter_inc(a, "n_total", "x=\"1\"");
    series = metrics_series(a, "n_total", "x=\"1\"");
    assert_int_equal(metrics_series(b, "n_total", "x=\"1\""), series);
    metrics_add(b, series, 10);
    metrics_histogram_observe(b, "h", 0.2, NULL);
    metrics_gauge_set(a, "g", 1.5, NULL);
    metrics_gauge_set(b, "g", 2, NULL);
    assert_int_equal(count_of(a, "n_total", "x=\"1\""), 11);
    metrics_render(a, &one);
    metrics_render(b, &other);
    assert_int_equal(one.len, other.len);
    assert_memory_equal(one.at, other.at, one.len);
    text_add(&one, "", 1);
    assert_non_null(strstr(one.at, "\ng 3.5\n")); /* a sum, too */
    text_free(&one);
    text_free(&other);
    metrics_destroy(a);
    metrics_destroy(b);
}

static void a_row_that_is_not_there_is_refused(void **state)
{
    metrics_t *m;

    (void)state;
    assert_null(metrics_attach(first, 0)); /* nothing was placed yet */
    assert_int_equal(errno, EINVAL);
    assert_null(metrics_place(first, 0));
    assert_null(metrics_place(first, METRICS_ROWS_MAX + 1));
    m = metrics_place(first, ROWS);
    assert_non_null(m);
    assert_null(metrics_attach(first, ROWS));
    assert_null(metrics_attach(first, -1));
    assert_int_equal(metrics_use_row(m, ROWS), -1);
    assert_int_equal(metrics_use_row(m, ROWS - 1), 0);
    metrics_destroy(m);
}

/* ---- processes ----------------------------------------------------------- */

/* What a worker does: the same series as all others, and some of its own. */
static void work(metrics_t *m, int row)
{
    char labels[32];
    metric_t common;

    metrics_use_row(m, row);
    common = metrics_series(m, "common_total", NULL);
    for (int i = 0; i < TIMES; i++) {
        metrics_add(m, common, 1);
        snprintf(labels, sizeof labels, "n=\"%d\"", i % 97);
        metrics_counter_inc(m, "made_total", labels); /* they race to make it */
        metrics_histogram_observe(m, "took", 0.5, NULL);
    }
}

/* The end of a process that was forked: with nothing lost, says valgrind. */
static void leave(metrics_t *m, int status)
{
    metrics_destroy(m);
    _exit(status);
}

static pid_t start(metrics_t *m, int row)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        work(m, row);
        leave(m, 0);
    }
    return pid;
}

static void join(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void expect_sums(metrics_t *m, uint64_t times)
{
    struct histogram h;
    uint64_t made = 0;
    char labels[32];

    assert_int_equal(count_of(m, "common_total", NULL), times);
    for (int i = 0; i < 97; i++) {
        snprintf(labels, sizeof labels, "n=\"%d\"", i);
        made += count_of(m, "made_total", labels);
    }
    assert_int_equal(made, times);
    metrics_histogram(m, metrics_series(m, "took", NULL), &h);
    assert_int_equal(histogram_count(&h), times);
    assert_true(fabs(h.sum - 0.5 * (double)times) < 1e-6);
    assert_int_equal(metrics_count(m, 0), 0); /* nothing was lost */
}

static void processes_count_at_the_same_time(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    pid_t pids[ROWS];

    (void)state;
    metrics_describe(m, METRICS_COUNTER, "common_total", "All.", NULL, 0);
    metrics_describe(m, METRICS_COUNTER, "made_total", "Made.", NULL, 0);
    for (int row = 1; row < ROWS; row++)
        pids[row] = start(m, row);
    work(m, 0);
    for (int row = 1; row < ROWS; row++)
        join(pids[row]);
    expect_sums(m, ROWS * TIMES);
    metrics_destroy(m);
}

static void who_reads_meanwhile_sees_counters_go_up_only(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    uint64_t before = 0, now = 0, wanted = 3 * TIMES;
    deadline_t deadline = deadline_in(60000);
    pid_t pid = 0;

    (void)state;
    metrics_describe(m, METRICS_COUNTER, "common_total", "All.", NULL, 0);
    /* One worker after the other in the same row: each is folded. */
    for (int i = 0; i < 3; i++) {
        int status, ended = 0;

        pid = start(m, 1);
        while (!ended) {
            assert_true(deadline_left(deadline) > 0);
            ended = waitpid(pid, &status, WNOHANG) == pid;
            if (ended)
                metrics_fold_row(m, 1);
            now = count_of(m, "common_total", NULL);
            assert_true(now >= before);
            before = now;
        }
    }
    assert_int_equal(now, wanted);
    expect_sums(m, wanted);
    metrics_destroy(m);
}

/* Reads until the other end of the pipe is closed; exits 1 if a counter has gone
 * down. */
static void watch_it(metrics_t *m, int until)
{
    struct pollfd on = {until, POLLIN, 0};
    uint64_t before = 0, now;

    do {
        now = count_of(m, "n_total", NULL);
        if (now < before)
            leave(m, 1);
        before = now;
    } while (poll(&on, 1, 0) == 0);
    leave(m, 0);
}

static void who_reads_while_rows_are_folded_misses_nothing(void **state)
{
    metrics_t *m = metrics_place(first, ROWS), *worker;
    int ends[2];
    pid_t pid;

    (void)state;
    metrics_counter_inc(m, "n_total", NULL);
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[1]);
        watch_it(m, ends[0]);
    }
    close(ends[0]);
    worker = metrics_attach(first, 1);
    for (int i = 0; i < 50000; i++) {
        metrics_counter_inc(worker, "n_total", NULL);
        metrics_fold_row(m, 1);
    }
    close(ends[1]);
    join(pid);
    assert_int_equal(count_of(m, "n_total", NULL), 50001);
    metrics_destroy(worker);
    metrics_destroy(m);
}

/* 0.1 + 0.2 + 0.3 is more than 0.3 + 0.2 + 0.1, to a machine: by the last bit. */
static void a_fold_takes_nothing_from_a_sum(void **state)
{
    static const double values[] = {0.1, 0.2, 0.3};
    metrics_t *m = metrics_place(first, ROWS), *row;
    struct histogram before, after;
    metric_t series;

    (void)state;
    for (int i = 0; i < 3; i++) {
        row = metrics_attach(second, i + 1);
        metrics_histogram_observe(row, "h", values[i], NULL);
        metrics_destroy(row);
    }
    series = metrics_series(m, "h", NULL);
    metrics_gather(m);
    metrics_histogram(m, series, &before);
    metrics_fold_row(m, 3);
    metrics_fold_row(m, 2);
    metrics_gather(m);
    metrics_histogram(m, series, &after);
    assert_true(after.sum >= before.sum);
    metrics_histogram_observe(m, "h", 1, NULL); /* it does not stand still */
    metrics_gather(m);
    metrics_histogram(m, series, &after);
    assert_true(after.sum > 1.5);
    metrics_destroy(m);
}

/* In the middle of a fold: the number has left its row and is not in row 0 yet. */
static void who_reads_in_the_middle_of_a_fold_waits_for_its_end(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    struct metrics_region *region = first;
    pid_t pid;

    (void)state;
    metrics_counter_inc(m, "n_total", NULL);
    region->folding = 1;
    metrics_row(region, 0)[1] = 0;
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        atomic_set(&metrics_row(region, 0)[1], 1);
        atomic_replace(&region->folding, 1, 2);
        leave(m, 0);
    }
    assert_int_equal(count_of(m, "n_total", NULL), 1);
    join(pid);
    metrics_destroy(m);
}

/* ---- making the same series at the same time -------------------------------- */

#define MADE 1500

static void make_many(metrics_t *m, int row, int gate)
{
    char labels[32];
    struct pollfd on = {gate, POLLIN, 0};

    metrics_use_row(m, row);
    poll(&on, 1, -1); /* all begin when the other end is closed */
    for (int i = 0; i < MADE; i++) {
        snprintf(labels, sizeof labels, "n=\"%d\"", i);
        metrics_counter_inc(m, "made_total", labels);
    }
    leave(m, 0);
}

static void each_series_is_made_once(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    struct metrics_region *region = first;
    pid_t pids[ROWS];
    int ends[2];

    (void)state;
    metrics_describe(m, METRICS_COUNTER, "made_total", "Made.", NULL, 0);
    assert_int_equal(pipe(ends), 0);
    for (int row = 1; row < ROWS; row++) {
        pids[row] = fork();
        assert_true(pids[row] >= 0);
        if (pids[row] == 0) {
            close(ends[1]);
            make_many(m, row, ends[0]);
        }
    }
    close(ends[0]);
    close(ends[1]);
    for (int row = 1; row < ROWS; row++)
        join(pids[row]);
    assert_int_equal(region->series, 1 + MADE);
    metrics_gather(m);
    assert_int_equal(metrics_count(m, 0), 0);
    metrics_destroy(m);
}

static void a_worker_that_ended_has_no_gauges_any_more(void **state)
{
    metrics_t *m = metrics_place(first, ROWS), *worker;
    struct histogram h;

    (void)state;
    worker = metrics_attach(first, 3);
    metrics_gauge_set(worker, "active", 7, NULL);
    metrics_gauge_set(m, "active", 1, NULL);
    metrics_counter_inc(worker, "n_total", NULL);
    metrics_histogram_observe(worker, "took", 0.25, NULL);
    metrics_fold_row(m, 3);
    metrics_gather(m);
    assert_true(metrics_value(m, metrics_series(m, "active", NULL)) == 1);
    assert_int_equal(count_of(m, "n_total", NULL), 1);
    metrics_histogram(m, metrics_series(m, "took", NULL), &h);
    assert_true(h.sum == 0.25 && histogram_count(&h) == 1);
    metrics_fold_row(m, 3); /* once more: nothing is there any more */
    assert_int_equal(count_of(m, "n_total", NULL), 1);
    metrics_fold_row(m, 0);
    metrics_fold_row(m, ROWS);
    metrics_fold_row(worker, 0); /* that is for the process of row 0 */
    assert_int_equal(count_of(m, "n_total", NULL), 1);
    metrics_destroy(worker);
    metrics_destroy(m);
}

static void who_died_with_the_lock_is_no_obstacle_for_ever(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    struct metrics_region *region = first;

    (void)state;
    metrics_counter_inc(m, "old_total", NULL);
    region->lock = 3; /* the process of row 2 was killed while it held it */
    metrics_counter_inc(m, "new_total", NULL);
    metrics_gather(m);
    assert_int_equal(metrics_count(m, 0), 1); /* lost, but not stuck */
    metrics_counter_inc(m, "old_total", NULL);
    assert_int_equal(count_of(m, "old_total", NULL), 2);
    metrics_fold_row(m, 1); /* somebody else's end */
    assert_int_equal(region->lock, 3);
    metrics_fold_row(m, 2);
    metrics_counter_inc(m, "new_total", NULL);
    assert_int_equal(count_of(m, "new_total", NULL), 1);
    metrics_destroy(m);
}

static void who_died_before_the_last_step_leaves_no_double(void **state)
{
    metrics_t *m = metrics_place(first, ROWS);
    struct metrics_region *region = first;
    metric_t made;

    (void)state;
    metrics_counter_inc(m, "n_total", "a=\"1\"");
    made = metrics_series(m, "n_total", "a=\"1\"");
    memset(region->hashed, 0, sizeof region->hashed); /* not findable yet */
    region->lock = 3;
    metrics_fold_row(m, 2);
    assert_int_equal(metrics_series(m, "n_total", "a=\"1\""), made);
    assert_int_equal(region->series, 2);
    metrics_destroy(m);
}

static void rows_do_not_share_a_cache_line(void **state)
{
    (void)state;
    assert_int_equal((uintptr_t)metrics_row(first, 0) % 64,
                     (uintptr_t)first % 64);
    assert_int_equal((metrics_row(first, 1) - metrics_row(first, 0)) * 8 % 64,
                     0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        shared_test(the_memory_may_lie_anywhere),
        shared_test(a_row_that_is_not_there_is_refused),
        shared_test(processes_count_at_the_same_time),
        shared_test(who_reads_meanwhile_sees_counters_go_up_only),
        shared_test(who_reads_while_rows_are_folded_misses_nothing),
        shared_test(a_fold_takes_nothing_from_a_sum),
        shared_test(who_reads_in_the_middle_of_a_fold_waits_for_its_end),
        shared_test(each_series_is_made_once),
        shared_test(a_worker_that_ended_has_no_gauges_any_more),
        shared_test(who_died_with_the_lock_is_no_obstacle_for_ever),
        shared_test(who_died_before_the_last_step_leaves_no_double),
        shared_test(rows_do_not_share_a_cache_line),
    };

    return fixture_run("metrics_shared", tests);
}
