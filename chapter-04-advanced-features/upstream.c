#include "upstream.h"

#include "balance.h"
#include "log.h"
#include "queue.h"
#include "service.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Begins to connect to a picked backend: 0, or -1 and errno. */
static int acquire(struct session *s, struct backend *b)
{
    const struct connector *c = s->service->connector;
    const struct timeouts *timeouts = &s->service->timeouts;
    int reused = !s->stale;
    int fd = c->acquire(c->self, b, &reused);

    if (fd < 0)
        return -1;
    b->active_connections++;
    session_set_backend(s, fd);
    channel_rewind(&s->up, fd);
    s->x.reused = reused;
    s->connecting = !reused;
    s->up.can_write = reused;
    session_deadline(s, reused ? timeouts->read_ms : timeouts->connect_ms);
    return 0;
}

/* A backend with several addresses has failed only when all of them have.
 * Whether it is down is not decided here but by a health check, which is due
 * now: one bad request cannot take a backend down, and a dead one is found at
 * once. */
static void note_failure(struct session *s, const char *why,
                         enum backend_failure kind)
{
    struct service *service = s->service;
    struct backend *b = s->x.backend;

    b->failing += b->failing < INT_MAX;
    b->stats.failures[kind]++;
    log_error(service->program, "backend %s: %s", b->name, why);
    if (service->monitor.failed != NULL)
        service->monitor.failed(service->monitor.self, b);
    backend_next_address(b);
    if (++s->address_tries < b->addresses.count)
        return;
    s->address_tries = 0;
    backend_mask_add(&s->tried, (int)(b - service->set->backends));
}

static int same_backend_again(const struct session *s)
{
    return s->address_tries > 0 || s->stale;
}

static int has_asked_enough(const struct session *s)
{
    int max = s->service->max_asked;

    return max > 0 && backend_mask_count(&s->tried) >= max;
}

static struct backend *pick_any(const struct session *s,
                                const struct backend_mask *tried)
{
    const struct service *service = s->service;

    return select_backend(service->balance, service->set,
                          s->x.key[0] != '\0' ? s->x.key : s->x.client_ip, tried);
}

/* A backup is asked only if all others are down or tried: while one of them is
 * merely busy it is waited for. */
static struct backend *pick(const struct session *s,
                            const struct backend_mask *tried)
{
    const struct backend_set *set = s->service->set;
    struct backend_mask out = *tried;
    struct backend *b;

    if (set->num_backups == 0)
        return pick_any(s, tried);
    for (int i = 0; i < set->num_backends; i++)
        if (set->backends[i].backup)
            backend_mask_add(&out, i);
    b = pick_any(s, &out);
    return b != NULL || balance_is_busy(set, &out) ? b : pick_any(s, tried);
}

/* One that the last request to it did not find wanting, or NULL. */
static struct backend *pick_reliable(const struct session *s)
{
    const struct backend_set *set = s->service->set;
    struct backend_mask out = s->tried;

    for (int i = 0; i < set->num_backends; i++)
        if (set->backends[i].failing > 0)
            backend_mask_add(&out, i);
    return pick(s, &out);
}

/* The backend to ask next, or NULL. Who has been let down once is not sent to the
 * next doubtful one. */
static struct backend *choose(const struct session *s)
{
    struct backend *b = NULL;

    if (same_backend_again(s))
        return s->x.backend;
    if (has_asked_enough(s))
        return NULL;
    if (backend_mask_count(&s->tried) > 0)
        b = pick_reliable(s);
    return b != NULL ? b : pick(s, &s->tried);
}

/* There is nobody to ask: waits if that can change, else gives up. */
static int nobody(struct session *s, int status)
{
    if (has_asked_enough(s) || !balance_is_busy(s->service->set, &s->tried))
        return status;
    queue_wait(s);
    return 0;
}

/* The next backend that can be connected to, or a place in the queue: 0;
 * `status` if there is neither. */
static int try_next(struct session *s, int status)
{
    struct service *service = s->service;

    for (;;) {
        struct backend *b = choose(s);

        if (b == NULL)
            return nobody(s, status);
        queue_leave(s);
        if (s->x.backend != NULL && b != s->x.backend)
            backend_account(s->x.backend, 0, 0, 0, 0);
        s->x.backend = b;
        s->x.tries++;
        if (acquire(s, b) == 0)
            return 0;
        s->stale = 0;
        if (net_is_shortage(errno)) { /* it is we who lack something, not b */
            log_error(service->program, "connect: %s", strerror(errno));
            s->x.backend = NULL;
            return 503;
        }
        note_failure(s, strerror(errno), BACKEND_NO_CONNECTION);
        status = 502;
    }
}

int upstream_begin(struct session *s)
{
    memset(&s->tried, 0, sizeof s->tried);
    s->address_tries = 0;
    s->stale = 0;
    s->x.backend = NULL;
    s->x.tries = 0;
    if (queue_is_empty(s->service))
        return try_next(s, 503);
    queue_wait(s);
    return 0;
}

void upstream_wait(struct session *s)
{
    channel_pump(&s->up);
    if (queue_has(s) && s->up.eof)
        session_end(s, "the client left");
}

int upstream_connected(struct session *s)
{
    int error;

    if (queue_has(s))
        return try_next(s, 503);
    error = net_connect_result(s->backend_fd);
    if (error != 0)
        return upstream_failed(s, strerror(error), 502);
    s->connecting = 0;
    s->up.can_write = 1;
    session_deadline(s, s->service->timeouts.read_ms);
    return 0;
}

/* Whether the request can still be sent as if nothing had happened: all of it
 * is there, nothing of an answer has left, and sending it twice does no harm. */
static int may_go_elsewhere(const struct session *s)
{
    return channel_can_rewind(&s->up) && !session_has_answered(s) &&
           (s->repeatable || s->up.total == 0);
}

static enum backend_failure kind_of(const struct session *s, int status)
{
    if (status == 504)
        return BACKEND_TIMEOUT;
    if (s->connecting)
        return BACKEND_NO_CONNECTION;
    return s->down.eof ? BACKEND_CLOSED : BACKEND_MALFORMED;
}

void upstream_timed_out(struct session *s)
{
    s->x.backend->stats.failures[BACKEND_TIMEOUT]++;
}

int upstream_failed(struct session *s, const char *why, int status)
{
    int again = may_go_elsewhere(s);

    s->stale = s->x.reused && status != 504 && !session_has_answer(s);
    if (!s->stale)
        note_failure(s, why, kind_of(s, status));
    session_release_backend(s, 0);
    s->x.failure = NULL;
    if (!again)
        return status;
    channel_trim(&s->down); /* what it said is not worth passing on */
    return try_next(s, status);
}
