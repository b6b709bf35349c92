/* rings: ways to give each key a home among nodes, compared without a network.
 *
 * How even are the shares, how many keys move when a node leaves or comes, and
 * how many of those move needlessly, from and to nodes that are in both lists?
 * consistent_hash is the code that lb runs (balance_more.h), maglev that of the
 * arena; the others are written down here as they are known. No dice are
 * thrown: the figures are the same each time. */

#include "balance_more.h"
#include "maglev.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS   100000
#define NODES  10
#define POINTS 1000 /* of a node on the ring, at most */

struct nodes { /* the numbers of those there are */
    int count;
    int at[NODES + 1];
};

static uint64_t keys[KEYS]; /* their hashes */

static void name_node(char name[NET_TEXT], int node)
{
    snprintf(name, NET_TEXT, "10.0.0.%d:80", node + 1);
}

static void name_key(char name[NET_TEXT], int key)
{
    snprintf(name, NET_TEXT, "/page/%d", key);
}

static uint64_t hash_of_node(int node)
{
    char name[NET_TEXT];

    name_node(name, node);
    return balance_mix(balance_hash(slice_of(name)));
}

/* ---- the ways -------------------------------------------------------------
 * Each writes the home of every key, and returns the bytes that it keeps. */

static size_t modulo(int unused, const struct nodes *n, int homes[KEYS])
{
    (void)unused;
    for (int k = 0; k < KEYS; k++)
        homes[k] = n->at[keys[k] % (unsigned)n->count];
    return 0;
}

struct point { /* of the ring: 0 to 2^32 - 1 */
    uint32_t at;
    int node;
};

static int by_place(const void *a, const void *b)
{
    const struct point *p = a, *q = b;

    return (p->at > q->at) - (p->at < q->at);
}

/* The first point at this place or behind it; behind the last is the first. */
static int next_on_ring(const struct point *ring, int count, uint32_t place)
{
    int low = 0, high = count;

    while (low < high) {
        int middle = (low + high) / 2;

        if (ring[middle].at < place)
            low = middle + 1;
        else
            high = middle;
    }
    return ring[low < count ? low : 0].node;
}

static size_t ring(int points, const struct nodes *n, int homes[KEYS])
{
    static struct point ring[(NODES + 1) * POINTS];
    int count = 0;

    for (int i = 0; i < n->count; i++)
        for (int p = 0; p < points; p++) {
            uint64_t hash = balance_mix(hash_of_node(n->at[i]) + (unsigned)p);

            ring[count].at = (uint32_t)(hash >> 32);
            ring[count++].node = n->at[i];
        }
    qsort(ring, (size_t)count, sizeof ring[0], by_place);
    for (int k = 0; k < KEYS; k++)
        homes[k] = next_on_ring(ring, count, (uint32_t)(keys[k] >> 32));
    return (size_t)count * sizeof ring[0];
}

/* Lamping and Veach, 2014: where the key would have jumped to last, had the
 * nodes come one by one. */
static size_t jump(int unused, const struct nodes *n, int homes[KEYS])
{
    (void)unused;
    for (int k = 0; k < KEYS; k++) {
        uint64_t dice = keys[k];
        int64_t home, next = 0;

        do {
            home = next;
            dice = dice * UINT64_C(2862933555777941757) + 1;
            next = (int64_t)((double)(home + 1) * 2147483648.0 /
                             (double)((dice >> 33) + 1));
        } while (next < n->count);
        homes[k] = n->at[home];
    }
    return 0;
}

static void make_set(struct backend_set *set, const struct nodes *n)
{
    memset(set, 0, sizeof *set);
    set->num_backends = n->count;
    for (int i = 0; i < n->count; i++) {
        name_node(set->backends[i].name, n->at[i]);
        set->backends[i].weight = set->backends[i].is_healthy = 1;
    }
}

/* Eisenbud and others, 2016 (docs/arena/maglev.h). */
static size_t maglev(int unused, const struct nodes *n, int homes[KEYS])
{
    static struct backend_set set; /* static: too large for some stacks */
    static int table[MAGLEV_SIZE_MAX];
    char name[NET_TEXT];

    (void)unused;
    make_set(&set, n);
    maglev_build(table, MAGLEV_SIZE_MAX, &set);
    for (int k = 0; k < KEYS; k++) {
        name_key(name, k);
        homes[k] = n->at[maglev_pick(table, MAGLEV_SIZE_MAX, name)];
    }
    return sizeof table;
}

/* lb's own. With a limit, in per cent of the fair share, a node that is full is
 * passed over, as lb passes over one that has its max_connections. */
static size_t consistent(int limit, const struct nodes *n, int homes[KEYS])
{
    static struct backend_set set; /* static: too large for some stacks */
    static const struct backend_mask nobody_tried;
    const struct balance *how = balance_more_find("consistent_hash");
    char name[NET_TEXT];

    make_set(&set, n);
    for (int i = 0; i < n->count && limit > 0; i++)
        set.backends[i].max_connections = KEYS / n->count * limit / 100;
    for (int k = 0; k < KEYS; k++) {
        struct backend *b;

        name_key(name, k);
        b = select_backend(how, &set, name, &nobody_tried);
        b->active_connections++;
        homes[k] = n->at[b - set.backends];
    }
    return 0;
}

/* ---- the comparison ------------------------------------------------------ */

struct way {
    const char *name;
    int detail; /* points on the ring, or a limit in per cent */
    size_t (*assign)(int detail, const struct nodes *n, int homes[KEYS]);
};

static int has(const struct nodes *n, int node)
{
    for (int i = 0; i < n->count; i++)
        if (n->at[i] == node)
            return 1;
    return 0;
}

static void print_shares(const struct nodes *n, const int homes[KEYS])
{
    int keys_of[NODES + 1] = {0};
    int least = KEYS, most = 0;

    for (int k = 0; k < KEYS; k++)
        keys_of[homes[k]]++;
    for (int i = 0; i < n->count; i++) {
        int share = keys_of[n->at[i]];

        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    printf(" %6.1f %6.1f", 100.0 * least * n->count / KEYS,
           100.0 * most * n->count / KEYS);
}

static void print_moves(const struct way *way, const struct nodes *before,
                        const int old[KEYS], const struct nodes *after)
{
    static int new[KEYS];
    int moved = 0, needless = 0;

    way->assign(way->detail, after, new);
    for (int k = 0; k < KEYS; k++)
        if (old[k] != new[k]) {
            moved++;
            needless += has(after, old[k]) && has(before, new[k]);
        }
    printf("  %6d %6d", moved, needless);
}

/* The nodes 0 to count - 1, but not `without` (-1: all). */
static struct nodes first_nodes(int count, int without)
{
    struct nodes n = {0, {0}};

    for (int i = 0; i < count; i++)
        if (i != without)
            n.at[n.count++] = i;
    return n;
}

static void compare(const struct way *way)
{
    static int homes[KEYS];
    struct nodes all = first_nodes(NODES, -1);
    struct nodes fewer = first_nodes(NODES, 2);
    struct nodes more = first_nodes(NODES + 1, -1);
    size_t bytes = way->assign(way->detail, &all, homes);

    printf("%-22s %6lu", way->name, (unsigned long)bytes);
    print_shares(&all, homes);
    print_moves(way, &all, homes, &fewer);
    print_moves(way, &all, homes, &more);
    printf("\n");
}

int main(void)
{
    static const struct way ways[] = {
        {"modulo", 0, modulo},
        {"ring, 1 point", 1, ring},
        {"ring, 10 points", 10, ring},
        {"ring, 100 points", 100, ring},
        {"ring, 1000 points", 1000, ring},
        {"jump", 0, jump},
        {"maglev", 0, maglev},
        {"consistent_hash", 0, consistent},
        {"consistent_hash, 101 %", 101, consistent},
    };
    char name[NET_TEXT];

    for (int k = 0; k < KEYS; k++) {
        name_key(name, k);
        keys[k] = balance_mix(balance_hash(slice_of(name)));
    }
    printf("%d keys, %d nodes\n", KEYS, NODES);
    printf("%-22s %6s %13s  %13s  %13s\n", "", "", "% of the fair",
           "third leaves:", "one comes:");
    printf("%-22s %6s %6s %6s  %6s %6s  %6s %6s\n", "", "bytes", "least",
           "most", "moved", "needl.", "moved", "needl.");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        compare(&ways[i]);
    return 0;
}
