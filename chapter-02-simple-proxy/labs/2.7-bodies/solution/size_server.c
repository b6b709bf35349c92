/* size_server: answers each request with its size.
 *
 *     size_server PORT
 *
 * "POST /a" with a body of 5 bytes is answered with the line "POST /a 5". As
 * many requests on a connection as the client likes. */

#include "authority.h"
#include "buffer.h"
#include "clock.h"
#include "http_body.h"
#include "http_error.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SILENCE_MS 10000
#define SHOWN_MAX  256 /* bytes of method and path that are answered */

static const char PROGRAM[] = "size_server";
static const char USAGE[] =
    "usage: size_server PORT\n"
    "Answers HTTP requests with the size of their bodies.\n";

struct session {
    int fd;
    struct buffer in;
    struct http_head head; /* points into `in` */
    char memory[HTTP_HEAD_MAX];
};

static uint64_t silence_ms(void)
{
    return clock_now_ms() + SILENCE_MS;
}

/* 0 when more has come, -1 when nothing will. */
static int receive_more(struct session *s)
{
    for (;;) {
        ssize_t n = buffer_receive(&s->in, s->fd);

        if (n != 0 && n != -1)
            return 0;
        if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            return -1;
        if (wait_for(s->fd, POLLIN, silence_ms()) != 0)
            return -1;
    }
}

/* 0, a status to refuse with, or -1 when the client is gone. */
static int receive_head(struct session *s)
{
    for (;;) {
        switch (http_head_parse_request(&s->head, buffer_at(&s->in),
                                        buffer_size(&s->in))) {
        case HTTP_COMPLETE:
            return 0;
        case HTTP_BAD:
            return s->head.status;
        case HTTP_PARTIAL:
            break;
        }
        if (receive_more(s) != 0)
            return -1;
    }
}

/* Counts the bytes of the body and takes it off the stream. As above. */
static int receive_body(struct session *s, struct http_body *body,
                        uint64_t *size)
{
    char data[HTTP_HEAD_MAX];
    size_t len;

    *size = 0;
    for (;;) {
        buffer_consume(&s->in,
                       http_body_take(body, buffer_at(&s->in),
                                      buffer_size(&s->in), data, &len));
        *size += len;
        if (body->state == HTTP_BODY_BAD)
            return 400;
        if (body->state == HTTP_BODY_DONE)
            return 0;
        if (receive_more(s) != 0)
            return -1;
    }
}

static int send_size(struct session *s, const char *what, uint64_t size,
                     int keep)
{
    char line[SHOWN_MAX + 32], answer[SHOWN_MAX + 160];
    int len = snprintf(line, sizeof line, "%s %" PRIu64 "\n", what, size);

    len = snprintf(answer, sizeof answer,
                   "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
                   "Connection: %s\r\n\r\n%s",
                   len, keep ? "keep-alive" : "close", line);
    return net_send_all(s->fd, answer, (size_t)len, silence_ms());
}

/* One request: 1 if another may follow, else 0, a status, or -1. */
static int serve_request(struct session *s)
{
    struct http_body body;
    char what[SHOWN_MAX];
    uint64_t size;
    int keep, status = receive_head(s);

    if (status != 0)
        return status;
    snprintf(what, sizeof what, "%.*s %.*s", (int)s->head.method.len,
             s->head.method.at, (int)s->head.target.len, s->head.target.at);
    keep = http_head_keeps_alive(&s->head);
    http_body_begin(&body, &s->head);
    buffer_consume(&s->in, s->head.length); /* the head's slices end here */
    status = receive_body(s, &body, &size);
    if (status != 0)
        return status;
    return send_size(s, what, size, keep) == 0 ? keep : -1;
}

static void serve_client(void *self, int fd, const char *client)
{
    static struct session s; /* static: large, and one client at a time */
    int status;

    (void)self;
    (void)client;
    s.fd = fd;
    buffer_init(&s.in, s.memory, sizeof s.memory);
    do
        status = serve_request(&s);
    while (status == 1);
    if (status > 1)
        send_error(fd, status, 0, silence_ms());
    net_close_gently(fd, clock_now_ms() + 1000);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    (void)what; /* there are no options */
    if (n > 1)
        return "one operand too many";
    if (authority_port(slice_of(value), self) != 0)
        return "not a port (0 to 65535)";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    int port, listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &port);
    if (status >= 0)
        return status;
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, serve_client, NULL);
    close(listener);
    return status;
}
