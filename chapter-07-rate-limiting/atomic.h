#ifndef ATOMIC_H
#define ATOMIC_H

#include <stdint.h>

/* atomic: 64-bit words that several processes read and write at the same time.
 *
 * C99 knows nothing of that: to its compiler nobody else changes memory. C11 has
 * <stdatomic.h>; these are the builtins of gcc and clang that it is made of. What
 * a process wrote before it changed a word with atomic_replace() is seen by
 * whoever finds the new value with atomic_get().
 *
 * Nothing here waits, and nothing is ever locked: a process may be killed
 * between any two instructions, and the others go on.
 * Source: the gcc manual, "Built-in Functions for Memory Model Aware Atomic
 * Operations". */

/* Where the processor can't do it, the compiler would take a lock that is not
 * shared between processes: better no program. */
#if defined(__GCC_ATOMIC_LLONG_LOCK_FREE) && __GCC_ATOMIC_LLONG_LOCK_FREE < 2
#error "no lock-free 64-bit compare-and-swap on this processor"
#endif

static inline uint64_t atomic_get(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* For a word that says nothing about others. */
static inline void atomic_set(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* Compare and swap: if the word is still `old`, makes it `value`: 1. If somebody
 * was faster, changes nothing: 0. */
static inline int atomic_replace(uint64_t *word, uint64_t old, uint64_t value)
{
    return __atomic_compare_exchange_n(word, &old, value, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

#endif
