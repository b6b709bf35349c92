#ifndef BALANCE_MORE_H
#define BALANCE_MORE_H

#include "balance.h"
#include "slice.h"

/* balance_more: two algorithms more, for many load balancers and many backends.
 *
 *   random_two_choices  Two backends by lot, and of these the one with less to
 *                       do. As good as looking at all of them, nearly, and
 *                       several load balancers that know nothing of each other do
 *                       not all run to the same idle backend (Mitzenmacher, 2001:
 *                       "The power of two choices").
 *   consistent_hash     The same key, the same backend, whatever the order of the
 *                       list and whoever asks: load balancers with the same
 *                       backends agree without a word. If one of n backends
 *                       leaves, only its own keys move; if one comes, it takes
 *                       its share of everybody's and no other key moves.
 *
 * consistent_hash is rendezvous hashing (Thaler and Ravishankar, 1996): each
 * backend draws a number for the key, a function of both, and the lowest wins.
 * There is no ring to build and nothing to remember. Weights enter as in the draw
 * of an exponential distribution: the chance to be the lowest is the share of the
 * weight. O(n) a request.
 *
 * Both need nothing but the set; the key is pick()'s client_ip, which may be any
 * text (identity.h). */

/* 64 bits that stand for a text: FNV-1a. */
uint64_t balance_hash(struct slice text);

/* 64 bits of which each depends on all of x: no two x give the same. */
uint64_t balance_mix(uint64_t x);

/* 64 bits that look random as a draw of the exponential distribution, mean 1:
 * never below 0, nor above 38. */
double balance_exponential(uint64_t hash);

/* The six algorithms: these two and balance_find()'s. NULL if there is none of
 * that name. */
const struct balance *balance_more_find(const char *name);

#endif
