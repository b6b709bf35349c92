/* forward_proxy: fetches for its clients what they name, from anywhere.
 *
 *     client  ->  forward_proxy PORT  ->  whatever host the request names
 *
 * Two kinds of request: "GET http://host/path", which is rewritten and passed
 * on, and "CONNECT host:port", which opens a tunnel for bytes that the proxy
 * does not understand (TLS, usually).
 * One client at a time, as in reverse_proxy.c; read that first. */

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

#define TUNNEL_SILENCE_MS 60000 /* either way */

static const char PROGRAM[] = "forward_proxy";
static const char USAGE[] =
    "usage: forward_proxy PORT\n"
    "An HTTP proxy for clients: curl -x http://HOST:PORT URL\n";

/* The host and port that a CONNECT request names: 0, or -1. */
static int parse_connect_request(const struct http_head *head,
                                 struct authority *to)
{
    if (head->form != HTTP_AUTHORITY)
        return -1;
    return authority_parse(head->authority, AUTHORITY_PORT_REQUIRED, to);
}

/* The descriptor; or -1 with a status to refuse with in *status. */
static int connect_to_host(struct request *r, const struct authority *to,
                           int *status)
{
    struct net_addresses addresses;
    int fd;

    if (net_resolve(to->host, to->port, &addresses) != 0) {
        *status = 502;
        r->why = "the host name does not resolve";
        return -1;
    }
    fd = net_connect(&addresses, clock_now_ms() + REQUEST_CONNECT_MS, NULL);
    r->why = "connect to the host";
    r->error = fd < 0 ? errno : 0;
    *status = r->error == ETIMEDOUT ? 504 : 502;
    return fd;
}

/* After our 200 the connection belongs to the two ends: whatever came behind
 * the head goes to the host, and then every byte goes its way. */
static int handle_connect_tunnel(struct request *r, int host_fd)
{
    static const char established[] =
        "HTTP/1.1 200 Connection Established\r\n\r\n";
    static const struct relay_limits limits = {TUNNEL_SILENCE_MS,
                                               TUNNEL_SILENCE_MS, 0};
    size_t rest = buffer_size(&r->in) - r->head.length;

    buffer_append(&r->out, buffer_at(&r->in) + r->head.length, rest);
    if (net_send_all(r->client_fd, established, sizeof established - 1,
                     clock_now_ms() + REQUEST_CLOSE_MS) == 0)
        relay_data(r->client_fd, host_fd, &r->out, limits);
    return 0;
}

/* "GET http://host/path": to the host it goes as "GET /path", with Via as
 * RFC 9110, section 7.6.3, asks, and without our own client's credentials. */
static int handle_absolute(struct request *r, int host_fd)
{
    static const struct http_field set[] = {
        {{"Via", 3}, {"1.1 forward_proxy", 17}},
        {{"Proxy-Authorization", 19}, {NULL, 0}}};
    int status = request_rewrite(r, set, 2);

    return status == 0 ? request_relay(r, host_fd) : status;
}

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    struct authority to;
    int status, fd;

    (void)self;
    if (parse_connect_request(&r->head, &to) != 0 &&
        (r->head.form != HTTP_ABSOLUTE ||
         !slice_equal_nocase(r->head.scheme, SLICE("http")) ||
         authority_parse(r->head.authority, 80, &to) != 0)) {
        r->why = "neither CONNECT nor an http:// target";
        return 400;
    }
    fd = connect_to_host(r, &to, &status);
    if (fd < 0)
        return status;
    status = r->head.form == HTTP_AUTHORITY ? handle_connect_tunnel(r, fd)
                                            : handle_absolute(r, fd);
    close(fd);
    return status;
}

static void handle_client(void *self, int client_fd, const char *client)
{
    request_serve(self, PROGRAM, client_fd, client, handle_request, NULL);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    (void)what; /* there are no options */
    if (n > 1)
        return "one operand too many";
    return authority_port(slice_of(value), self) != 0
               ? "not a port (0 to 65535)"
               : NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    static struct request request; /* static: too large for some stacks */
    int port = 0, listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &port);
    if (status >= 0)
        return status;
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, handle_client, &request);
    close(listener);
    return status;
}
