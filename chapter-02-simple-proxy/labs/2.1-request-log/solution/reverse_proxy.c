/* reverse_proxy: stands before one backend, and logs each request.
 *
 *     client  ->  reverse_proxy PORT  ->  backend HOST:PORT
 *
 * Simpler than that of chapter 2: first all of the request goes to the backend,
 * whose length must be known, then all of the answer comes back. */

#include "authority.h"
#include "clock.h"
#include "http_error.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "request.h"
#include "request_log.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "reverse_proxy";
static const char USAGE[] =
    "usage: reverse_proxy PORT HOST:PORT\n"
    "Passes HTTP requests that come to PORT on to HOST:PORT, and logs them.\n";

struct proxy {
    int port;               /* PORT */
    struct authority where; /* HOST:PORT ... */
    struct net_addresses backend; /* ... resolved */
    struct request request; /* the one being served */
    struct answer_watch watch; /* its answer, if it came from the backend ... */
    uint64_t sent;          /* ... and how much of it, or of ours, was sent */
    int broke_off;
};

static uint64_t silence_ms(void)
{
    return clock_now_ms() + REQUEST_SILENCE_MS;
}

/* The next bytes: how many, 0 at the end, -1 and errno. */
static ssize_t receive_some(int fd, char *data, size_t size)
{
    for (;;) {
        ssize_t n = recv(fd, data, size, 0);

        if (n >= 0)
            return n;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if (wait_for(fd, POLLIN, silence_ms()) != 0)
            return -1;
    }
}

/* The head, and the body that its length tells. 0, a status, or -1. */
static int send_request(struct request *r, int backend_fd)
{
    char data[RELAY_BUFFER];
    uint64_t came = buffer_size(&r->in) - r->head.length;
    uint64_t body = r->head.content_length > 0
                        ? (uint64_t)r->head.content_length : 0;
    int status = request_rewrite(r, NULL, 0);

    if (status != 0)
        return status;
    r->why = "send to the backend";
    if (net_send_all(backend_fd, buffer_at(&r->out), buffer_size(&r->out),
                     silence_ms()) != 0)
        return 502;
    while (came < body) {
        ssize_t n = receive_some(r->client_fd, data, sizeof data);

        if (n <= 0)
            return -1;
        if (net_send_all(backend_fd, data, (size_t)n, silence_ms()) != 0)
            return 502;
        came += (uint64_t)n;
    }
    return 0;
}

/* 0; 502 or 504 if nothing came; -1 if the client has left. */
static int pass_answer(struct proxy *p, int backend_fd)
{
    char data[RELAY_BUFFER];
    ssize_t n;

    while ((n = receive_some(backend_fd, data, sizeof data)) > 0) {
        answer_watch_see(&p->watch, data, (size_t)n);
        if (net_send_all(p->request.client_fd, data, (size_t)n,
                         silence_ms()) != 0)
            return -1;
        p->sent += (uint64_t)n;
    }
    p->broke_off = n < 0;
    p->request.why = "no answer from the backend";
    if (p->sent > 0)
        return 0;
    return n < 0 && errno == ETIMEDOUT ? 504 : 502;
}

/* 0 when an answer was passed on; a status to refuse with; or -1. */
static int handle_request(struct proxy *p)
{
    struct request *r = &p->request;
    int fd, status;

    r->why = "only requests whose length is known";
    if (r->head.form == HTTP_AUTHORITY || r->head.chunked)
        return r->head.chunked ? 411 : 405;
    fd = net_connect(&p->backend, clock_now_ms() + REQUEST_CONNECT_MS, NULL);
    r->why = "connect to the backend";
    if (fd < 0)
        return errno == ETIMEDOUT ? 504 : 502;
    status = send_request(r, fd);
    if (status == 0)
        status = pass_answer(p, fd);
    close(fd);
    return status;
}

/* Sends our own answer. Returns how many bytes it has. */
static size_t refuse(const struct request *r, int status)
{
    char answer[HTTP_ERROR_MAX];
    int bodyless = slice_equal(r->head.method, SLICE("HEAD"));
    size_t len = http_error_format(answer, status, bodyless);

    net_send_all(r->client_fd, answer, len, clock_now_ms() + REQUEST_CLOSE_MS);
    return len;
}

static void log_request(const struct proxy *p, const char *client, int status,
                        uint64_t began_ms)
{
    const struct request *r = &p->request;
    struct request_record record = {
        client, r->head.method, r->head.target, status, p->sent,
        clock_now_ms() - began_ms, p->broke_off};
    char line[REQUEST_LOG_MAX];

    if (r->head.method.len == 0) /* no head was read: no target either */
        record.target.len = 0;
    request_log_line(&record, line);
    log_line("%s", line);
}

static void serve_client(void *self, int fd, const char *client)
{
    struct proxy *p = self;
    uint64_t began_ms;
    int status;

    wait_for(fd, POLLIN, clock_now_ms() + REQUEST_HEAD_MS);
    began_ms = clock_now_ms();
    memset(&p->watch, 0, sizeof p->watch);
    p->sent = 0;
    p->broke_off = 0;
    status = request_receive(&p->request, fd);
    if (status == 0)
        status = handle_request(p);
    if (status > 0) {
        p->broke_off = 0;
        p->sent = refuse(&p->request, status);
    }
    if (status >= 0)
        log_request(p, client, status > 0 ? status : p->watch.status, began_ms);
    net_close_gently(fd, clock_now_ms() + REQUEST_CLOSE_MS);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    struct proxy *proxy = self;

    (void)what; /* there are no options */
    if (n > 2)
        return "one operand too many";
    if (n == 1 && authority_port(slice_of(value), &proxy->port) != 0)
        return "not a port (0 to 65535)";
    if (n == 2 && authority_parse(slice_of(value), AUTHORITY_PORT_REQUIRED,
                                  &proxy->where) != 0)
        return "not HOST:PORT";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and HOST:PORT"};
    static struct proxy proxy; /* static: too large for some stacks */
    int listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &proxy);
    if (status >= 0)
        return status;
    status = net_resolve(proxy.where.host, proxy.where.port, &proxy.backend);
    if (status != 0) {
        log_error(PROGRAM, "resolve %s: %s", proxy.where.host,
                  gai_strerror(status));
        return 1;
    }
    listener = server_open(PROGRAM, proxy.port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, serve_client, &proxy);
    close(listener);
    return status;
}
