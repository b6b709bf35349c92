#ifndef NAMES_H
#define NAMES_H

#include "config.h"

/* names: from the backends of a configuration to those that are used: each
 * address of a host name is a backend of its own. This is how discovery by DNS
 * (Consul, Kubernetes' headless services) plugs in: it changes what a name means,
 * and we ask again.
 *
 * A backend whose host has one address keeps its name; of several, each is called
 * NAME@ADDRESS. */

struct answer { /* of the resolver, for one backend of the configuration */
    int error;  /* 0, or a getaddrinfo(3) error */
    struct net_addresses addresses;
};

/* Asks for all of them, which may take seconds: answers[] has a place for each
 * backend of the configuration. The addresses of a name come sorted: name servers
 * like to turn them round. */
void names_ask(const config_t *config, struct answer *answers);

/* Where there is no answer, takes the last good one for the same host and port,
 * if there is one: a name server that fails must not take the backends away. The
 * index of the first backend that has none, or -1. */
int names_keep_old(const config_t *config, struct answer *answers,
                   const config_t *old_config, const struct answer *old);

/* Writes the set: addresses, names, weights and limits as configured. Returns how
 * many addresses found no room (a set has MAX_BACKENDS). */
int names_make_set(const config_t *config, const struct answer *answers,
                   struct backend_set *set);

/* Whether answers for the same `count` backends say the same. */
int names_same(const struct answer *a, const struct answer *b, int count);

/* The backend of `set` that is the same as b, by name and address; or NULL. */
const struct backend *names_find(const struct backend_set *set,
                                 const struct backend *b);

#endif
