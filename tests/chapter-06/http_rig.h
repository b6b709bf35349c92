#ifndef HTTP_RIG_H
#define HTTP_RIG_H

/* http_rig: the parts of pooled_lb put together inside the test, on a clock that
 * only the test moves: the rig of chapter 4 with the engine and the pools of this
 * one. Include it after fixture.h. */

#include "../chapter-04/rig.h"
#include "engine_http.h"
#include "pool_connector.h"

#define HTTP_GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define HTTP_YES "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"

struct http_rig {
    struct rig *rig;
    struct pool_connector pools;
    struct connector connector;
};

/* So many backends, which the test plays; pools of 8, for 1000 seconds. */
static inline struct rig *http_rig_open(struct http_rig *h, int backends)
{
    struct rig *rig = rig_make(backends);

    h->rig = rig;
    rig->service.timeouts.idle_ms = 60000;
    rig->service.timeouts.tunnel_ms = 3600000;
    rig_open(rig);
    assert_int_equal(pool_connector_init(&h->pools, &rig->set,
                                         rig->service.watch, 8, 1000000), 0);
    h->connector = pool_connector_seam(&h->pools);
    rig->service.connector = &h->connector;
    rig->service.engine = &engine_http;
    return rig;
}

/* The pools lead to the rig's loop: they go first, when nothing is lent. */
static inline void http_rig_close(struct http_rig *h)
{
    service_close(&h->rig->service);
    pool_connector_close(&h->pools);
    rig_close(h->rig);
}

/* Exactly this comes next. */
static inline void http_rig_expect(struct rig *rig, int fd, const char *text)
{
    char got[4096];

    rig_receive(rig, fd, got, strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

/* The next request on a backend's connection is there, its head read. */
static inline void http_rig_take(struct rig *rig, int backend)
{
    char head[4096];

    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
}

/* A client that has asked; *backend has read its head. */
static inline int http_rig_ask(struct rig *rig, int i, const char *request,
                               int *backend)
{
    int client = rig_client(rig, request);

    *backend = rig_accept(rig, i);
    http_rig_take(rig, *backend);
    return client;
}

/* A client and a backend's connection that have had an exchange; both idle. */
static inline int http_rig_pair(struct rig *rig, int i, int *backend)
{
    int client = http_rig_ask(rig, i, HTTP_GET, backend);

    wire_send_text(*backend, HTTP_YES);
    http_rig_expect(rig, client, HTTP_YES);
    rig_until(rig, rig_idle(rig) == 1);
    return client;
}

#endif
