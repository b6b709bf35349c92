/* maglev_table: how large must the table of maglev.h be?
 *
 *     maglev_table            a line for each size
 *     maglev_table points     the same as points for tests/bench/svg.awk
 *
 * 50 backends, of which the third goes down. No dice are thrown: the figures are
 * the same each time. */

#include "log.h"
#include "maglev.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BACKENDS 50
#define GONE     2

static const char PROGRAM[] = "maglev_table";

static const int sizes[] = {101, 251, 1021, 4093, 16381, MAGLEV_SIZE_MAX};

struct shape {
    double needless; /* percent of the places that change and need not */
    double uneven;   /* percent that the fullest has above the mean */
    double looks;    /* to fill a place */
};

static void make_set(struct backend_set *set)
{
    char text[32];

    memset(set, 0, sizeof *set);
    for (int i = 0; i < BACKENDS; i++) {
        snprintf(text, sizeof text, "10.1.0.%d:80", i);
        backend_set_add(set, text, 0);
    }
}

/* A line of the table, or of both curves. */
static void print_shape(int size, const struct shape *s, int as_points)
{
    if (as_points)
        printf("%d needless percent %.3f\n%d uneven percent %.3f\n", size,
               s->needless, size, s->uneven);
    else
        printf("%8d %9.1f%% %9.1f%% %8.1f\n", size, s->needless, s->uneven,
               s->looks);
}

static struct shape shape_of(struct backend_set *set, int size)
{
    static int before[MAGLEV_SIZE_MAX], after[MAGLEV_SIZE_MAX];
    int places[BACKENDS] = {0}, fullest = 0, needless = 0;
    struct shape s;

    s.looks = (double)maglev_build(before, size, set) / size;
    set->backends[GONE].is_healthy = 0;
    maglev_build(after, size, set);
    set->backends[GONE].is_healthy = 1;
    for (int i = 0; i < size; i++) {
        needless += before[i] != GONE && before[i] != after[i];
        if (++places[before[i]] > fullest)
            fullest = places[before[i]];
    }
    s.uneven = 100.0 * (fullest * (double)BACKENDS / size - 1);
    s.needless = 100.0 * needless / size;
    return s;
}

int main(int argc, char *argv[])
{
    static struct backend_set set; /* static: too large for some stacks */
    int as_points = argc == 2 && strcmp(argv[1], "points") == 0;

    if (argc > 1 && !as_points) {
        fprintf(stderr, "usage: maglev_table [points]\n");
        return 2;
    }
    make_set(&set);
    if (!as_points)
        printf("%d backends, one goes down\n%8s %10s %10s %8s\n", BACKENDS,
               "places", "needless", "uneven", "looks");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shape s = shape_of(&set, sizes[i]);

        print_shape(sizes[i], &s, as_points);
    }
    if (fflush(stdout) == 0)
        return 0;
    log_error(PROGRAM, "write: %s", strerror(errno));
    return 1;
}
