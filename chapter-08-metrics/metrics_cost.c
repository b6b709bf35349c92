/* metrics_cost: an experiment. What does it cost to count?
 *
 * Each way is done for a tenth of a second, and the best of ten tenths is told:
 * what else the machine does can only make it slower. Then two processes count at
 * the same time: each in a row of its own, as metrics.h does it; both in one cell,
 * by an atomic addition; and in two cells that lie side by side. */

#include "metrics_filter.h"

#include "atomic.h"
#include "clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS   10
#define ROUND_US 100000
#define BATCH    1000
#define PAGE     4096

struct bench {
    metrics_t *m;
    metric_t counter, histogram;
    struct filter filter;
    struct exchange x;
    uint64_t *cell;
};

/* ---- the ways ----------------------------------------------------------- */

static void by_handle(struct bench *b)
{
    metrics_add(b->m, b->counter, 1);
}

static void by_name(struct bench *b)
{
    metrics_counter_inc(b->m, "jobs_total", "kind=\"a\",size=\"small\"");
}

static void by_name_in_disorder(struct bench *b)
{
    metrics_counter_inc(b->m, "jobs_total", "size=\"small\", kind=\"a\"");
}

static void observe(struct bench *b)
{
    metrics_observe(b->m, b->histogram, 0.0007);
}

static void observe_slow(struct bench *b)
{
    metrics_observe(b->m, b->histogram, 3);
}

static void whole_request(struct bench *b)
{
    b->filter.finish(b->filter.self, &b->x);
}

static void plain(struct bench *b)
{
    atomic_set(b->cell, *b->cell + 1);
}

static void locked(struct bench *b)
{
    __sync_fetch_and_add(b->cell, 1);
}

/* ---- measuring ---------------------------------------------------------- */

/* Nanoseconds of one, in the best round. */
static double cost(struct bench *b, void (*way)(struct bench *b))
{
    double best = 1e9;

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t began_us = clock_now_us(), took_us;
        double times = 0;

        do {
            for (int j = 0; j < BATCH; j++)
                way(b);
            times += BATCH;
            took_us = clock_now_us() - began_us;
        } while (took_us < ROUND_US);
        if ((double)took_us * 1000 / times < best)
            best = (double)took_us * 1000 / times;
    }
    return best;
}

static void tell(struct bench *b, const char *what,
                 void (*way)(struct bench *b))
{
    printf("%-44s %6.1f ns\n", what, cost(b, way));
    fflush(stdout);
}

/* The same while another process does it, too, in its own cell or in ours. */
static void tell_of_two(struct bench *b, uint64_t *other, const char *what,
                        void (*way)(struct bench *b))
{
    pid_t pid = fork();

    if (pid == 0) {
        b->cell = other;
        alarm(60); /* should its parent be killed */
        for (;;)
            way(b);
    }
    tell(b, what, way);
    if (pid > 0 && kill(pid, SIGKILL) == 0)
        waitpid(pid, NULL, 0);
}

/* ---- the program -------------------------------------------------------- */

/* A page that we have in common with whom we fork; MAP_FAILED, errno. */
static void *shared_page(void)
{
    FILE *file = tmpfile();
    void *page = MAP_FAILED;

    if (file == NULL)
        return MAP_FAILED;
    if (ftruncate(fileno(file), PAGE) == 0)
        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
                    fileno(file), 0);
    fclose(file);
    return page;
}

static int prepare(struct bench *b)
{
    static struct metrics_filter filter;
    static struct backend_set set;

    b->m = metrics_create();
    if (b->m == NULL || backend_set_add(&set, "127.0.0.1:9001", 0) != NULL ||
        metrics_filter_init(&filter, b->m, &set, "metrics_cost") != 0)
        return -1;
    by_name(b); /* makes the series */
    b->counter = metrics_series(b->m, "jobs_total",
                                "kind=\"a\",size=\"small\"");
    b->histogram = filter.of[0].duration;
    b->filter = metrics_filter_seam(&filter);
    b->x = (struct exchange){.backend = &set.backends[0], .status = 200,
                             .tries = 1, .reused = 1, .took_us = 700};
    b->cell = shared_page();
    return b->cell == MAP_FAILED ? -1 : 0;
}

int main(void)
{
    struct bench b;

    if (prepare(&b) != 0) {
        fprintf(stderr, "metrics_cost: prepare: %s\n", strerror(errno));
        return 1;
    }
    tell(&b, "a counter, by handle", by_handle);
    tell(&b, "a counter, by name", by_name);
    tell(&b, "... with its labels in another order", by_name_in_disorder);
    tell(&b, "a histogram, 0.7 ms", observe);
    tell(&b, "a histogram, 3 s", observe_slow);
    tell(&b, "a whole request, all its metrics", whole_request);
    printf("and while another process counts, too:\n");
    tell(&b, "alone", plain);
    tell_of_two(&b, b.cell + 64, "each in a row of its own", plain);
    tell_of_two(&b, b.cell + 1, "in two cells side by side", plain);
    tell_of_two(&b, b.cell, "in one cell, atomically", locked);
    metrics_destroy(b.m);
    return 0;
}
