/* The poller on poll(2): everywhere, for descriptors of any number. It hands the
 * kernel all entries each time, but only those, and looks through them after. */

#include "event_loop.h"
#include "poller.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

const char poller_name[] = "poll";

struct poll_poller {
    struct pollfd *entries;
    size_t count, room;
    size_t *places; /* by descriptor: its entry's index + 1; 0: it has none */
    size_t place_count;
    size_t first; /* where the next look begins, so that `max` starves nobody */
};

void *poller_open(int max_events)
{
    (void)max_events;
    return calloc(1, sizeof(struct poll_poller));
}

/* 0, or -1 and ENOMEM: then all is as it was. */
static int make_place(struct poll_poller *p, size_t fd)
{
    size_t count = p->place_count > 0 ? p->place_count : 64, *places;

    if (fd < p->place_count)
        return 0;
    while (count <= fd)
        count *= 2;
    places = realloc(p->places, count * sizeof *places);
    if (places == NULL)
        return -1;
    memset(places + p->place_count, 0,
           (count - p->place_count) * sizeof *places);
    p->places = places;
    p->place_count = count;
    return 0;
}

static int make_room(struct poll_poller *p)
{
    size_t room = p->room > 0 ? 2 * p->room : 64;
    struct pollfd *entries;

    if (p->count < p->room)
        return 0;
    entries = realloc(p->entries, room * sizeof *entries);
    if (entries == NULL)
        return -1;
    p->entries = entries;
    p->room = room;
    return 0;
}

/* The last entry takes the place of the one that goes. */
static void drop(struct poll_poller *p, size_t at)
{
    struct pollfd last = p->entries[--p->count];

    p->places[p->entries[at].fd] = 0;
    if (at == p->count)
        return;
    p->entries[at] = last;
    p->places[last.fd] = at + 1;
}

int poller_set(void *poller, int fd, uint32_t before, uint32_t after)
{
    struct poll_poller *p = poller;
    size_t place = (size_t)fd < p->place_count ? p->places[fd] : 0;

    (void)before;
    if (after == 0) {
        if (place > 0)
            drop(p, place - 1);
        return 0;
    }
    if (place == 0) {
        if (make_place(p, (size_t)fd) != 0 || make_room(p) != 0)
            return -1;
        place = ++p->count;
        p->places[fd] = place;
        p->entries[place - 1].fd = fd;
    }
    p->entries[place - 1].events =
        (short)((after & EVENT_READ ? POLLIN : 0) |
                (after & EVENT_WRITE ? POLLOUT : 0));
    return 0;
}

/* An error or a hang-up comes unasked, and may be all that comes: it is said to
 * be both, so that whoever waits for either looks. */
static uint32_t translate(short events)
{
    if (events & (POLLERR | POLLHUP))
        return EVENT_READ | EVENT_WRITE;
    return (events & POLLIN ? EVENT_READ : 0) |
           (events & POLLOUT ? EVENT_WRITE : 0);
}

/* From the end: what takes a place has been looked at. */
static void drop_closed(struct poll_poller *p)
{
    for (size_t i = p->count; i-- > 0;)
        if (p->entries[i].revents & POLLNVAL)
            drop(p, i);
}

int poller_wait(void *poller, struct ready *out, int max, int timeout_ms)
{
    struct poll_poller *p = poller;
    int n = poll(p->entries, (nfds_t)p->count, timeout_ms), count = 0;
    size_t first = p->first;

    if (n <= 0)
        return n;
    drop_closed(p);
    for (size_t i = 0; i < p->count && count < max; i++) {
        size_t at = (first + i) % p->count;
        uint32_t events = translate(p->entries[at].revents);

        if (events != 0) {
            out[count].fd = p->entries[at].fd;
            out[count++].events = events;
            p->first = at + 1;
        }
    }
    return count;
}

void poller_close(void *poller)
{
    struct poll_poller *p = poller;

    free(p->entries);
    free(p->places);
    free(p);
}
