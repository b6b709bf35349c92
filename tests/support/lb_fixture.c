#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#define BACKEND     "backends/simple_http_backend"
#define WAIT_MS     10000
#define MAX_WORDS   32
#define DESCRIPTORS 4096 /* for a test and what it starts */

/* ---- start and stop ----------------------------------------------------- */

/* Some systems give a process 256 descriptors unless it asks for more; what is
 * started from here inherits it. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur =
        limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void start_backend(struct lb *lb, int i)
{
    char port[8], name[16];

    snprintf(port, sizeof port, "%d", lb->backend_port[i]);
    snprintf(name, sizeof name, "b%d", i + 1);
    lb->backend[i] = program_start(BACKEND, port, name, NULL);
    lb->backend_port[i] = program_port(lb->backend[i]);
}

void lb_start_backends(struct lb *lb, const struct lb_plan *plan)
{
    raise_limit();
    memset(lb, 0, sizeof *lb);
    lb->count = plan->real + plan->scripted + plan->dead;
    if (lb->count > LB_BACKENDS)
        failure("more than %d backends", LB_BACKENDS);
    for (int i = 0; i < lb->count; i++) {
        lb->listener[i] = -1;
        if (i < plan->real)
            start_backend(lb, i);
        else if (i < plan->real + plan->scripted)
            lb->listener[i] = wire_listen(&lb->backend_port[i]);
        else
            lb->listener[i] = wire_refuse(&lb->backend_port[i]);
    }
}

struct command {
    const char *argv[MAX_WORDS + 1];
    int words;
    char path[4096];
    char where[LB_BACKENDS][48];
};

static void add(struct command *c, const char *word)
{
    if (c->words == MAX_WORDS)
        failure("more than %d words", MAX_WORDS);
    c->argv[c->words++] = word;
    c->argv[c->words] = NULL;
}

static void add_program(struct command *c, const struct lb_plan *plan)
{
    c->words = 0;
    for (int i = 0; i < 8 && plan->launcher[i] != NULL; i++)
        add(c, plan->launcher[i]);
    snprintf(c->path, sizeof c->path, "%s%s",
             c->words > 0 ? PROGRAMS "/" : "", plan->program);
    add(c, c->path);
    add(c, "0");
}

static void add_backend(struct command *c, const struct lb *lb, int i,
                        int weight)
{
    int n = snprintf(c->where[i], sizeof c->where[i], "127.0.0.1:%d",
                     lb->backend_port[i]);

    if (weight > 0)
        snprintf(c->where[i] + n, sizeof c->where[i] - (size_t)n, ":%d",
                 weight);
    add(c, c->where[i]);
}

void lb_start(struct lb *lb, const struct lb_plan *plan)
{
    struct command c;

    lb_start_backends(lb, plan);
    add_program(&c, plan);
    for (int i = 0; i < lb->count; i++)
        add_backend(&c, lb, i, plan->weights[i]);
    for (int i = 0; i < 8 && plan->options[i] != NULL; i++)
        add(&c, plan->options[i]);
    lb->program = program_start_args(c.argv);
    lb->port = program_port(lb->program);
}

static void stop_backends(struct lb *lb)
{
    for (int i = 0; i < lb->count; i++) {
        if (lb->backend[i] != NULL)
            program_stop(lb->backend[i]);
        if (lb->listener[i] >= 0)
            wire_close(lb->listener[i]);
    }
}

char *lb_stop_output(struct lb *lb)
{
    char *output;
    int status;

    program_signal(lb->program, SIGTERM);
    status = program_wait_output(lb->program, &output);
    if (status != 0)
        failure("the load balancer exited with %d, not 0; it printed:\n%s",
                status, output);
    stop_backends(lb);
    return output;
}

void lb_stop(struct lb *lb)
{
    free(lb_stop_output(lb));
}

void lb_kill_backend(struct lb *lb, int i)
{
    program_kill(lb->backend[i]);
    lb->backend[i] = NULL;
    lb->listener[i] = wire_refuse_at(lb->backend_port[i]);
}

void lb_restart_backend(struct lb *lb, int i)
{
    wire_close(lb->listener[i]);
    lb->listener[i] = -1;
    start_backend(lb, i);
}

/* ---- scripted backends -------------------------------------------------- */

int lb_is_request(int fd)
{
    char byte;
    ssize_t n;

    if (deadline_poll(fd, POLLIN, deadline_in(WAIT_MS)) == 0)
        failure("a connection to a backend on which nothing happens");
    do
        n = recv(fd, &byte, 1, MSG_PEEK);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        wire_close(fd);
    return n > 0;
}

int lb_accept(struct lb *lb, int i)
{
    deadline_t deadline = deadline_in(WAIT_MS);
    int fd;

    while (!lb_is_request(fd = wire_accept(lb->listener[i])))
        if (deadline_left(deadline) == 0)
            failure("no request came to backend %d", i + 1);
    return fd;
}

int lb_take(struct lb *lb, int i, char *head, size_t size)
{
    int fd = lb_accept(lb, i);

    wire_receive_until(fd, "\r\n\r\n", head, size);
    return fd;
}

void lb_answer(struct lb *lb, int i)
{
    char head[32768];
    int fd = lb_take(lb, i, head, sizeof head);

    wire_send_text(fd, LB_ANSWER);
    wire_close(fd);
}

/* ---- what can be seen --------------------------------------------------- */

void lb_expect_order(struct lb *lb, const char *order)
{
    char got[1024] = "", name[64];
    size_t len = 0;

    for (const char *at = order; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        http_get_backend(lb->port, "/", 200, name);
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s",
                                len > 0 ? " " : "", name);
    }
    if (strcmp(got, order) != 0)
        failure("the backends answered in another order\n  expected %s\n"
                "  received %s", order, got);
}

/* SIGUSR1, and where the statistics begin that are printed behind `from`. */
static size_t ask_statistics(struct lb *lb, size_t from)
{
    deadline_t deadline = deadline_in(WAIT_MS);
    const char *output, *begin;

    program_signal(lb->program, SIGUSR1);
    while (output = program_output(lb->program),
           (begin = strstr(output + from, "\n=== Load Balancer ")) == NULL)
        if (!deadline_pause(deadline))
            failure("no statistics after SIGUSR1");
    return (size_t)(begin - output);
}

/* How many lines there are depends on the program; but when it prints them again
 * the first ones are there to their end. */
const char *lb_statistics(struct lb *lb)
{
    size_t first = ask_statistics(lb, strlen(program_output(lb->program)));

    ask_statistics(lb, first + 1);
    return program_output(lb->program) + first;
}

static int number_after(const char *text, const char *what)
{
    const char *at = strstr(text, what);

    return at == NULL ? 0 : atoi(at + strlen(what));
}

int lb_descriptors(struct lb *lb)
{
    const char *statistics = lb_statistics(lb);
    int all = program_descriptors(lb->program);

    return all < 0 ? all
                   : all - number_after(statistics, ", idle ") -
                         2 * number_after(statistics, ", spare pipes ");
}

void lb_expect_descriptors(struct lb *lb, int count)
{
    deadline_t deadline = deadline_in(WAIT_MS);
    int now;

    while ((now = lb_descriptors(lb)) != count && now >= 0)
        if (!deadline_pause(deadline))
            failure("%d open descriptors, not %d; it printed:\n%s", now, count,
                    program_output(lb->program));
}

void lb_expect_idle(struct lb *lb, int ms)
{
    long before = program_cpu_ms(lb->program);
    deadline_t deadline = deadline_in(ms);

    while (deadline_pause(deadline))
        continue;
    if (program_cpu_ms(lb->program) - before > ms / 2)
        failure("%ld ms of processor time in %d ms of doing nothing",
                program_cpu_ms(lb->program) - before, ms);
}

void lb_expect_hello(int client)
{
    struct http_response r;

    http_receive(client, "GET", &r);
    if (r.status != 200 || strcmp(r.body, "Hello from b1\n") != 0)
        failure("status %d: %s", r.status, r.body);
    http_response_free(&r);
    wire_close(client);
}

void lb_expect_statistics(struct lb *lb, const char *text)
{
    deadline_t deadline = deadline_in(WAIT_MS);

    while (strstr(lb_statistics(lb), text) == NULL)
        if (!deadline_pause(deadline))
            failure("the statistics do not say \"%s\" but:\n%s", text,
                    program_output(lb->program));
}
