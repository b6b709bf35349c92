/* who_moves: an experiment with algorithms, without a network.
 *
 * First: of so many clients, how many get another backend when one of five is
 * down, is taken off the list, or comes? With ip_hash (chapter 3) and
 * consistent_hash.
 *
 * Second: several workers pick backends by their load, and know only their own
 * requests, or those of all as they were a moment ago. How long is the longest
 * queue? The dice fall the same each time, and so do the figures. */

#include "balance_more.h"

#include <stdio.h>
#include <string.h>

#define CLIENTS  10000
#define BACKENDS 5

static const struct backend_mask nobody_tried;

/* `count` backends that are up, but not number `without` (-1: all of them). */
static void make_set(struct backend_set *set, int count, int without)
{
    memset(set, 0, sizeof *set);
    for (int i = 0; i < count; i++) {
        struct backend *b = &set->backends[set->num_backends];

        if (i == without)
            continue;
        snprintf(b->name, sizeof b->name, "10.0.0.%d:80", i + 1);
        b->weight = b->is_healthy = 1;
        set->num_backends++;
    }
}

/* ---- who moves ------------------------------------------------------------
 */

struct moves {
    int moved, needless; /* of these: from and to backends of both lists */
    int fullest;         /* clients of the backend that has most, afterwards */
};

static const char *home_of(const struct balance *how, struct backend_set *set,
                           int client)
{
    char ip[NET_IP_TEXT];

    snprintf(ip, sizeof ip, "172.16.%d.%d", client / 250, client % 250 + 1);
    return select_backend(how, set, ip, &nobody_tried)->name;
}

static int is_usable(const struct backend_set *set, const char *name)
{
    for (int i = 0; i < set->num_backends; i++)
        if (strcmp(set->backends[i].name, name) == 0)
            return set->backends[i].is_healthy;
    return 0;
}

static void count_one(struct moves *m, const struct backend_set *before,
                      struct backend_set *after, const char *old,
                      const char *new)
{
    if (strcmp(old, new) != 0) {
        m->moved++;
        m->needless += is_usable(after, old) && is_usable(before, new);
    }
    for (int i = 0; i < after->num_backends; i++) {
        struct backend *b = &after->backends[i];

        if (strcmp(b->name, new) == 0 && ++b->active_connections > m->fullest)
            m->fullest = b->active_connections;
    }
}

static struct moves compare(const struct balance *how,
                            struct backend_set *before,
                            struct backend_set *after)
{
    struct moves m = {0, 0, 0};

    for (int client = 0; client < CLIENTS; client++)
        count_one(&m, before, after, home_of(how, before, client),
                  home_of(how, after, client));
    return m;
}

static void report(const char *what, const char *algorithm,
                   struct backend_set *after)
{
    static struct backend_set before; /* static: too large for some stacks */
    struct moves m;

    make_set(&before, BACKENDS, -1);
    m = compare(balance_more_find(algorithm), &before, after);
    printf("%-18s %-17s %6d %9d %9d\n", what, algorithm, m.moved, m.needless,
           m.fullest);
}

static void moves_of(const char *algorithm)
{
    static struct backend_set after;

    make_set(&after, BACKENDS, -1);
    after.backends[2].is_healthy = 0;
    report("the third is down", algorithm, &after);
    make_set(&after, BACKENDS, 2);
    report("it leaves the list", algorithm, &after);
    make_set(&after, BACKENDS + 1, -1);
    report("a sixth one comes", algorithm, &after);
}

/* ---- how long queues get --------------------------------------------------
 */

#define WORKERS 16
#define QUEUES  20   /* backends */
#define TURNS   5000 /* in each, every worker gets a request */
#define STAY    20   /* turns that a request takes: 1 to so many */

struct crowd {
    struct backend_set
        sees[WORKERS]; /* what each does, and knows of the others */
    int leaving[STAY + 1][WORKERS][QUEUES]; /* when requests will be answered */
    uint32_t dice;
};

static int throw_dice(struct crowd *c)
{
    c->dice = c->dice * 1664525u + 1013904223u;
    return (int)(c->dice >> 16);
}

static int length(const struct crowd *c, int queue)
{
    int all = 0;

    for (int w = 0; w < WORKERS; w++)
        all += c->sees[w].backends[queue].active_connections;
    return all;
}

static void crowd_open(struct crowd *c)
{
    memset(c, 0, sizeof *c);
    for (int w = 0; w < WORKERS; w++) {
        make_set(&c->sees[w], QUEUES, -1);
        c->sees[w].dice = (uint64_t)w;
        c->sees[w].current_index = throw_dice(c) % QUEUES;
    }
}

/* All look at the same moment ... */
static void look_at_others(struct crowd *c)
{
    for (int queue = 0; queue < QUEUES; queue++) {
        int all = length(c, queue);

        for (int w = 0; w < WORKERS; w++) {
            struct backend *b = &c->sees[w].backends[queue];

            b->active_elsewhere = all - b->active_connections;
        }
    }
}

/* ... and give away what has come, without looking again. */
static void give_away(struct crowd *c, const struct balance *how, int turn)
{
    for (int w = 0; w < WORKERS; w++) {
        struct backend_set *set = &c->sees[w];
        struct backend *b = select_backend(how, set, "", &nobody_tried);
        int until = turn + 1 + throw_dice(c) % STAY;

        b->active_connections++;
        c->leaving[until % (STAY + 1)][w][b - set->backends]++;
    }
}

static void answer(struct crowd *c, int turn)
{
    for (int w = 0; w < WORKERS; w++)
        for (int queue = 0; queue < QUEUES; queue++) {
            int *leaving = &c->leaving[turn % (STAY + 1)][w][queue];

            c->sees[w].backends[queue].active_connections -= *leaving;
            *leaving = 0;
        }
}

static int longest(const struct crowd *c)
{
    int longest = 0;

    for (int queue = 0; queue < QUEUES; queue++)
        if (length(c, queue) > longest)
            longest = length(c, queue);
    return longest;
}

static void queues_of(const char *algorithm, int knows_others)
{
    static struct crowd c; /* static: too large for some stacks */
    long sum = 0;

    crowd_open(&c);
    for (int turn = 0; turn < TURNS; turn++) {
        answer(&c, turn);
        if (knows_others)
            look_at_others(&c);
        give_away(&c, balance_more_find(algorithm), turn);
        sum += longest(&c);
    }
    printf("%-19s %-13s %5.1f\n", algorithm,
           knows_others ? "all, late" : "only its own", (double)sum / TURNS);
}

int main(void)
{
    printf("%d clients, %d backends\n", CLIENTS, BACKENDS);
    printf("%-18s %-17s %6s %9s %9s\n", "", "", "moved", "needless", "fullest");
    moves_of("ip_hash");
    moves_of("consistent_hash");
    printf("\n%d workers, %d backends, %.1f requests at each on average\n",
           WORKERS, QUEUES, WORKERS * (1 + STAY) / 2.0 / QUEUES);
    printf("%-19s %-13s longest queue\n", "", "knows");
    queues_of("round_robin", 0);
    queues_of("least_connections", 0);
    queues_of("random_two_choices", 0);
    queues_of("least_connections", 1);
    queues_of("random_two_choices", 1);
    return 0;
}
