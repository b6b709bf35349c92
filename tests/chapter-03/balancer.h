#ifndef BALANCER_H
#define BALANCER_H

/* balancer: load_balancer with its backends, for the suites that start it.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#define LOAD_BALANCER "chapter-03-load-balancer/load_balancer"
#define BACKEND       "backends/simple_http_backend"

#define GET_CLOSE "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define OK_CLOSE  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" \
                  "Connection: close\r\n\r\nhi\n"

/* A test server; port 0: the kernel chooses. */
static inline struct program *start_backend(const char *name, int port)
{
    char text[16];

    snprintf(text, sizeof text, "%d", port);
    return program_start(BACKEND, text, name, NULL);
}

/* b1, b2, b3 ... and their ports. */
static inline void start_backends(struct program **backends, int *ports,
                                  int count)
{
    for (int i = 0; i < count; i++) {
        char name[16];

        snprintf(name, sizeof name, "b%d", i + 1);
        backends[i] = start_backend(name, 0);
        ports[i] = program_port(backends[i]);
    }
}

static inline void stop_all(struct program **programs, int count)
{
    for (int i = 0; i < count; i++)
        program_stop(programs[i]);
}

/* The command line for backends at these ports of 127.0.0.1. */
struct command {
    char text[8][32];
    const char *argv[11];
};

static inline const char *const *command_for(struct command *c,
                                             const int *ports, int count)
{
    c->argv[0] = LOAD_BALANCER;
    c->argv[1] = "0";
    for (int i = 0; i < count; i++) {
        snprintf(c->text[i], sizeof c->text[i], "127.0.0.1:%d", ports[i]);
        c->argv[2 + i] = c->text[i];
    }
    c->argv[2 + count] = NULL;
    return c->argv;
}

static inline struct program *start_balancer(const int *ports, int count)
{
    struct command c;

    return program_start_args(command_for(&c, ports, count));
}

/* The backends that answer the next requests, in this order: "b1 b2 b3". */
static inline void expect_backends(struct program *lb, const char *order)
{
    char got[1024] = "", name[64];

    for (const char *at = order; at != NULL;
         at = strchr(at, ' ') != NULL ? strchr(at, ' ') + 1 : NULL) {
        http_get_backend(program_port(lb), "/", 200, name);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s",
                 at == order ? "" : " ", name);
    }
    assert_string_equal(got, order);
}

/* GET /, and what load_balancer itself answers to it. */
static inline void expect_refusal_by_balancer(struct program *lb, int status,
                                              const char *body)
{
    struct http_response r;

    http_get(program_port(lb), "/", &r);
    assert_int_equal(r.status, status);
    assert_string_equal(r.body, body);
    assert_null(http_field(&r, "X-Backend"));
    assert_string_equal(http_field(&r, "Content-Type"), "text/plain");
    http_response_free(&r);
}

/* Waits for "Backend 127.0.0.1:PORT marked WHAT". */
static inline void expect_marked(struct program *lb, int port,
                                 const char *what, int ms)
{
    char line[80];

    snprintf(line, sizeof line, "Backend 127.0.0.1:%d marked %s\n", port, what);
    program_expect_in(lb, line, ms);
}

/* How often a text is in another. */
static inline int times(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* Asks for the statistics until they have these sums: what a client has got all
 * of may not have been counted yet. */
static inline void expect_totals(struct program *lb, int requests, int failed)
{
    deadline_t deadline = deadline_in(10000);
    char line[80];

    snprintf(line, sizeof line, "\nTotal requests: %d, failed: %d\n", requests,
             failed);
    do {
        assert_true(deadline_pause(deadline));
        program_signal(lb, SIGUSR1);
    } while (strstr(program_output(lb), line) == NULL);
}

/* The statistics say this of a backend: "Requests: 3, Failed: 0". */
static inline void expect_line(const char *statistics, int port,
                               const char *what)
{
    char line[256];

    snprintf(line, sizeof line, "\n127.0.0.1:%d - %s", port, what);
    if (strstr(statistics, line) == NULL)
        assert_string_equal(statistics, line);
}

/* Ends the program by SIGTERM: what it printed in its life; free() it. */
static inline char *end_balancer(struct program *lb, int sig)
{
    char *output;

    program_signal(lb, sig);
    assert_int_equal(program_wait_output(lb, &output), 0);
    return output;
}

/* A scripted backend is a listener of the test itself. Each check of its health
 * is a connection, too, that ends without a byte. */
static inline void expect_health_check(int listener)
{
    int fd = wire_accept(listener);

    wire_expect_end(fd);
    wire_close(fd);
}

#endif
