/* reverse_proxy: stands before one backend, and tells it for whom it asks.
 *
 *     client  ->  reverse_proxy PORT  ->  backend HOST:PORT
 *
 * That of chapter 2, but for rewrite(): the backend gets X-Forwarded-For. */

#include "authority.h"
#include "clock.h"
#include "forwarded_for.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <unistd.h>

static const char PROGRAM[] = "reverse_proxy";
static const char USAGE[] =
    "usage: reverse_proxy PORT HOST:PORT\n"
    "Passes HTTP requests that come to PORT on to HOST:PORT.\n";

struct proxy {
    int port;               /* PORT */
    struct authority where; /* HOST:PORT ... */
    struct net_addresses backend; /* ... resolved */
    struct request request; /* the one being served */
};

/* The descriptor, or -1 after having set r->why. */
static int connect_to_backend(struct request *r,
                              const struct net_addresses *backend)
{
    int fd = net_connect(backend, clock_now_ms() + REQUEST_CONNECT_MS, NULL);

    r->why = "connect to the backend";
    r->error = fd < 0 ? errno : 0;
    return fd;
}

/* request_rewrite() with the client's address. It is asked of the socket: a
 * handler is not told. 0, 431, or -1 if the client has gone. */
static int rewrite(struct request *r)
{
    char ip[NET_IP_TEXT], value[FORWARDED_FOR_MAX];
    struct http_field field = {SLICE("X-Forwarded-For"), {value, 0}};
    struct net_address client;

    client.len = sizeof client.storage;
    if (getpeername(r->client_fd, (struct sockaddr *)&client.storage,
                    &client.len) != 0)
        return -1;
    field.value.len = forwarded_for(&r->head, net_ip_text(&client, ip), value,
                                    sizeof value);
    if (field.value.len == 0) {
        r->why = "X-Forwarded-For is too long";
        return 431;
    }
    return request_rewrite(r, &field, 1);
}

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    const struct proxy *proxy = self;
    int status, fd;

    if (r->head.form == HTTP_AUTHORITY) {
        r->why = "CONNECT is for forward proxies";
        return 405;
    }
    status = rewrite(r);
    if (status != 0)
        return status;
    fd = connect_to_backend(r, &proxy->backend);
    if (fd < 0)
        return r->error == ETIMEDOUT ? 504 : 502;
    status = request_relay(r, fd);
    close(fd);
    return status;
}

static void handle_client(void *self, int client_fd, const char *client)
{
    struct proxy *proxy = self;

    request_serve(&proxy->request, PROGRAM, client_fd, client, handle_request,
                  proxy);
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
    status = server_run(PROGRAM, listener, handle_client, &proxy);
    close(listener);
    return status;
}
