#ifndef RIG_H
#define RIG_H

/* rig: the parts of advanced_lb put together inside the test, on a clock that
 * only the test moves.
 *
 * Sockets, select() and the modules are the real ones; the test plays the
 * clients and the backends (wire.h), and makes the turns of the loop itself. So
 * a deadline of thirty seconds is one call, and what happens in which turn is
 * not a matter of luck. Descriptors are closed by rig_close().
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "deadline.h"
#include "engine_single.h"
#include "failure.h"
#include "refusing.h"
#include "select_loop.h"
#include "service.h"
#include "virtual_clock.h"
#include "wire.h"

#define RIG_BACKENDS 4
#define RIG_WAIT_MS  10000 /* real ones, for what must happen at once */

struct rig {
    struct select_loop loop; /* for descriptors */
    struct watch descriptors; /* the same, as its users see it */
    struct virtual_clock clock;  /* for timers */
    struct backend_set set;
    struct service service;
    struct filter filter;
    int port;                /* of the service */
    int at[RIG_BACKENDS];    /* the backends' listeners */
    int admitted, finished;  /* calls of the filter */
    int refuse_with;         /* what its admit() says */
    struct exchange last;    /* what its finish() was told */
};

static inline int rig_admit(void *self, struct exchange *x)
{
    struct rig *rig = self;

    (void)x;
    rig->admitted++;
    return rig->refuse_with;
}

static inline void rig_finish(void *self, const struct exchange *x)
{
    struct rig *rig = self;

    rig->finished++;
    rig->last = *x;
    statistics_finish(NULL, x);
}

static inline int rig_set(void *self, int fd, unsigned events,
                          struct watcher *w)
{
    const struct watch *real = &((struct rig *)self)->descriptors;

    return real->set(real->loop, fd, events, w);
}

static inline void rig_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    struct rig *rig = self;

    virtual_clock_set(&rig->clock, t, at_ms);
}

/* One more backend, at a port of 127.0.0.1; fd is what holds the port. */
static inline void rig_add(struct rig *rig, int fd, int port)
{
    struct backend *b = &rig->set.backends[rig->set.num_backends];
    char text[32];

    rig->at[rig->set.num_backends] = fd;
    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    assert_null(backend_set_add(&rig->set, text, 0));
    assert_int_equal(net_resolve("127.0.0.1", port, &b->addresses), 0);
}

static inline void rig_add_refusing(struct rig *rig)
{
    int port, fd = refusing(&port);

    rig_add(rig, fd, port);
}

/* A rig with so many backends that listen, not yet open; there is one only. */
static inline struct rig *rig_make(int backends)
{
    static struct rig rig;

    memset(&rig, 0, sizeof rig);
    for (int i = 0; i < RIG_BACKENDS; i++)
        rig.at[i] = -1;
    for (int i = 0; i < backends; i++) {
        int port, listener = wire_listen(&port);

        rig_add(&rig, listener, port);
    }
    rig.filter = (struct filter){&rig, rig_admit, rig_finish};
    rig.service.timeouts = (struct timeouts){.head_ms = 10000,
                                             .connect_ms = 5000,
                                             .read_ms = 30000,
                                             .drain_ms = 30000};
    rig.service.max_clients = 8;
    return &rig;
}

static inline void rig_open(struct rig *rig)
{
    struct service *service = &rig->service;

    select_loop_init(&rig->loop);
    virtual_clock_init(&rig->clock);
    service->program = "rig";
    rig->descriptors = select_loop_watch(&rig->loop);
    service->watch =
        (struct watch){rig, rig_set, rig_set_timer, &rig->clock.now_ms, NULL,
                       NULL};
    service->listener = wire_listen(&rig->port);
    service->set = &rig->set;
    service->balance = balance_find("rr");
    service->connector = &connector_direct;
    service->engine = &engine_single;
    service->filters = &rig->filter;
    service->filter_count = 1;
    assert_int_equal(service_open(service), 0);
    service_turn(service);
}

/* The usual one. */
static inline struct rig *rig_start(int backends)
{
    struct rig *rig = rig_make(backends);

    rig_open(rig);
    return rig;
}

/* Closes a backend's listener: connections to it are refused from now on. */
static inline void rig_kill_backend(struct rig *rig, int i)
{
    wire_close(rig->at[i]);
    rig->at[i] = -1;
}

static inline void rig_close(struct rig *rig)
{
    service_close(&rig->service);
    assert_int_equal(rig->service.active, 0);
    assert_null(rig->clock.timers); /* nobody is called any more */
    assert_int_equal(rig->loop.interest.top, -1);
    for (int i = 0; i < rig->set.num_backends; i++)
        assert_int_equal(rig->set.backends[i].active_connections, 0);
    for (int i = 0; i < RIG_BACKENDS; i++)
        if (rig->at[i] >= 0)
            rig_kill_backend(rig, i);
}

/* One turn, as advanced_lb makes it: waits 10 ms at most for descriptors, then
 * come the timers. Returns the number of calls. */
static inline int rig_turn(struct rig *rig)
{
    int calls = select_loop_turn(&rig->loop, 10);

    assert_true(calls >= 0);
    calls += virtual_clock_ring(&rig->clock);
    service_turn(&rig->service);
    return calls;
}

/* Turns until the condition holds: it must, soon. */
#define rig_until(rig, condition)                                       \
    do {                                                                \
        deadline_t rig_deadline = deadline_in(RIG_WAIT_MS);             \
        while (!(condition)) {                                          \
            if (deadline_left(rig_deadline) == 0)                       \
                failure("line %d: never: %s", __LINE__, #condition);    \
            rig_turn(rig);                                              \
        }                                                               \
    } while (0)

/* Turns until nothing happens any more. */
static inline void rig_settle(struct rig *rig)
{
    for (int turns = 0; rig_turn(rig) > 0; turns++)
        if (turns == 10000)
            failure("the loop finds no rest: somebody asks for nothing");
}

/* The clock goes on by so much; what is due then happens. */
static inline void rig_pass(struct rig *rig, uint64_t ms)
{
    rig->clock.now_ms += ms;
    virtual_clock_ring(&rig->clock);
    service_turn(&rig->service);
}

/* The session that lives for the longest time; there must be one. */
static inline struct session *rig_session(const struct rig *rig)
{
    assert_false(list_is_empty(&rig->service.sessions));
    return LIST_OWNER(rig->service.sessions.next, struct session, link);
}

/* How many clients have nothing to say. */
static inline int rig_idle(const struct rig *rig)
{
    int count = 0;

    for (const struct list *at = rig->service.idle.next;
         at != &rig->service.idle; at = at->next)
        count++;
    return count;
}

/* Exactly these events of a descriptor are watched. */
static inline int rig_watches(const struct rig *rig, int fd, unsigned events)
{
    return fd_interest_get(&rig->loop.interest, fd) == events;
}

static inline int rig_is_readable(int fd)
{
    struct pollfd on = {fd, POLLIN, 0};

    return poll(&on, 1, 0) > 0;
}

/* The connection that comes to a backend. */
static inline int rig_accept(struct rig *rig, int backend)
{
    rig_until(rig, rig_is_readable(rig->at[backend]));
    return wire_accept(rig->at[backend]);
}

/* Reads as a string what comes up to and including `end`, or, if that is NULL,
 * up to the end of the stream. Turns meanwhile. Returns its length. */
static inline size_t rig_read(struct rig *rig, int fd, const char *end,
                              char *out, size_t size)
{
    size_t have = 0;

    for (;;) {
        ssize_t n;

        assert_true(have + 1 < size);
        rig_until(rig, rig_is_readable(fd));
        n = recv(fd, out + have, end != NULL ? 1 : size - 1 - have, 0);
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n < 0)
            failure("receiving: %s", strerror(errno));
        have += (size_t)n;
        out[have] = '\0';
        if (n == 0 && end != NULL)
            failure("the stream ended before %s", end);
        if (n == 0 || (end != NULL && strstr(out, end) != NULL))
            return have;
    }
}

/* Reads exactly so many bytes. Turns meanwhile. */
static inline void rig_receive(struct rig *rig, int fd, void *out, size_t len)
{
    char *at = out;
    size_t have = 0;

    while (have < len) {
        ssize_t n;

        rig_until(rig, rig_is_readable(fd));
        n = recv(fd, at + have, len - have, 0);
        if (n <= 0)
            failure("the stream ended after %zu of %zu bytes", have, len);
        have += (size_t)n;
    }
}

/* The whole answer that a client gets, up to the end of the stream, is this, or
 * begins with it. */
static inline void rig_expect(struct rig *rig, int client, const char *answer)
{
    char got[4096];

    rig_read(rig, client, NULL, got, sizeof got);
    assert_string_equal(got, answer);
}

/* It gets no more, and a reset at the end: what it has is not the whole. */
static inline void rig_expect_reset(struct rig *rig, int client)
{
    char byte;

    rig_until(rig, rig_is_readable(client));
    assert_int_equal(recv(client, &byte, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
}

static inline void rig_expect_status(struct rig *rig, int client, int status)
{
    char got[4096], wanted[32];

    rig_read(rig, client, NULL, got, sizeof got);
    snprintf(wanted, sizeof wanted, "HTTP/1.1 %d ", status);
    if (strncmp(got, wanted, strlen(wanted)) != 0)
        failure("expected status %d, received: %s", status, got);
}

/* A client that has connected and sent this. */
static inline int rig_client(struct rig *rig, const char *request)
{
    int fd = wire_connect(rig->port);

    wire_send_text(fd, request);
    return fd;
}

#define RIG_GET    "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define RIG_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"

/* A client whose request has come to the first backend: *backend is that
 * connection. */
static inline int rig_under_way(struct rig *rig, int *backend)
{
    char head[4096];
    int client = rig_client(rig, RIG_GET);

    *backend = rig_accept(rig, 0);
    rig_read(rig, *backend, "\r\n\r\n", head, sizeof head);
    return client;
}

/* And it gets its answer. */
static inline void rig_complete(struct rig *rig, int backend, int client)
{
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
}

/* Plays the backend for one request: reads its head, answers, closes. */
static inline void rig_answer(struct rig *rig, int backend)
{
    char head[4096];
    int fd = rig_accept(rig, backend);

    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    wire_send_text(fd, RIG_ANSWER);
    wire_close(fd);
}

#endif
