/* load_balancer: the reverse proxy of chapter 2, with many backends.
 *
 *                                        /->  backend 1
 *     client  ->  load_balancer PORT   ---->  backend 2
 *                                        \->  backend 3
 *
 * Round robin, health checks, statistics. Still one client at a time: while it
 * is served, and while a health check waits, everybody else waits too. That is
 * what chapter 4 is for.
 * Read next: balance.c, backend.c, health.c. */

#include "backend.h"
#include "balance.h"
#include "clock.h"
#include "health.h"
#include "log.h"
#include "options.h"
#include "request.h"
#include "server.h"
#include "signals.h"
#include "statistics.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "load_balancer";
static const char USAGE[] =
    "usage: load_balancer PORT HOST:PORT...\n"
    "Spreads HTTP requests over the backends, one after the other.\n"
    "Statistics: kill -USR1 PID\n";

struct load_balancer {
    int port;
    struct backend_set set;
    const struct balance *balance;
    uint64_t started_ms;
    char client_ip[NET_IP_TEXT]; /* of the client being served */
    struct request request;      /* the one being served */
};

/* The next backend that accepts a connection, or NULL when there is none left
 * to try: then r->why and r->error say what the last one did (EINTR: nothing,
 * we stop). */
static struct backend *connect_to_backend(struct load_balancer *lb, int *fd)
{
    struct request *r = &lb->request;
    struct backend_mask tried = {{0}};
    struct backend *b;

    r->why = "no backend is up";
    while ((b = select_backend(lb->balance, &lb->set, lb->client_ip,
                               &tried)) != NULL) {
        *fd = net_connect(&b->addresses, clock_now_ms() + REQUEST_CONNECT_MS,
                          &b->preferred);
        if (*fd >= 0)
            return b;
        r->why = "connect to the backends";
        r->error = errno;
        if (r->error == EINTR) /* we were asked to stop: b did nothing wrong */
            return NULL;
        backend_account(b, 0, 0, 0, 0);
        if (backend_report(b, 0, 1, 1))
            health_announce(b);
        backend_mask_add(&tried, (int)(b - lb->set.backends));
    }
    return NULL;
}

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    struct load_balancer *lb = self;
    struct backend *b;
    uint64_t began_ms;
    int status, fd;

    if (r->head.form == HTTP_AUTHORITY) {
        r->why = "CONNECT is for forward proxies";
        return 405;
    }
    status = request_rewrite(r, NULL, 0);
    if (status != 0)
        return status;
    b = connect_to_backend(lb, &fd);
    if (b == NULL)
        return r->error == EINTR ? -1 : 503;

    began_ms = clock_now_ms();
    b->active_connections++;
    status = request_relay(r, fd);
    b->active_connections--;
    backend_account(b, status == 0, r->result.to_backend, r->result.to_client,
                    clock_now_ms() - began_ms);
    close(fd);
    return status;
}

static int serve(struct load_balancer *lb, int listener)
{
    while (signals_stops() == 0) {
        uint64_t next_ms = health_check_all(&lb->set, clock_now_ms());
        struct net_address peer;
        char client[NET_TEXT];
        int fd;

        if (signals_take_dump()) /* maybe while we served, or checked */
            print_statistics(&lb->set, clock_now_ms() - lb->started_ms, stdout);
        fd = server_next(listener, next_ms, &peer);
        if (fd >= 0) {
            net_ip_text(&peer, lb->client_ip);
            request_serve(&lb->request, PROGRAM, fd, net_text(&peer, client),
                          handle_request, lb);
        } else if (errno != ETIMEDOUT && errno != EINTR) {
            log_error(PROGRAM, "accept: %s", strerror(errno));
            return 1;
        }
    }
    return 0;
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    struct load_balancer *lb = self;

    (void)what; /* there are no options */
    if (n > 1)
        return backend_set_add(&lb->set, value, 0);
    return authority_port(slice_of(value), &lb->port) != 0
               ? "not a port (0 to 65535)"
               : NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and backends"};
    static struct load_balancer lb; /* static: too large for some stacks */
    const struct backend *unknown;
    int status, error, listener;

    status = options_read(&command_line, argc, argv, take_operand, &lb);
    if (status >= 0)
        return status;
    error = backend_set_resolve(&lb.set, &unknown);
    if (error != 0) {
        log_error(PROGRAM, "resolve %s: %s", unknown->where.host,
                  gai_strerror(error));
        return 1;
    }

    listener = server_open(PROGRAM, lb.port);
    if (listener < 0)
        return 1;
    lb.balance = balance_find("round_robin");
    lb.started_ms = clock_now_ms();
    health_check_all(&lb.set, lb.started_ms);
    server_announce(PROGRAM, listener);
    status = serve(&lb, listener);
    close(listener);
    print_statistics(&lb.set, clock_now_ms() - lb.started_ms, stdout);
    return status;
}
