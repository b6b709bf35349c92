#ifndef LINES_H
#define LINES_H

/* lines: the proxy of this lab between a client and a backend that we play. */

#include "expect.h"
#include "program.h"
#include "request_log.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

struct stage {
    struct program *proxy;
    int listener, client, backend;
};

static inline struct stage stage_open(void)
{
    struct stage s = {.client = -1, .backend = -1};
    char at[32];
    int port;

    s.listener = wire_listen(&port);
    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    s.proxy = program_start(lab_program("reverse_proxy"), "0", at, NULL);
    return s;
}

/* A request, up to where the backend has its head. */
static inline void stage_request(struct stage *s, const char *head)
{
    char got[4096];

    s->client = wire_connect(program_port(s->proxy));
    wire_send_text(s->client, head);
    s->backend = wire_accept(s->listener);
    wire_receive_until(s->backend, "\r\n\r\n", got, sizeof got);
}

/* A line of the log: 127.0.0.1:PORT, this part, and the milliseconds. */
static inline void expect_line(struct stage *s, const char *part)
{
    const char *end = program_expect_in(s->proxy, part, 3000), *line = end;
    int port = 0;

    end += strlen(part);
    while (line > program_output(s->proxy) && line[-1] != '\n')
        line--;
    expect_that(about("the line %.*s", (int)(end - line), line),
                sscanf(line, "127.0.0.1:%d ", &port) == 1 && port > 0 &&
                    end[0] >= '0' && end[0] <= '9',
                about("127.0.0.1:PORT %sMILLISECONDS", part));
}

static inline void stage_close(struct stage *s)
{
    wire_close(s->listener);
    program_stop(s->proxy);
}

#endif
