#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "backend.h"
#include "net.h"

#include <stdint.h>

/* exchange: one request and its answer, as those see it who watch the traffic
 * and do not move it. */

#define EXCHANGE_ID_MAX   129 /* X-Request-ID with its NUL */
#define EXCHANGE_KEY_MAX  17  /* 64 bits in hexadecimal, with a NUL */
#define EXCHANGE_LINE_MAX 256 /* bytes of the request line that are kept */

/* What is remembered of who has connected to us, as long as he is there. */
struct peer {
    char ip[NET_IP_TEXT]; /* as net_ip_text() writes it */
    unsigned char tls; /* he came by TLS, to somebody before us who says so
                          (engine_proxied, chapter 10) */
};

struct exchange {
    struct peer peer;
    char client_ip[NET_IP_TEXT]; /* who asks: the peer, or one behind it whom it
                                    tells of (struct identifier, service.h) */
    int https; /* he asked by https: the peer's tls, or what it tells of him */
    char key[EXCHANGE_KEY_MAX];  /* by which a backend is picked, instead of the
                                    client's address; empty: it is that */
    char request_id[EXCHANGE_ID_MAX];
    char line[EXCHANGE_LINE_MAX]; /* the request line or its beginning, as it */
    size_t line_len;              /* came: any bytes, perhaps none */
    struct backend *backend; /* the last one tried; NULL if there was none */
    int status;              /* of the answer; 0: there was none, or nobody
                                has read it (engine_single) */
    int tries;               /* connections asked */
    int reused;              /* the last of them had served before */
    const char *failure;     /* why it did not end well, or NULL */
    int retry_after_s;       /* refused: when to come again; 0: not said */
    uint64_t bytes_in;       /* from the client to the backend */
    uint64_t bytes_out;      /* to the client */
    uint64_t began_ms, ended_ms;
    uint64_t began_us; /* the same moment, as exactly as the loop knows it */
    uint64_t first_us; /* from there to the head of the answer */
    uint64_t took_us;  /* from there to the end */
};

/* seam: filter. Whoever wants a say before a request is passed on, or to know
 * what became of it. Here: the statistics; later: the rate limiter, metrics,
 * the access log. For each request `finish` is called exactly once, also when
 * it was refused; `admit` at most once, before a backend is chosen. Either may
 * be NULL. Whoever refuses may say why, for the log (x->failure, a string
 * constant), and when it is worth while to ask again (x->retry_after_s). */
struct filter {
    void *self;
    /* 0 to let it pass, or the HTTP status to refuse it with. */
    int (*admit)(void *self, struct exchange *x);
    void (*finish)(void *self, const struct exchange *x);
};

/* The filter that keeps the backends' statistics (self is not used). */
void statistics_finish(void *self, const struct exchange *x);

#endif
