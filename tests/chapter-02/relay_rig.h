#ifndef RELAY_RIG_H
#define RELAY_RIG_H

/* relay_rig: what test_relay.c and test_relay_failures.c share. The test is the
 * client and the backend; the relay runs in a child, where it may block. */

#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "fixture.h"
#include "relay.h"
#include "signals.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_MS 60000

static const struct relay_limits patient = {LONG_MS, LONG_MS, 0};

struct rig {
    int client, backend;       /* the test's ends */
    int client_fd, backend_fd; /* the relay's */
    const char *pending;       /* came behind the head */
    pid_t pid;
    int result, hold; /* pipes: the child's result; closed when it may end */
};

/* One connection: *ours is the test's end, *its the relay's. */
static inline void connect_pair(int *ours, int *its)
{
    int port, listener = wire_listen(&port);

    *ours = wire_connect(port);
    *its = wire_accept(listener);
    close(listener);
}

static inline struct rig rig(const char *pending)
{
    struct rig r = {.pending = pending};

    connect_pair(&r.client, &r.client_fd);
    connect_pair(&r.backend, &r.backend_fd);
    return r;
}

/* The same within the kernel: what a way can hold is known and does not change
 * as TCP's buffers and windows do. */
static inline struct rig local_rig(const char *pending)
{
    struct rig r = {.pending = pending};
    int up[2], down[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, up), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, down), 0);
    r.client = descriptors_nonblocking(up[0]);
    r.client_fd = descriptors_nonblocking(up[1]);
    r.backend = descriptors_nonblocking(down[0]);
    r.backend_fd = descriptors_nonblocking(down[1]);
    return r;
}

static inline struct relay_result run(const struct rig *r,
                                      struct relay_limits limits)
{
    char memory[RELAY_BUFFER];
    struct buffer pending;

    buffer_init(&pending, memory, sizeof memory);
    buffer_append(&pending, r->pending, strlen(r->pending));
    return relay_data(r->client_fd, r->backend_fd, &pending, limits);
}

static inline void child(const struct rig *r, struct relay_limits limits,
                         int result, int hold)
{
    struct relay_result got;
    uint64_t told[4]; /* a struct would have undefined bytes between */
    char ignored;

    alarm(60); /* a relay that hangs ends with its child */
    close(r->client);
    close(r->backend);
    if (signals_open() != 0)
        _exit(1);
    got = run(r, limits);
    told[0] = (uint64_t)got.end;
    told[1] = got.to_backend;
    told[2] = got.to_client;
    told[3] = (uint64_t)got.complete;
    if (write(result, told, sizeof told) != (ssize_t)sizeof told)
        _exit(1);
    /* Ending closes the sockets, which may reset them: not before the test has
     * seen what it wants to see. */
    _exit(read(hold, &ignored, 1) != 0);
}

static inline void begin(struct rig *r, struct relay_limits limits)
{
    int result[2], hold[2];

    assert_int_equal(pipe(result), 0);
    assert_int_equal(pipe(hold), 0);
    r->pid = fork();
    assert_true(r->pid >= 0);
    if (r->pid == 0) {
        close(hold[1]);
        child(r, limits, result[1], hold[0]);
    }
    close(result[1]);
    close(hold[0]);
    close(r->client_fd);
    close(r->backend_fd);
    r->result = result[0];
    r->hold = hold[1];
}

static inline struct relay_result end(struct rig *r)
{
    struct relay_result got;
    uint64_t told[4];
    int status;

    if (!deadline_poll(r->result, POLLIN, deadline_in(10000)) ||
        read(r->result, told, sizeof told) != (ssize_t)sizeof told)
        failure("the relay does not end");
    close(r->hold);
    close(r->result);
    assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
    assert_int_equal(status, 0);
    got.end = (enum relay_end)told[0];
    got.to_backend = told[1];
    got.to_client = told[2];
    got.complete = (int)told[3];
    return got;
}

static inline void close_ours(const struct rig *r)
{
    close(r->client);
    close(r->backend);
}

static inline void close_all(const struct rig *r)
{
    close_ours(r);
    close(r->client_fd);
    close(r->backend_fd);
}

/* ---- more than the buffers hold ------------------------------------------ */

#define MUCH (10 << 20)

static inline char byte_at(size_t at, int seed)
{
    return (char)((at * 7 + at / 251 + (size_t)seed) & 0xff);
}

/* Sends what goes of the MUCH bytes; the end behind the last. */
static inline void send_some(int fd, size_t *sent, int seed)
{
    char chunk[65536];
    size_t n = MUCH - *sent < sizeof chunk ? MUCH - *sent : sizeof chunk;

    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        chunk[i] = byte_at(*sent + i, seed);
    *sent += wire_send_some(fd, chunk, n);
    if (*sent == MUCH)
        wire_shut(fd);
}

/* Receives and checks what is there, at most so much; returns 1 at the end of
 * the stream. */
static inline int receive_some(int fd, size_t *received, size_t most, int seed)
{
    char chunk[65536];
    ssize_t n = recv(fd, chunk, most < sizeof chunk ? most : sizeof chunk, 0);

    if (n < 0 && errno != EAGAIN)
        failure("after %zu bytes: %s", *received, strerror(errno));
    for (ssize_t i = 0; i < n; i++, ++*received)
        if (chunk[i] != byte_at(*received, seed))
            failure("byte %zu is not what was sent", *received);
    return n == 0;
}

/* Sends until nothing goes any more; returns how much went. */
static inline size_t fill(int fd)
{
    size_t sent = 0, before;

    do {
        before = sent;
        send_some(fd, &sent, 3);
    } while (sent < MUCH && (sent > before ||
                             deadline_poll(fd, POLLOUT, deadline_in(200))));
    return sent;
}

#endif
