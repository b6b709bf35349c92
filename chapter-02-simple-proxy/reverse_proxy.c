/* reverse_proxy: stands before one backend and passes requests on to it.
 *
 *     client  ->  reverse_proxy PORT  ->  backend HOST:PORT
 *
 * One client at a time, one request a connection. Every step of an exchange is
 * one line of handle_client(). What is missing, on purpose: a second backend
 * (chapter 3) and a second client at the same time (chapter 4).
 * Read next: request.c, then http_head.c and relay.c. */

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "reverse_proxy";

struct proxy {
    struct net_addresses backend;
    struct request request; /* the one being served */
};

static void print_usage(FILE *to)
{
    fprintf(to, "usage: %s PORT HOST:PORT\n"
                "Passes HTTP requests that come to PORT on to HOST:PORT.\n",
            PROGRAM);
}

/* The descriptor, or -1 after having set r->why. */
static int connect_to_backend(struct request *r,
                              const struct net_addresses *backend)
{
    int fd = net_connect(backend, clock_now_ms() + REQUEST_CONNECT_MS, NULL);

    r->why = "connect to the backend";
    r->error = fd < 0 ? errno : 0;
    return fd;
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
    status = request_rewrite(r, NULL, 0);
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

static int usage_error(const char *what, const char *argument)
{
    log_error(PROGRAM, "%s%s", what, argument);
    print_usage(stderr);
    return 2;
}

int main(int argc, char *argv[])
{
    static struct proxy proxy; /* static: too large for some stacks */
    struct authority where;
    int port, listener, error;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
            print_usage(stdout);
            return 0;
        }
    if (argc != 3)
        return usage_error("expected PORT and HOST:PORT", "");
    if (authority_port(slice_of(argv[1]), &port) != 0)
        return usage_error("not a port (0 to 65535): ", argv[1]);
    if (authority_parse(slice_of(argv[2]), AUTHORITY_PORT_REQUIRED, &where))
        return usage_error("not HOST:PORT: ", argv[2]);

    error = net_resolve(where.host, where.port, &proxy.backend);
    if (error != 0) {
        log_error(PROGRAM, "resolve %s: %s", where.host, gai_strerror(error));
        return 1;
    }
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    error = server_run(PROGRAM, listener, handle_client, &proxy);
    close(listener);
    return error;
}
