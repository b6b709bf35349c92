#ifndef RANDOM_H
#define RANDOM_H

#include "balance.h"

/* random: each usable backend has the same chance, whoever is down.
 *
 * The generator's state is set->dice: the same state, the same sequence. A pick
 * draws one number if there is somebody to pick, and none if there is nobody:
 * then it returns NULL and leaves the state alone. Which backends are usable,
 * balance_is_usable() knows (balance.h). */
struct backend *select_random(struct backend_set *set, const char *client_ip,
                              const struct backend_mask *tried);

/* The generator: the next of its numbers, and the next state in *state. Given;
 * its numbers are as good for one seed as for another. */
uint32_t random_draw(uint64_t *state);

#endif
