#ifndef LONE_SESSION_H
#define LONE_SESSION_H

/* lone_session: the session under test. Its engine, connector, filters and loop
 * are the test's, and count what they are asked for.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "failure.h"
#include "fake_watch.h"
#include "service.h"
#include "wire.h"

static struct fake_watch fake;
static struct service service;
static struct session s;
static struct backend backend;
static int peer_of_client, peer_of_backend;

/* ---- an engine, a connector and filters that count ----------------------- */

static int starts, steps, expiries, releases, last_reusable;

static inline void count_start(struct session *session)
{
    assert_ptr_equal(session, &s);
    starts++;
}

static inline void count_step(struct session *session)
{
    assert_ptr_equal(session, &s);
    steps++;
}

static inline void count_expiry(struct session *session)
{
    assert_ptr_equal(session, &s);
    expiries++;
}

static const struct engine counting = {"counting", sizeof(struct session),
                                       count_start, count_step, count_expiry};

static inline void count_release(void *self, struct backend *b, int fd,
                                 int reusable)
{
    (void)self;
    assert_ptr_equal(b, &backend);
    last_reusable = reusable;
    releases++;
    close(fd);
}

static const struct connector connector = {NULL, NULL, count_release};

static int finishes;
static struct exchange told;

static inline void count_finish(void *self, const struct exchange *x)
{
    assert_ptr_equal(self, &finishes);
    finishes++;
    told = *x;
}

static const struct filter filters[] = {{&finishes, NULL, count_finish},
                                        {NULL, NULL, NULL},
                                        {&finishes, NULL, count_finish}};

/* ---- the session under test ---------------------------------------------- */

static inline int open_pair(int *far)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    *far = descriptors_nonblocking(ends[0]);
    return descriptors_nonblocking(ends[1]);
}

static inline void open_session(void)
{
    memset(&service, 0, sizeof service);
    memset(&s, 0, sizeof s);
    starts = steps = expiries = releases = finishes = 0;
    service.watch = fake_open(&fake);
    service.engine = &counting;
    service.connector = &connector;
    service.filters = filters;
    service.filter_count = 3;
    service.active = 1;
    list_init(&service.sessions);
    list_init(&service.ended);
    list_init(&service.idle);
    list_append(&service.sessions, &s.link);
    s.memory[0] = malloc(SESSION_BUFFER);
    s.memory[1] = malloc(SESSION_BUFFER);
    session_start(&s, &service, open_pair(&peer_of_client),
                  &(struct peer){"192.0.2.7", 0}, &counting);
}

/* Lends it a backend's connection, as upstream.c does. */
static inline void give_backend(void)
{
    memset(&backend, 0, sizeof backend);
    backend.active_connections = 1;
    s.x.backend = &backend;
    session_set_backend(&s, open_pair(&peer_of_backend));
}

static inline void close_session(void)
{
    int had_backend = s.backend_fd >= 0;

    session_end(&s, NULL);
    session_close(&s);
    close(peer_of_client);
    if (had_backend)
        close(peer_of_backend);
    free(s.memory[0]);
    free(s.memory[1]);
}

static inline int is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0;
}

#endif
