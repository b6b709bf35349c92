#include "idle.h"

#include "clock.h"
#include "service.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Ends the waiting. The descriptor is the caller's again, and still watched. */
static void forget(struct idle_client *c)
{
    const struct watch *watch = &c->service->watch;

    watch->set_timer(watch->loop, &c->timer, CLOCK_NEVER);
    list_remove(&c->link);
    free(c);
}

static void drop(struct idle_client *c)
{
    struct service *service = c->service;
    int fd = c->fd;

    service->watch.set(service->watch.loop, fd, 0, NULL);
    forget(c);
    close(fd);
    service_lost_client(service);
}

static void time_is_up(void *owner)
{
    drop(owner);
}

/* It speaks, or it has left: a session finds out. */
static void wake(struct idle_client *c)
{
    struct service *service = c->service;
    const struct engine *engine = c->engine;
    const struct peer peer = c->peer;
    int fd = c->fd;

    forget(c);
    service_admit(service, fd, &peer, engine);
}

static void idle_ready(struct watcher *w, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    wake((struct idle_client *)w);
}

int idle_park(struct service *service, int fd, const struct peer *peer,
              const struct engine *engine, int ms)
{
    const struct watch *watch = &service->watch;
    struct idle_client *c = malloc(sizeof *c);

    if (c == NULL)
        return -1;
    c->watcher.ready = idle_ready;
    c->service = service;
    c->since_ms = *watch->now_ms;
    c->engine = engine;
    c->fd = fd;
    c->peer = *peer;
    if (watch->set(watch->loop, fd, WATCH_READ, &c->watcher) != 0) {
        free(c);
        return -1;
    }
    timer_init(&c->timer, time_is_up, c);
    watch->set_timer(watch->loop, &c->timer, c->since_ms + (uint64_t)ms);
    list_append(&service->idle, &c->link);
    return 0;
}

static struct idle_client *oldest(const struct service *service)
{
    return list_is_empty(&service->idle)
               ? NULL
               : LIST_OWNER(service->idle.next, struct idle_client, link);
}

static int has_spoken(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK) > 0; /* does not block: net_accept() */
}

int idle_make_room(struct service *service)
{
    struct idle_client *c;

    while ((c = oldest(service)) != NULL &&
           *service->watch.now_ms - c->since_ms >= IDLE_GRACE_MS) {
        if (!has_spoken(c->fd)) {
            drop(c);
            return 1;
        }
        wake(c); /* its request has come in this very turn */
    }
    return 0;
}

void idle_let_go(struct service *service)
{
    struct idle_client *c;

    while ((c = oldest(service)) != NULL) {
        if (has_spoken(c->fd))
            wake(c);
        else
            drop(c);
    }
}

void idle_close_all(struct service *service)
{
    struct idle_client *c;

    while ((c = oldest(service)) != NULL)
        drop(c);
}
