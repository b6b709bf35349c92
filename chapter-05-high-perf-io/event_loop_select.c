/* The poller on select(2): everywhere, for descriptors below FD_SETSIZE. It hands
 * the kernel the whole set each time and looks through all of it afterwards. */

#include "event_loop.h"
#include "fd_interest.h"
#include "poller.h"

#include <stdlib.h>

const char poller_name[] = "select";

struct select_poller {
    struct fd_interest interest;
    int first; /* where the next look begins, so that `max` starves nobody */
};

void *poller_open(int max_events)
{
    struct select_poller *p = malloc(sizeof *p);

    (void)max_events;
    if (p == NULL)
        return NULL;
    fd_interest_init(&p->interest);
    p->first = 0;
    return p;
}

int poller_set(void *poller, int fd, uint32_t before, uint32_t after)
{
    struct select_poller *p = poller;

    (void)before;
    return fd_interest_set(&p->interest, fd, after);
}

int poller_wait(void *poller, struct ready *out, int max, int timeout_ms)
{
    struct select_poller *p = poller;
    struct fd_interest ready;
    int n = fd_interest_wait(&p->interest, &ready, timeout_ms);
    int count = 0, size = ready.top + 1;

    if (n <= 0)
        return n;
    for (int i = 0; i < size && count < max; i++) {
        int fd = (p->first + i) % size;
        uint32_t events = fd_interest_get(&ready, fd);

        if (events != 0) {
            out[count].fd = fd;
            out[count++].events = events;
        }
    }
    p->first = count > 0 ? out[count - 1].fd + 1 : 0;
    return count;
}

void poller_close(void *poller)
{
    free(poller);
}
