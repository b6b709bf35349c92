#include "session.h"

#include "clock.h"
#include "idle.h"
#include "queue.h"
#include "service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the loop knows of a descriptor that we have got from somebody else, who
 * may have watched it: not nothing. */
#define UNKNOWN (~0u)

/* An event on either descriptor: notes what it means for each channel, then
 * lets the engine make a step. */
static void session_ready(struct watcher *w, int fd, unsigned events)
{
    struct session *s = (struct session *)w;
    struct channel *reads = fd == s->client_fd ? &s->up : &s->down;
    struct channel *writes = fd == s->client_fd ? &s->down : &s->up;

    if (events & WATCH_READ)
        reads->can_read = 1;
    if (events & WATCH_WRITE)
        writes->can_write = 1;
    s->engine->step(s);
}

static void time_is_up(void *owner)
{
    struct session *s = owner;

    s->engine->expire(s);
}

void session_start(struct session *s, struct service *service, int client_fd,
                   const struct peer *peer, const struct engine *engine)
{
    const struct mover *mover =
        service->mover != NULL ? service->mover : &mover_copy;

    s->watcher.ready = session_ready;
    s->service = service;
    s->engine = engine;
    s->client_fd = client_fd;
    s->backend_fd = -1;
    s->client_events = UNKNOWN;
    s->in_exchange = s->bodyless = s->ended = 0;
    list_init(&s->turn);
    s->seen = 0;
    channel_open(&s->up, client_fd, -1, s->memory[0], HTTP_HEAD_MAX, mover);
    channel_open(&s->down, -1, client_fd, s->memory[1], HTTP_HEAD_MAX, mover);
    timer_init(&s->timer, time_is_up, s);
    session_set_peer(s, peer);
    s->x.key[0] = '\0';
    s->engine->start(s);
}

void session_set_peer(struct session *s, const struct peer *peer)
{
    s->x.peer = *peer;
    memcpy(s->x.client_ip, peer->ip, sizeof peer->ip);
    s->x.https = peer->tls;
}

void session_become(struct session *s, const struct engine *engine)
{
    s->engine = engine;
}

static void deadline_at(struct session *s, uint64_t at_ms)
{
    const struct watch *watch = &s->service->watch;

    watch->set_timer(watch->loop, &s->timer, at_ms);
}

void session_deadline(struct session *s, int ms)
{
    deadline_at(s, ms < 0 ? CLOCK_NEVER
                          : *s->service->watch.now_ms + (uint64_t)ms);
}

/* Whether bytes have left since the last look. Notes since when they can't. */
static int note_progress(struct channel *c, uint64_t now_ms)
{
    int moved = c->total != c->noted;

    c->noted = c->total;
    if (!channel_wants_out(c))
        c->blocked_ms = 0;
    else if (moved || c->blocked_ms == 0)
        c->blocked_ms = now_ms;
    return moved;
}

void session_relay_deadline(struct session *s)
{
    const struct timeouts *t = &s->service->timeouts;
    uint64_t now_ms = *s->service->watch.now_ms, since;
    int moved = note_progress(&s->up, now_ms);

    moved |= note_progress(&s->down, now_ms);
    since = s->down.blocked_ms;
    if (since == 0 || (s->up.blocked_ms > 0 && s->up.blocked_ms < since))
        since = s->up.blocked_ms;
    if (since > 0)
        deadline_at(s, since + (uint64_t)(t->write_ms > 0 ? t->write_ms
                                                          : t->read_ms));
    else if (moved)
        session_deadline(s, t->read_ms);
}

const char *session_relay_trouble(const struct session *s)
{
    if (s->down.blocked_ms > 0)
        return "the client took nothing for too long";
    return s->up.blocked_ms > 0 ? "the backend took nothing for too long"
                                : "nothing moved for too long";
}

static int tell(struct session *s, int fd, unsigned events, unsigned *told)
{
    const struct watch *watch = &s->service->watch;

    if (fd < 0 || events == *told)
        return 0;
    *told = events;
    return watch->set(watch->loop, fd, events, &s->watcher);
}

void session_settle(struct session *s)
{
    unsigned client = channel_wants_in(&s->up) | channel_wants_out(&s->down);
    unsigned backend = channel_wants_in(&s->down) | channel_wants_out(&s->up);

    if (s->ended)
        return;
    if (s->connecting) /* nothing can be read or sent before that is known */
        backend = WATCH_WRITE;
    if (tell(s, s->client_fd, client, &s->client_events) != 0 ||
        tell(s, s->backend_fd, backend, &s->backend_events) != 0)
        session_end(s, "the loop cannot watch so many descriptors");
}

void session_set_backend(struct session *s, int fd)
{
    s->backend_fd = s->up.out = s->down.in = fd;
    s->backend_events = UNKNOWN;
    s->down.eof = s->down.broken = s->down.can_read = 0;
}

void session_release_backend(struct session *s, int reusable)
{
    const struct connector *c = s->service->connector;
    int fd = s->backend_fd;

    queue_leave(s);
    if (fd < 0)
        return;
    if (!reusable)
        tell(s, fd, 0, &s->backend_events);
    session_set_backend(s, -1);
    s->connecting = 0;
    s->x.backend->active_connections--;
    c->release(c->self, s->x.backend, fd, reusable);
}

uint64_t session_now_us(const struct session *s)
{
    const struct watch *watch = &s->service->watch;

    return watch->now_us != NULL ? *watch->now_us : *watch->now_ms * 1000;
}

void session_answered(struct session *s, int status)
{
    s->x.status = status;
    s->x.first_us = session_now_us(s) - s->x.began_us;
}

int session_has_answer(const struct session *s)
{
    return s->down.total > 0 || s->down.hidden > 0 ||
           buffer_size(&s->down.buf) > 0;
}

int session_has_answered(const struct session *s)
{
    return s->down.total > 0 || !channel_is_flushed(&s->down);
}

/* Its backend has served a whole request. */
static void note_success(const struct session *s)
{
    const struct monitor *monitor = &s->service->monitor;
    struct backend *b = s->x.backend;

    if (b == NULL || s->x.failure != NULL || b->failing == 0)
        return;
    b->failing = 0;
    if (monitor->recovered != NULL)
        monitor->recovered(monitor->self, b);
}

void session_finish(struct session *s, const char *failure)
{
    const struct service *service = s->service;

    if (!s->in_exchange)
        return;
    s->in_exchange = 0;
    s->x.failure = s->x.failure != NULL ? s->x.failure : failure;
    s->x.bytes_in = s->up.total;
    s->x.bytes_out = s->down.total;
    s->x.ended_ms = *service->watch.now_ms;
    s->x.took_us = session_now_us(s) - s->x.began_us;
    note_success(s);
    for (int i = 0; i < service->filter_count; i++)
        if (service->filters[i].finish != NULL)
            service->filters[i].finish(service->filters[i].self, &s->x);
}

void session_end(struct session *s, const char *failure)
{
    if (s->ended)
        return;
    session_finish(s, failure);
    s->ended = 1;
    session_deadline(s, -1);
    tell(s, s->client_fd, 0, &s->client_events);
    tell(s, s->backend_fd, 0, &s->backend_events);
    list_remove(&s->link);
    list_append(&s->service->ended, &s->link);
}

void session_cut(struct session *s, const char *failure)
{
    const struct linger at_once = {1, 0}; /* close(2) resets: socket(7) */

    setsockopt(s->client_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    session_end(s, failure);
}

void session_park(struct session *s, int ms)
{
    struct service *service = s->service;

    if ((!service->draining || service->retiring) &&
        idle_park(service, s->client_fd, &s->x.peer, s->engine, ms) == 0)
        s->client_fd = -1; /* not ours any more */
    session_end(s, NULL);
}

void session_close(struct session *s)
{
    s->up.mover->drop(&s->up);
    s->down.mover->drop(&s->down);
    session_release_backend(s, 0);
    if (s->client_fd < 0)
        return; /* parked */
    close(s->client_fd);
    service_lost_client(s->service);
}
