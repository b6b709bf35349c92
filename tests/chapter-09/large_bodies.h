#ifndef LARGE_BODIES_H
#define LARGE_BODIES_H

/* large_bodies: zero_copy_lb between a client and a backend that the test plays,
 * both in its one thread, with bodies that do not fit between them.
 *
 * Include it after fixture.h. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"
#include "failure.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "stream.h"
#include "wire.h"
#include "zero_copy_system.h"

#define MIB ((size_t)1 << 20)

static inline void start_with(struct lb *lb, int scripted, const char *min)
{
    lb_start(lb, &(struct lb_plan){.program = LB_PROGRAM,
                                   .scripted = scripted,
                                   .real = !scripted,
                                   .options = {"-z", min}});
}

/* A client that asks, and what its request has become at the backend. */
static inline void ask(struct lb *lb, int client, const char *text,
                       int *backend)
{
    char head[4096];

    wire_send_text(client, text);
    *backend = lb_take(lb, 0, head, sizeof head);
}

/* The next request on a connection that the balancer keeps. */
static inline void ask_again(int client, int backend, const char *text)
{
    char head[4096];

    wire_send_text(client, text);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
}

static inline void send_head(int fd, const char *first_line, size_t len)
{
    char head[256];

    snprintf(head, sizeof head, "%s\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
             first_line, len);
    wire_send_text(fd, head);
}

/* The head that the program passes on is read off. */
static inline void skip_head(int fd)
{
    char head[4096];

    wire_receive_until(fd, "\r\n\r\n", head, sizeof head);
}

/* Sends the stream's bytes [from, to) at one side and receives them at the other,
 * at most `piece` at a time, whichever is possible. */
static inline void carry(int in, int out, const unsigned char *stream,
                         size_t from, size_t to, size_t piece)
{
    size_t sent = from, got = from;
    unsigned char *data = malloc(piece);

    assert_non_null(data);
    while (got < to) {
        size_t room = to - sent < piece ? to - sent : piece;
        size_t wanted = to - got < piece ? to - got : piece;
        ssize_t n;

        sent += wire_send_some(in, stream + sent, room);
        n = recv(out, data, wanted, 0);
        if (n == 0)
            failure("the stream ends after %zu of %zu bytes", got, to);
        if (n < 0 && deadline_poll(out, POLLIN, deadline_in(10000)) == 0)
            failure("nothing comes after %zu of %zu bytes", got, to);
        stream_check(data, got, n > 0 ? (size_t)n : 0);
        got += n > 0 ? (size_t)n : 0;
    }
    free(data);
}

/* Whether as many bytes as that, at least, were spliced: none in a build that
 * can't. */
static inline void expect_spliced_at_least(struct lb *lb, size_t bytes)
{
    deadline_t deadline = deadline_in(10000);
    unsigned long long spliced = 0;
    const char *at;

    do {
        program_signal(lb->program, SIGUSR1);
        at = program_expect(lb->program, "Spliced: ");
        for (const char *next = at; next != NULL;
             next = strstr(next + 1, "Spliced: "))
            at = next;
        spliced = strtoull(at + strlen("Spliced: "), NULL, 10);
        if (strcmp(zero_copy_system, "linux") != 0 ? spliced == 0
                                                   : spliced >= bytes)
            return;
    } while (deadline_pause(deadline));
    failure("%llu bytes were spliced, %zu were expected", spliced, bytes);
}

#define GET_IT "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK     "HTTP/1.1 200 OK"
#define ANSWER OK "\r\nContent-Length: 3\r\n\r\nyes"

#endif
