#ifndef KEPT_H
#define KEPT_H

/* kept: connections that stay, for the suites that play both the clients and the
 * backends of a load balancer which keeps them.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "failure.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#define HOST "HTTP/1.1\r\nHost: h\r\n"
#define GET  "GET / " HOST "\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"
#define YES  LB_YES    /* after it both ends stay */
#define BYE  LB_ANSWER /* after it the backend's end closes */

/* The head of the next request on a connection to a backend begins with this;
 * the rest of it is read, too. */
static inline void kept_take(int backend, const char *begin)
{
    char head[4096];

    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    if (strncmp(head, begin, strlen(begin)) != 0)
        failure("expected a request that begins with %s, received\n%s", begin,
                head);
}

/* The same for a connection that is new. */
static inline int kept_accept(struct lb *lb, int i, const char *begin)
{
    int backend = lb_accept(lb, i);

    kept_take(backend, begin);
    return backend;
}

/* One exchange on two connections that are there. */
static inline void kept_exchange(int client, int backend)
{
    wire_send_text(client, GET);
    kept_take(backend, "GET / HTTP/1.1\r\n");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
}

/* A client and a backend's connection that have had an exchange: both are
 * idle. */
static inline int kept_pair(struct lb *lb, int i, int *backend)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, GET);
    *backend = kept_accept(lb, i, "GET / HTTP/1.1\r\n");
    wire_send_text(*backend, YES);
    wire_expect_text(client, YES);
    return client;
}

/* Our own answer with this status, and the end. */
static inline void kept_expect_refusal(int client, int status)
{
    struct http_response r;

    http_receive(client, "GET", &r);
    if (r.status != status)
        failure("expected status %d, received\n%s%s", status, r.head, r.body);
    assert_string_equal(http_field(&r, "Content-Type"), "text/plain");
    assert_true(r.closes);
    http_response_free(&r);
    wire_expect_end(client);
}

/* A client asks on a connection of its own, and what the backend answers on a
 * new one, or on this one if it is not -1, comes back to it. Returns the
 * backend's. */
static inline int kept_serves(struct lb *lb, int i, int backend)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, GET);
    if (backend < 0)
        backend = lb_accept(lb, i);
    kept_take(backend, "GET / HTTP/1.1\r\n");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    wire_close(client);
    return backend;
}

static inline void kept_close(int a, int b)
{
    wire_close(a);
    wire_close(b);
}

#endif
