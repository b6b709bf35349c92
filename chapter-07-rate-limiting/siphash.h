#ifndef SIPHASH_H
#define SIPHASH_H

#include <stdint.h>

/* siphash: SipHash-2-4 of two words, 16 bytes.
 *
 * With a plain hash function anybody can compute which addresses share a place
 * in our table, and come from those. With this one only who knows the key can.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. */

uint64_t siphash_words(const uint64_t key[2], uint64_t first, uint64_t second);

#endif
