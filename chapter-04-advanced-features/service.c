#include "service.h"

#include "clock.h"
#include "log.h"
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct session *first(const struct list *list)
{
    return list_is_empty(list) ? NULL
                               : LIST_OWNER(list->next, struct session, link);
}

/* ---- sessions ----------------------------------------------------------- */

static void free_session(struct session *s)
{
    free(s->memory[0]);
    free(s->memory[1]);
    free(s);
}

/* A spare one if there is one: its memory is likely to be in the cache. */
static struct session *make_session(struct service *service)
{
    struct session *s = first(&service->spare);

    if (s != NULL) {
        list_remove(&s->link);
        service->spares--;
        return s;
    }
    s = calloc(1, service->engine->size);
    if (s == NULL)
        return NULL;
    s->memory[0] = malloc(SESSION_BUFFER);
    s->memory[1] = malloc(SESSION_BUFFER);
    if (s->memory[0] != NULL && s->memory[1] != NULL)
        return s;
    free_session(s);
    return NULL;
}

void service_admit(struct service *service, int fd, const struct peer *peer,
                   const struct engine *engine)
{
    struct session *s = make_session(service);

    if (s == NULL) {
        log_error(service->program, "%s: no memory for a session",
                  peer->ip);
        service->watch.set(service->watch.loop, fd, 0, NULL);
        close(fd);
        service_lost_client(service);
        return;
    }
    list_append(&service->sessions, &s->link);
    session_start(s, service, fd, peer, engine);
}

/* Buries the sessions that have ended. */
static void reap(struct service *service)
{
    struct session *s;

    while ((s = first(&service->ended)) != NULL) {
        session_close(s);
        list_remove(&s->link);
        if (service->spares < SERVICE_SPARE) {
            list_push(&service->spare, &s->link);
            service->spares++;
        } else {
            free_session(s);
        }
    }
}

/* ---- accepting ---------------------------------------------------------- */

/* Fails only if the loop cannot watch so high a descriptor: service_open()
 * finds out, and the others need not look. */
static int settle_listener(struct service *service)
{
    int wanted = !service->draining && !service->paused;

    if (wanted == service->listening || service->listener < 0)
        return 0;
    service->listening = wanted;
    return service->watch.set(service->watch.loop, service->listener,
                              wanted ? WATCH_READ | WATCH_SHARED : 0,
                              &service->accepting);
}

static void go_on(void *owner)
{
    struct service *service = owner;

    service->paused = 0;
    settle_listener(service);
}

/* The clients stay in the backlog and the listener readable: look away for a
 * moment, or the loop would spin. */
static void pause_accepting(struct service *service)
{
    const struct watch *watch = &service->watch;

    service->paused = 1;
    watch->set_timer(watch->loop, &service->pause,
                     *watch->now_ms + SERVICE_PAUSE_MS);
}

void service_lost_client(struct service *service)
{
    service->active--;
    service->paused = 0; /* there is a place and a descriptor again */
}

static void welcome(struct service *service, int fd,
                    const struct net_address *address)
{
    struct peer peer = {.tls = 0};

    net_ip_text(address, peer.ip);
    service->active++;
    service->accepted++;
    if (service->active > service->peak)
        service->peak = service->active;
    service_admit(service, fd, &peer, service->engine);
}

/* Takes one client: 1 if there may be another. */
static int accept_client(struct service *service)
{
    struct net_address peer;
    int client;

    if (service->active == service->max_clients && !idle_make_room(service)) {
        pause_accepting(service);
        return 0;
    }
    client = net_accept(service->listener, &peer);
    if (client >= 0) {
        welcome(service, client, &peer);
        return 1;
    }
    if (!net_is_shortage(errno)) /* ECONNABORTED: it left while it waited */
        return errno != EAGAIN && errno != EWOULDBLOCK;
    log_error(service->program, "accept: %s", strerror(errno));
    pause_accepting(service);
    return 0;
}

static void accept_clients(struct watcher *w, int fd, unsigned events)
{
    struct service *service = (struct service *)w;

    (void)fd;
    (void)events;
    for (int n = 0; n < SERVICE_ACCEPT_BATCH && accept_client(service); n++)
        if (service->active == service->max_clients)
            break; /* nobody makes room before another one is known to wait */
    settle_listener(service);
}

/* ---- opening, and each turn --------------------------------------------- */

static void end_all(struct service *service)
{
    struct session *s;

    while ((s = first(&service->sessions)) != NULL)
        session_end(s, "shut down");
}

static void time_is_up(void *owner)
{
    struct service *service = owner;

    end_all(service);
    idle_close_all(service); /* of one that retires */
}

int service_open(struct service *service)
{
    service->accepting.ready = accept_clients;
    service->accepted = 0;
    service->active = service->peak = service->paused = service->listening = 0;
    service->draining = service->retiring = service->spares = 0;
    list_init(&service->sessions);
    list_init(&service->ended);
    list_init(&service->spare);
    list_init(&service->idle);
    queue_init(service);
    timer_init(&service->pause, go_on, service);
    timer_init(&service->drain_limit, time_is_up, service);
    return request_ids_init(&service->ids) != 0 ? -1
                                                : settle_listener(service);
}

void service_turn(struct service *service)
{
    reap(service);
    if (!queue_is_empty(service)) {
        queue_serve(service);
        reap(service); /* nobody else may come to do it */
    }
    settle_listener(service);
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

static void limit_the_rest(struct service *service)
{
    const struct watch *watch = &service->watch;

    service->draining = 1;
    watch->set_timer(watch->loop, &service->drain_limit,
                     *watch->now_ms + (uint64_t)service->timeouts.drain_ms);
}

void service_retire(struct service *service)
{
    service->retiring = 1;
    limit_the_rest(service);
    close_listener(service);
}

void service_drain(struct service *service)
{
    service->retiring = 0;
    limit_the_rest(service);
    idle_let_go(service);
    if (service->listener >= 0) /* who waits thinks that he is connected */
        accept_clients(&service->accepting, service->listener, WATCH_READ);
    close_listener(service);
}

int service_is_finished(const struct service *service)
{
    return service->draining && service->active == 0;
}

void service_close(struct service *service)
{
    const struct watch *watch = &service->watch;
    struct session *s;

    service->draining = 1;
    close_listener(service);
    idle_close_all(service);
    end_all(service);
    reap(service);
    watch->set_timer(watch->loop, &service->pause, CLOCK_NEVER);
    watch->set_timer(watch->loop, &service->drain_limit, CLOCK_NEVER);
    watch->set_timer(watch->loop, &service->look, CLOCK_NEVER);
    while ((s = first(&service->spare)) != NULL) {
        list_remove(&s->link);
        free_session(s);
    }
}
