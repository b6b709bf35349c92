#ifndef LOOKUP_H
#define LOOKUP_H

#include "names.h"
#include "watch.h"

#include <sys/types.h>

/* lookup: asks the resolver without waiting for it.
 *
 * getaddrinfo(3) blocks for as long as the name servers let it, so a process of
 * its own does the asking and sends the answers through a pipe. */

struct lookup {
    struct watcher watcher; /* first: the loop hands us this */
    struct watch watch;
    struct timer limit;
    pid_t pid; /* 0: nothing is being asked */
    int fd;
    size_t have, want; /* bytes of the answers */
    config_t *config;  /* whose backends; owned until it is handed over */
    struct answer *answers;
    /* The answers are here; config and answers are the callee's from now on. Or
     * there are none, because of `why`, and answers is NULL. */
    void (*done)(void *owner, config_t *config, struct answer *answers,
                 const char *why);
    void *owner;
};

#define LOOKUP_LIMIT_MS 30000

void lookup_init(struct lookup *l, struct watch watch,
                 void (*done)(void *owner, config_t *config,
                              struct answer *answers, const char *why),
                 void *owner);

/* Begins to ask for this configuration's backends, and takes it over: it is
 * handed to done(), soon, whatever happens. None may be under way. */
void lookup_begin(struct lookup *l, config_t *config);

int lookup_is_under_way(const struct lookup *l);

/* Gives it up, and ends the process. */
void lookup_cancel(struct lookup *l);

#endif
