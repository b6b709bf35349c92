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
#include "options.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

static const char PROGRAM[] = "reverse_proxy";
static const char USAGE[] =
    "usage: reverse_proxy PORT HOST:PORT\n"
    "Passes HTTP requests that come to PORT on to HOST:PORT.\n";

struct proxy {
    struct net_addresses backend;
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

/* 0, 2 if the command line is wrong, or -1 if help was asked for. */
static int read_command_line(struct options *o, int *port,
                             struct authority *backend)
{
    int what, operands = 0;

    while ((what = options_next(o, "")) != OPTIONS_END) {
        const char *wrong = NULL;

        if (what == OPTIONS_HELP)
            return -1;
        if (what == OPTIONS_BAD)
            wrong = o->error;
        else if (++operands == 1 && authority_port(slice_of(o->value), port))
            wrong = "not a port (0 to 65535)";
        else if (operands == 2 &&
                 authority_parse(slice_of(o->value), AUTHORITY_PORT_REQUIRED,
                                 backend) != 0)
            wrong = "not HOST:PORT";
        else if (operands > 2)
            wrong = "one operand too many";
        if (wrong != NULL)
            return options_fail(PROGRAM, USAGE, "%s: %s", wrong, o->value);
    }
    if (operands < 2)
        return options_fail(PROGRAM, USAGE, "expected PORT and HOST:PORT");
    return 0;
}

int main(int argc, char *argv[])
{
    static struct proxy proxy; /* static: too large for some stacks */
    struct options options;
    struct authority where = {"", 0};
    int port = 0, listener, status;

    options_begin(&options, argc, argv);
    status = read_command_line(&options, &port, &where);
    if (status < 0)
        return print_usage(USAGE);
    if (status > 0)
        return status;

    status = net_resolve(where.host, where.port, &proxy.backend);
    if (status != 0) {
        log_error(PROGRAM, "resolve %s: %s", where.host, gai_strerror(status));
        return 1;
    }
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, handle_client, &proxy);
    close(listener);
    return status;
}
