#ifndef LB_FIXTURE_H
#define LB_FIXTURE_H

#include <stddef.h>

#include "program.h"

/* lb_fixture: a load balancer with its backends, for the suites that talk to it
 * from both sides.
 *
 *     struct lb lb;
 *     lb_start(&lb, &(struct lb_plan){ .program = LB_PROGRAM, .real = 3,
 *                                      .options = { "-a", "wrr" } });
 *     ... requests to lb.port ...
 *     lb_stop(&lb);
 *
 * The first `real` backends are simple_http_backend processes b1, b2 ...; those
 * behind them are `scripted`: listeners of the test, which plays them itself;
 * those behind them are `dead`: ports that refuse.
 * All functions fail the running test instead of returning an error. */

/* The load balancer of the chapter that the suite is built for: the Makefile
 * says which. So a suite can be run on a later one, too: see AGAIN in
 * common.mk. */
#define LB_PROGRAM LB_PART "/" LB_NAME

#define LB_BACKENDS 8

struct lb_plan {
    const char *program;
    int real, scripted, dead;    /* dead ones refuse, from the start on */
    int weights[LB_BACKENDS];    /* 0: none is given */
    const char *options[8];      /* behind the backends, up to a NULL */
    const char *launcher[8];     /* words before the program ("/bin/sh" ...) */
};

struct lb {
    struct program *program;
    int port;
    int count;
    int backend_port[LB_BACKENDS];
    struct program *backend[LB_BACKENDS]; /* NULL: killed, or scripted */
    int listener[LB_BACKENDS]; /* scripted ones; what holds the port of dead
                                  ones; -1 for the others */
};

void lb_start(struct lb *lb, const struct lb_plan *plan);

/* Its first half: the backends alone. Who starts the load balancer in a way of
 * his own then sets lb->program and lb->port. */
void lb_start_backends(struct lb *lb, const struct lb_plan *plan);

/* The usual ones: LB_PROGRAM, round robin. (Macros, because each suite has an
 * LB_PROGRAM of its own, and this module is built once for all.) */
#define lb_start_real(lb, backends) \
    lb_start((lb), &(struct lb_plan){ .program = LB_PROGRAM, \
                                      .real = (backends) })
#define lb_start_scripted(lb, backends) \
    lb_start((lb), &(struct lb_plan){ .program = LB_PROGRAM, \
                                      .scripted = (backends) })

/* SIGTERM to the load balancer, which must exit 0; then the backends. */
void lb_stop(struct lb *lb);

/* As lb_stop(); returns all that the load balancer printed (free() it). */
char *lb_stop_output(struct lb *lb);

/* SIGKILL; and the same backend again on the same port. Counted from 0. */
void lb_kill_backend(struct lb *lb, int i);
void lb_restart_backend(struct lb *lb, int i);

/* A request that comes to a scripted backend: its head as a string, and the
 * connection. A health check is a connection on which nothing comes; those
 * that lie before it are skipped. */
int lb_take(struct lb *lb, int i, char *head, size_t size);

/* The connection of a request, of which nothing has been read. */
int lb_accept(struct lb *lb, int i);

/* Waits for what comes on a backend's new connection, and reads none of it: 1
 * for a request; 0 for a check, which is closed. */
int lb_is_request(int fd);

/* The whole of a scripted backend's part: takes a request, answers with
 * LB_ANSWER, closes. A client that has said Connection: close gets it like
 * this, byte for byte, from all the load balancers. */
#define LB_ANSWER                                  \
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" \
    "Connection: close\r\n\r\nyes"
void lb_answer(struct lb *lb, int i);

/* An answer after which both ends stay. */
#define LB_YES "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"

/* GET / over and over: the names of the backends that answered, in this order,
 * as "b1 b2 b3". */
void lb_expect_order(struct lb *lb, const char *order);

/* The load balancer's open descriptors, without the idle connections and
 * the spare pipes that it keeps (-1 where the system cannot tell); and: waits until they
 * are exactly so many. */
int lb_descriptors(struct lb *lb);
void lb_expect_descriptors(struct lb *lb, int count);

/* What it uses of the processor in so many scaled milliseconds is a small part of
 * them: nothing spins. */
void lb_expect_idle(struct lb *lb, int ms);

/* LB_GET was sent on this connection: b1's answer comes. Closes it. */
#define LB_GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
void lb_expect_hello(int client);

/* Asks with SIGUSR1 until the statistics contain this text: what a client has
 * got may not have been counted yet. */
void lb_expect_statistics(struct lb *lb, const char *text);

/* Asks with SIGUSR1: the statistics, valid until the next call for this program
 * (program_output()). */
const char *lb_statistics(struct lb *lb);

#endif
