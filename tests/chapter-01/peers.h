#ifndef PEERS_H
#define PEERS_H

/* peers: what the suites of this chapter say to the programs under test.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#define ECHO_SERVER "chapter-01-fundamentals/echo_server"
#define ECHO_CLIENT "chapter-01-fundamentals/echo_client"

/* For a command line that begins with /bin/sh. */
#define ECHO_SERVER_PATH PROGRAMS "/" ECHO_SERVER
#define ECHO_CLIENT_PATH PROGRAMS "/" ECHO_CLIENT

static inline struct program *start_server(void)
{
    return program_start(ECHO_SERVER, "0", NULL);
}

/* The port on our side of an IPv4 connection. */
static inline int own_port(int fd)
{
    struct sockaddr_in own;
    socklen_t len = sizeof own;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    return ntohs(own.sin_port);
}

/* Waits for "Client connected: 127.0.0.1:PORT" or disconnected, and what
 * follows. */
static inline void expect_event(struct program *p, const char *what, int port,
                                const char *then)
{
    char line[128];

    snprintf(line, sizeof line, "\nClient %s: 127.0.0.1:%d%s", what, port,
             then);
    program_expect(p, line);
}

static inline void expect_echo(int fd, const char *text)
{
    wire_send_text(fd, text);
    wire_expect_text(fd, text);
}

static inline int have_ipv6(void)
{
    struct sockaddr_in6 own;
    int fd = socket(AF_INET6, SOCK_STREAM, 0), bound;

    if (fd < 0)
        return 0;
    memset(&own, 0, sizeof own);
    own.sin6_family = AF_INET6;
    own.sin6_addr = in6addr_loopback;
    bound = bind(fd, (struct sockaddr *)&own, sizeof own) == 0;
    close(fd);
    return bound;
}

/* Its end, with what it printed (both outputs). */
static inline void expect_exit(struct program *p, int status,
                               const char *printed)
{
    char *output;
    int got = program_wait_output(p, &output);

    assert_string_equal(output, printed);
    assert_int_equal(got, status);
    free(output);
}

/* ---- a long stream ------------------------------------------------------- */

#define STREAM_SIZE ((size_t)10 << 20)

/* The byte at this place of it: no two KiB are alike. */
static inline unsigned char stream_byte(size_t at)
{
    return (unsigned char)(at * 7 + (at >> 8) * 13 + (at >> 16) * 101);
}

/* free() it. */
static inline unsigned char *make_stream(void)
{
    unsigned char *stream = malloc(STREAM_SIZE);

    assert_non_null(stream);
    for (size_t i = 0; i < STREAM_SIZE; i++)
        stream[i] = stream_byte(i);
    return stream;
}

static inline void check_stream(const void *data, size_t from, size_t len)
{
    const unsigned char *byte = data;

    for (size_t i = 0; i < len; i++)
        if (byte[i] != stream_byte(from + i))
            fail_msg("byte %zu of the stream is not what was sent", from + i);
}

/* Sends as much of the stream as goes without reading anything back: until the
 * peer sleeps, as it does not get rid of what it sends. Returns how much. */
static inline size_t fill_up(int fd, const unsigned char *stream)
{
    size_t sent = 0;

    do
        sent += wire_send_some(fd, stream + sent, STREAM_SIZE - sent);
    while (sent < STREAM_SIZE && deadline_poll(fd, POLLOUT, deadline_in(200)));
    assert_true(sent < STREAM_SIZE);
    return sent;
}

/* ---- command lines ------------------------------------------------------- */

struct refusal {
    const char *arguments[4]; /* up to a NULL */
    const char *says;         /* the rest of the line on standard error */
};

/* Exit status 2, one line that says why, the usage; nothing on stdout. */
static inline void expect_refusal(const char *path, const char *name,
                                  const char *usage,
                                  const struct refusal *case_)
{
    const char *argv[] = {path,
                          case_->arguments[0],
                          case_->arguments[1],
                          case_->arguments[2],
                          case_->arguments[3],
                          NULL};
    struct run r = program_run(argv, NULL, 0);
    char begin[256];

    snprintf(begin, sizeof begin, "%s: %s\n%s", name, case_->says, usage);
    assert_int_equal(r.status, 2);
    assert_string_equal(r.out, "");
    if (strncmp(r.err, begin, strlen(begin)) != 0)
        assert_string_equal(r.err, begin);
    run_free(&r);
}

/* Exit status 0, the usage on stdout. */
static inline void expect_help(const char *path, const char *usage,
                               const char *first, const char *second)
{
    const char *argv[] = {path, first, second, NULL};
    struct run r = program_run(argv, NULL, 0);

    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    assert_int_equal(strncmp(r.out, usage, strlen(usage)), 0);
    run_free(&r);
}

#endif
