#ifndef PLAYED_EXCHANGE_H
#define PLAYED_EXCHANGE_H

/* played_exchange: a client and two backends in the test's own thread, a step at
 * a time between the turns of the load balancer, who know every byte that may
 * come. Include it after fixture.h.
 *
 * The client makes some requests, one after the other; each has an answer of its
 * own, and so has each byte of a body. It gives a request up when its connection
 * ends; whoever judges asks what came of it. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "descriptors.h"
#include "failure.h"
#include "wire.h"

#define PLAYED_PEERS 16     /* connections of a backend at the same time */
#define PLAYED_ROOM  400000 /* for what comes on one */

struct played_request {
    const char *method;
    size_t body, answer; /* bytes */
};

static const struct played_request played_requests[] = {
    {"GET", 0, 3},      {"POST", 50000, 10}, {"GET", 0, 200000},
    {"POST", 0, 40000}, {"GET", 0, 0},
};
#define PLAYED_COUNT (int)(sizeof played_requests / sizeof *played_requests)

struct played_end { /* one side of a connection */
    int fd;         /* -1: none */
    char *in, *out;
    size_t have, to_send, sent;
};

struct played {
    int port; /* of the load balancer */
    int listeners[2];
    struct played_end client, peers[PLAYED_PEERS];
    int now;                   /* the request under way */
    int status[PLAYED_COUNT];  /* 0: none came */
    int arrived[PLAYED_COUNT]; /* so often at a backend: heads */
};

/* The byte of an exchange's body at this place. */
static inline char played_byte(int exchange, size_t at)
{
    return (char)(exchange * 37 + (int)(at * 7 + at / 251));
}

static inline void played_fill(char *to, int exchange, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = played_byte(exchange, i);
}

static inline void played_check(const char *from, int exchange, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (from[i] != played_byte(exchange, i))
            failure("exchange %d: byte %zu is wrong", exchange, i);
}

/* ---- one end ------------------------------------------------------------ */

static inline void played_open(struct played_end *end, int fd)
{
    end->fd = descriptors_nonblocking(descriptors_private(fd));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    end->have = end->to_send = end->sent = 0;
}

static inline void played_leave(struct played_end *end)
{
    if (end->fd >= 0)
        wire_close(end->fd);
    end->fd = -1;
}

/* Sends and receives what can be; -1: the stream is over. */
static inline int played_move(struct played_end *end)
{
    ssize_t n = 0;

    if (end->sent < end->to_send)
        n = send(end->fd, end->out + end->sent, end->to_send - end->sent, 0);
    if (n > 0)
        end->sent += (size_t)n;
    if (n < 0 && errno != EAGAIN)
        return -1;
    n = recv(end->fd, end->in + end->have, PLAYED_ROOM - end->have, 0);
    if (n > 0)
        end->have += (size_t)n;
    return n > 0 || (n < 0 && errno == EAGAIN) ? 0 : -1;
}

/* The head that has come, with a NUL in the place of its last newline; the bytes
 * of it; NULL: not yet. */
static inline const char *played_head(struct played_end *end, size_t *len)
{
    char *stop;

    end->in[end->have] = '\0';
    stop = strstr(end->in, "\r\n\r\n");
    if (stop == NULL)
        return NULL;
    *len = (size_t)(stop - end->in) + 4;
    stop[3] = '\0';
    return end->in;
}

static inline size_t played_length(const char *head)
{
    const char *at = strstr(head, "\r\nContent-Length: ");

    return at != NULL ? strtoul(at + 18, NULL, 10) : 0;
}

/* ---- backends ----------------------------------------------------------- */

static inline void played_answer(struct played *p, struct played_end *end)
{
    size_t head_len, want;
    const char *head = played_head(end, &head_len);
    const char *path = head != NULL ? strchr(head, '/') : NULL;
    int which = path != NULL ? path[1] - '0' : 0;

    if (head == NULL)
        return;
    want = played_length(head);
    if (which < 0 || which >= PLAYED_COUNT)
        failure("nobody asked this: %s", head);
    if (end->have == head_len + want) {
        played_check(end->in + head_len, which, want);
        assert_int_equal(want, played_requests[which].body);
        p->arrived[which]++;
        want = played_requests[which].answer;
        end->to_send = (size_t)sprintf(
            end->out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", want);
        played_fill(end->out + end->to_send, which, want);
        end->to_send += want;
        end->sent = end->have = 0;
    } else if (end->have > head_len + want) {
        failure("bytes behind a request of %zu bytes", head_len + want);
    } else {
        end->in[head_len - 1] = '\n'; /* read it again next time */
    }
}

static inline void played_accept(struct played *p, int listener)
{
    int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return;
    for (int i = 0; i < PLAYED_PEERS; i++)
        if (p->peers[i].fd < 0) {
            played_open(&p->peers[i], fd);
            return;
        }
    failure("more than %d connections to the backends", PLAYED_PEERS);
}

static inline void played_backends(struct played *p)
{
    for (int i = 0; i < 2; i++)
        played_accept(p, p->listeners[i]);
    for (int i = 0; i < PLAYED_PEERS; i++)
        if (p->peers[i].fd >= 0) {
            if (played_move(&p->peers[i]) != 0)
                played_leave(&p->peers[i]);
            else if (p->peers[i].have > 0)
                played_answer(p, &p->peers[i]);
        }
}

/* ---- the client --------------------------------------------------------- */

static inline void played_ask(struct played *p)
{
    const struct played_request *r = &played_requests[p->now];
    struct played_end *end = &p->client;

    if (end->fd < 0)
        played_open(end, wire_connect(p->port));
    end->have = end->sent = 0;
    end->to_send = (size_t)sprintf(
        end->out, "%s /%d HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
        r->method, p->now, r->body);
    played_fill(end->out + end->to_send, p->now, r->body);
    end->to_send += r->body;
}

/* What has come is the right answer, as far as it goes. Whether it is whole. */
static inline int played_judge(struct played *p)
{
    struct played_end *end = &p->client;
    size_t head_len = 0, want;
    const char *head = played_head(end, &head_len);
    int status = head != NULL ? atoi(head + 9) : 0;

    if (head == NULL)
        return 0;
    want = played_length(head);
    if (status == 200) {
        assert_int_equal(want, played_requests[p->now].answer);
        played_check(end->in + head_len, p->now,
                     end->have - head_len < want ? end->have - head_len : want);
    }
    if (end->have > head_len + want)
        failure("bytes behind an answer of %zu bytes", head_len + want);
    end->in[head_len - 1] = '\n';
    if (end->have < head_len + want)
        return 0;
    p->status[p->now] = status;
    return 1;
}

static inline int played_is_over(const struct played *p)
{
    return p->now == PLAYED_COUNT;
}

static inline void played_client(struct played *p)
{
    int over, whole;

    if (played_is_over(p))
        return;
    over = played_move(&p->client) != 0;
    whole = p->client.have > 0 && played_judge(p);
    if (over || (whole && p->status[p->now] != 200))
        played_leave(&p->client);
    if (!over && !whole)
        return;
    p->now++;
    if (!played_is_over(p))
        played_ask(p);
}

/* ---- all of it ---------------------------------------------------------- */

static inline void played_make(struct played_end *end)
{
    end->fd = -1;
    end->in = malloc(PLAYED_ROOM + 1);
    end->out = malloc(PLAYED_ROOM);
    assert_true(end->in != NULL && end->out != NULL);
}

/* Listens at two ports; the client asks as soon as it is told the port of the
 * load balancer. */
static inline void played_begin(struct played *p, int ports[2])
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < 2; i++)
        p->listeners[i] = descriptors_nonblocking(wire_listen(&ports[i]));
    played_make(&p->client);
    for (int i = 0; i < PLAYED_PEERS; i++)
        played_make(&p->peers[i]);
}

static inline void played_end_all(struct played *p)
{
    for (int i = -1; i < PLAYED_PEERS; i++) {
        struct played_end *end = i < 0 ? &p->client : &p->peers[i];

        played_leave(end);
        free(end->in);
        free(end->out);
    }
    for (int i = 0; i < 2; i++)
        wire_close(p->listeners[i]);
}

#endif
