#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

/* chance: numbers that look random, and are the same for the same seed.
 *
 * Each thing that is left to chance (when requests come, how much work they
 * are, who sends them) has a stream of its own, so that changing one leaves the
 * others as they are. The generator is splitmix64 (S. Vigna, public domain),
 * whose second half is chapter 10's balance_mix(). What needs logarithms is
 * made from balance_exponential(): nothing here is linked with libm. */

struct chance {
    uint64_t state;
};

/* Streams of one seed that have different numbers are not alike. */
struct chance chance_stream(uint64_t seed, uint64_t number);

uint64_t chance_bits(struct chance *c);

/* 0..n-1, all alike; n is at least 1. */
uint32_t chance_below(struct chance *c, uint32_t n);

/* Of the exponential distribution, mean 1; of the normal one, mean 0 and
 * deviation 1. */
double chance_exponential(struct chance *c);
double chance_normal(struct chance *c);

/* e to the x, and the natural logarithm of x > 0: to 10 and 7 digits. */
double chance_exp(double x);
double chance_log(double x);

#endif
