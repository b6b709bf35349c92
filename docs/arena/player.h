#ifndef PLAYER_H
#define PLAYER_H

#include "backend.h"
#include "passive.h"
#include "settings.h"

/* player: one load balancer: what it knows of the backends.
 *
 * Its set is that of chapter 3, filled by chapter 3's functions, and it is all
 * that an algorithm sees: the requests that it has given away itself
 * (active_connections), what it was told of the others (active_elsewhere), and
 * who is up, as backend_report() judges. */

struct player {
    struct backend_set set;
    int machine_of[MAX_BACKENDS];  /* the number of each in the whole */
    struct passive passive[MAX_BACKENDS]; /* what requests say of each ... */
    uint64_t held_until_ms[MAX_BACKENDS]; /* ... and until when checks say nothing */
};

/* The n-th of s->balancers, which begins with all backends up. If they know a
 * subset only, the n-th takes the n-th piece of a shuffled list, and the list
 * is shuffled anew when it is used up: so no backend is known to many more than
 * another (Site Reliability Engineering, chapter 20). Round robin begins with the
 * first of its list, as it does in lb's workers, or anywhere (START=spread). */
void player_begin(struct player *b, const struct settings *s, int n);

/* It learns how many requests each machine has, from whomever. */
void player_learn_load(struct player *b, const int *load);

/* A check of each backend: `is_ill` says what it finds, by machine. Whether one is
 * down or in doubt, and the next check should come soon. */
int player_check(struct player *b, const int *is_ill, uint64_t now_ms);

/* A request to the i-th went well or failed. As in lb's master: failures in a row
 * take it down (passive.h), but not the last one, and what is down comes back by
 * checks alone. */
void player_report(struct player *b, int i, int ok, uint64_t now_ms);

#endif
