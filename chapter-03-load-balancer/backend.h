#ifndef BACKEND_H
#define BACKEND_H

#include "authority.h"
#include "net.h"

#include <stdint.h>

/* backend: the servers behind the load balancer, and what we know of them.
 *
 * Only facts live here: who they are, whether they are up, how busy they are,
 * what they have done. Who asks them how they are is health.h's business, who
 * gets the next request balance.h's. Nothing here knows a socket or a clock. */

#define MAX_BACKENDS 256
#define BACKEND_WEIGHT_MAX 1000
#define BACKEND_NAME_MAX   (AUTHORITY_HOST_MAX + NET_TEXT + 2)

enum backend_failure {
    BACKEND_NO_CONNECTION, /* it refused, or could not be reached */
    BACKEND_TIMEOUT,       /* to connect, or to answer */
    BACKEND_CLOSED,        /* before its answer was whole */
    BACKEND_MALFORMED,     /* what it said is no answer */
    BACKEND_FAILURES       /* how many of these there are */
};

struct backend_stats {
    uint64_t total_requests;  /* given to it, whatever became of them */
    uint64_t failed_requests; /* of these: without a whole answer */
    uint64_t bytes_in;        /* from clients to it */
    uint64_t bytes_out;       /* from it to clients */
    double avg_response_time; /* milliseconds, of those that did not fail */
    uint64_t failures[BACKEND_FAILURES]; /* also where another one helped out */
    uint64_t checks_ok, checks_failed;   /* health checks */
};

struct backend {
    char name[BACKEND_NAME_MAX]; /* "HOST:PORT", for people */
    struct authority where;
    struct net_addresses addresses; /* what the host resolved to */
    int preferred;                  /* the one to connect to: an index */

    int weight;             /* 1..BACKEND_WEIGHT_MAX: its share of the work */
    int current_weight;     /* of smooth weighted round robin */
    int active_connections; /* requests it is working on right now */
    int active_elsewhere;   /* those of other processes (chapter 10) */
    int max_connections;    /* so many at most, all together; 0: no limit */
    int backup;             /* only for when no other is up (chapter 10) */
    int keep_ms;            /* how long a silent connection to it may be kept, by
                               what it said last; -1: not; 0: it said nothing */

    int is_healthy;
    int checks;             /* reports since the start, at most INT_MAX */
    int streak;             /* reports in a row that contradict is_healthy */
    int failing;            /* requests in a row that it failed (chapter 4) */
    uint64_t next_check_ms; /* when it is due */

    struct backend_stats stats;
};

struct backend_set {
    int num_backends;
    int num_backups;   /* of these (chapter 10) */
    int current_index; /* where round robin looks first */
    uint64_t dice;     /* the state of an algorithm that throws dice */
    struct backend backends[MAX_BACKENDS];
};

/* Which backends of a set one request has already been refused by. */
struct backend_mask {
    uint64_t bits[MAX_BACKENDS / 64];
};

/* Reads "HOST:PORT[:WEIGHT]" into *b, which is cleared first; it counts as
 * healthy until a check says otherwise. max_weight 0 allows no weight. Returns
 * NULL, or what is wrong, as a string constant. */
const char *parse_backend(const char *text, int max_weight, struct backend *b);

/* Parses one more backend into the set: NULL, or what is wrong. */
const char *backend_set_add(struct backend_set *set, const char *text,
                            int max_weight);

/* Asks the resolver for the addresses of all of them, which may take seconds.
 * 0; or a getaddrinfo(3) error, and the backend it concerns in *failed. */
int backend_set_resolve(struct backend_set *set, const struct backend **failed);

/* Turns to its next address, for the next try: of a name with several (say ::1
 * and 127.0.0.1) the first need not be the one that answers. */
void backend_next_address(struct backend *b);

/* Takes note of a check or of a request that went well (ok) or failed. The very
 * first report decides alone; then it takes `fall` failures in a row to take a
 * healthy backend down, and `rise` successes to bring it back. Returns 1 if
 * is_healthy has changed by this. */
int backend_report(struct backend *b, int ok, int fall, int rise);

/* Adds one finished request to its statistics. */
void backend_account(struct backend *b, int ok, uint64_t bytes_in,
                     uint64_t bytes_out, uint64_t took_ms);

/* The requests it is working on, whoever sent them. */
int backend_load(const struct backend *b);

/* How many of a set are healthy. */
int backend_healthy_count(const struct backend_set *set);

void backend_mask_add(struct backend_mask *mask, int index);
int backend_mask_has(const struct backend_mask *mask, int index);
int backend_mask_count(const struct backend_mask *mask);

#endif
