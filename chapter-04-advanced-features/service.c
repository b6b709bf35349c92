#include "service.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t now_ms(const struct service *service)
{
    return *service->watch.now_ms;
}

static struct session *session_at(const struct service *service, int i)
{
    /* calloc() and a size that is a struct's: the alignment is right */
    void *at = service->sessions + (size_t)i * service->engine->size;

    return at;
}

/* ---- accepting ---------------------------------------------------------- */

/* Fails only if the loop cannot watch so high a descriptor: service_open()
 * finds out, and the others need not look. */
static int settle_listener(struct service *service)
{
    int wanted = !service->draining && !service->full &&
                 service->active < service->max_sessions;

    if (wanted == service->listening || service->listener < 0)
        return 0;
    service->listening = wanted;
    return service->watch.set(service->watch.loop, service->listener,
                              wanted ? WATCH_READ : 0, &service->accepting);
}

static void admit(struct service *service, int fd,
                  const struct net_address *peer)
{
    struct session *s = service->free;

    service->free = s->next;
    s->in_use = 1;
    service->active++;
    if (service->active > service->peak)
        service->peak = service->active;
    session_start(s, service, fd, peer);
}

static void accept_new_clients(struct watcher *w, int fd, unsigned events)
{
    struct service *service = (struct service *)w;
    struct net_address peer;

    (void)events;
    for (int n = 0; n < SERVICE_ACCEPT_BATCH; n++) {
        int client;

        if (service->active == service->max_sessions)
            break;
        client = net_accept(fd, &peer);
        if (client >= 0) {
            admit(service, client, &peer);
        } else if (net_is_shortage(errno)) {
            /* The client stays in the backlog and the listener readable: look
             * away until the next sweep or the loop would spin. */
            log_error(service->program, "accept: %s", strerror(errno));
            service->full = 1;
            break;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } /* else that client left while it waited (ECONNABORTED): the next */
    }
    settle_listener(service);
}

/* ---- opening and closing ------------------------------------------------ */

static void make_session(struct service *service, int i)
{
    struct session *s = session_at(service, i);
    char *memory = service->buffers + (size_t)i * 2 * SESSION_BUFFER;

    s->memory[0] = memory;
    s->memory[1] = memory + SESSION_BUFFER;
    s->client_fd = s->backend_fd = -1;
    s->next = service->free;
    service->free = s;
}

int service_open(struct service *service)
{
    size_t count = (size_t)service->max_sessions;

    service->accepting.ready = accept_new_clients;
    service->active = service->peak = service->full = service->listening = 0;
    service->draining = 0;
    service->drain_deadline_ms = CLOCK_NEVER;
    service->next_sweep_ms = 0;
    service->free = service->ended = NULL;
    if (settle_listener(service) != 0 || request_ids_init(&service->ids) != 0)
        return -1;
    service->sessions = calloc(count, service->engine->size);
    if (service->sessions == NULL)
        return -1;
    service->buffers = calloc(count, 2 * SESSION_BUFFER);
    if (service->buffers == NULL)
        goto no_buffers;
    for (int i = service->max_sessions; i-- > 0;)
        make_session(service, i);
    return 0;
no_buffers:
    free(service->sessions);
    return -1;
}

/* Buries the sessions that have ended. */
static void reap(struct service *service)
{
    while (service->ended != NULL) {
        struct session *s = service->ended;

        service->ended = s->next;
        session_close(s);
        s->in_use = 0;
        s->next = service->free;
        service->free = s;
        service->active--;
        service->full = 0; /* there is a descriptor again */
    }
}

/* ---- time --------------------------------------------------------------- */

/* Looks at every session's deadline. Chapter 5 has a wheel for this. */
static void sweep(struct service *service)
{
    for (int i = 0; i < service->max_sessions; i++) {
        struct session *s = session_at(service, i);

        if (s->in_use && !s->ended && s->deadline_ms <= now_ms(service))
            s->engine->expire(s);
    }
    service->full = 0; /* perhaps another process has given some back */
}

static void end_all(struct service *service, const char *failure)
{
    for (int i = 0; i < service->max_sessions; i++) {
        struct session *s = session_at(service, i);

        if (s->in_use)
            session_end(s, failure);
    }
}

int service_turn(struct service *service)
{
    if (now_ms(service) >= service->next_sweep_ms) {
        service->next_sweep_ms = now_ms(service) + SERVICE_TICK_MS;
        sweep(service);
    }
    if (now_ms(service) >= service->drain_deadline_ms)
        end_all(service, "shut down");
    reap(service);
    settle_listener(service);
    if (service_is_finished(service))
        return 0; /* nothing to wait for: the loop looks and ends */
    return service->active > 0 || service->full ? SERVICE_TICK_MS : 1000;
}

/* ---- the end ------------------------------------------------------------ */

static void close_listener(struct service *service)
{
    if (service->listener < 0)
        return;
    settle_listener(service); /* not watched any more: it may be closed */
    close(service->listener);
    service->listener = -1;
}

/* Lets a client go that has asked for nothing yet. Its request may have come in
 * the meantime, though: one look more, and nobody is cut who was in time. */
static void let_go_if_idle(const struct service *service, struct session *s)
{
    if (s->engine != service->engine || s->in_exchange)
        return;
    s->up.can_read = 1;
    s->engine->step(s);
    if (s->engine == service->engine && !s->in_exchange &&
        buffer_size(&s->up.buf) == 0)
        session_end(s, NULL);
}

void service_drain(struct service *service)
{
    if (service->listening) /* they think that they are connected */
        accept_new_clients(&service->accepting, service->listener, WATCH_READ);
    service->draining = 1;
    service->drain_deadline_ms =
        now_ms(service) + (uint64_t)service->timeouts.drain_ms;
    close_listener(service);
    for (int i = 0; i < service->max_sessions; i++) {
        struct session *s = session_at(service, i);

        if (s->in_use && !s->ended)
            let_go_if_idle(service, s);
    }
}

int service_is_finished(const struct service *service)
{
    return service->draining && service->active == 0;
}

void service_close(struct service *service)
{
    service->draining = 1;
    close_listener(service);
    end_all(service, "shut down");
    reap(service);
    free(service->buffers);
    free(service->sessions);
}
