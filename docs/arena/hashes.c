/* hashes: what three ways to hash do when one of the backends leaves.
 *
 *     hashes            two tables
 *     hashes points     the second as points for tests/bench/svg.awk
 *
 * ip_hash and consistent_hash are those of lb; maglev.h is the third. No dice
 * are thrown: the figures are the same each time. */

#include "balance_more.h"
#include "log.h"
#include "maglev.h"

#include <stdio.h>
#include <string.h>

#define KEYS      20000
#define TABLE     65537 /* places, as in the paper */
#define BACKENDS  50    /* of the second table */
#define KEY_TEXT  32

static const char PROGRAM[] = "hashes";

struct view { /* what a balancer has */
    struct backend_set set;
    int table[TABLE];
};

/* `count` backends without number `without` (-1: all of them). */
static void make_view(struct view *v, int count, int without, int size)
{
    memset(v, 0, sizeof *v);
    for (int i = 0; i < count; i++) {
        char text[KEY_TEXT];

        snprintf(text, sizeof text, "10.1.0.%d:80", i);
        if (i != without)
            backend_set_add(&v->set, text, 0);
    }
    maglev_build(v->table, size, &v->set);
}

/* ---- keys --------------------------------------------------------------- */

typedef const struct backend *(*picker)(struct view *v, const char *key);

static const struct backend_mask nobody_tried;

static const struct backend *by_ip_hash(struct view *v, const char *key)
{
    return select_ip_hash(&v->set, key, &nobody_tried);
}

static const struct backend *by_consistent_hash(struct view *v, const char *key)
{
    return select_backend(balance_more_find("consistent_hash"), &v->set, key,
                          &nobody_tried);
}

static const struct backend *by_maglev(struct view *v, const char *key)
{
    return &v->set.backends[maglev_pick(v->table, TABLE, key)];
}

struct moves {
    int homeless; /* their backend has left */
    int needless; /* it has not, and they move */
    int fullest;  /* keys of the backend that has most, before */
};

static struct moves count_moves(picker pick, struct view *before,
                                struct view *after, const char *gone)
{
    struct moves m = {0, 0, 0};
    int keys[MAX_BACKENDS] = {0};

    for (int i = 0; i < KEYS; i++) {
        const struct backend *old, *new;
        char key[KEY_TEXT];

        snprintf(key, sizeof key, "172.16.%d.%d", i / 250, i % 250 + 1);
        old = pick(before, key);
        new = pick(after, key);
        if (strcmp(old->name, gone) == 0)
            m.homeless++;
        else
            m.needless += strcmp(old->name, new->name) != 0;
        if (++keys[old - before->set.backends] > m.fullest)
            m.fullest = keys[old - before->set.backends];
    }
    return m;
}

static void print_moves(int count)
{
    static const struct {
        const char *name;
        picker pick;
    } ways[] = {{"ip_hash", by_ip_hash},
                {"consistent_hash", by_consistent_hash},
                {"maglev", by_maglev}};
    static struct view before, after; /* static: too large for some stacks */
    const char *gone = "10.1.0.2:80";

    make_view(&before, count, -1, TABLE);
    make_view(&after, count, 2, TABLE);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct moves m = count_moves(ways[i].pick, &before, &after, gone);

        printf("%8d  %-16s %8d %9d %9.2f\n", count, ways[i].name, m.homeless,
               m.needless, m.fullest * (double)count / KEYS);
    }
}

/* ---- the table of maglev itself ----------------------------------------- */

struct shape {
    double uneven;   /* percent that the fullest has above the mean */
    double needless; /* percent of the places that change needlessly */
    double looks;    /* to fill a place */
};

static struct shape shape_of(int size)
{
    static struct view before, after; /* static: too large for some stacks */
    int places[BACKENDS] = {0}, fullest = 0, needless = 0;
    struct shape s;

    make_view(&before, BACKENDS, -1, size);
    make_view(&after, BACKENDS, -1, size);
    after.set.backends[2].is_healthy = 0;
    maglev_build(after.table, size, &after.set);
    for (int i = 0; i < size; i++) {
        needless += before.table[i] != 2 && before.table[i] != after.table[i];
        if (++places[before.table[i]] > fullest)
            fullest = places[before.table[i]];
    }
    s.uneven = 100.0 * (fullest * (double)BACKENDS / size - 1);
    s.needless = 100.0 * needless / size;
    s.looks = (double)maglev_build(before.table, size, &before.set) / size;
    return s;
}

static void print_shapes(int as_points)
{
    static const int sizes[] = {101, 251, 1021, 4093, 16381, TABLE};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shape s = shape_of(sizes[i]);

        if (as_points)
            printf("%d needless percent %.3f\n%d uneven percent %.3f\n",
                   sizes[i], s.needless, sizes[i], s.uneven);
        else
            printf("%8d %9.1f%% %9.1f%% %8.1f\n", sizes[i], s.needless,
                   s.uneven, s.looks);
    }
}

int main(int argc, char *argv[])
{
    int as_points = argc == 2 && strcmp(argv[1], "points") == 0;

    if (argc > 1 && !as_points) {
        fprintf(stderr, "usage: hashes [points]\n");
        return 2;
    }
    if (!as_points) {
        printf("%d keys, one backend leaves\n", KEYS);
        printf("%8s  %-16s %8s %9s %9s\n", "backends", "", "homeless",
               "needless", "fullest");
        print_moves(5);
        print_moves(50);
        print_moves(250);
        printf("\nmaglev, %d backends, one leaves\n", BACKENDS);
        printf("%8s %10s %10s %8s\n", "places", "needless", "uneven", "looks");
    }
    print_shapes(as_points);
    if (fflush(stdout) == 0)
        return 0;
    log_error(PROGRAM, "write failed");
    return 1;
}
