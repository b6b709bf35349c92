/* idle: many connections that do nothing.
 *
 *     idle HOST:PORT COUNT [-r 1]
 *
 * Opens them one after the other, with -r 1 makes one request on each (so that
 * each is an idle keep-alive connection then), prints a line, and holds them
 * until its standard input ends. Then it says how many the other side has
 * closed meanwhile. */

#include "client.h"
#include "clock.h"
#include "descriptor.h"
#include "log.h"
#include "options.h"
#include "slice.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MS   5000 /* for one connection, or one answer */
#define COUNT_MAX 200000
#define SPARE_FDS 16

static const char PROGRAM[] = "idle";
static const char USAGE[] =
    "usage: idle HOST:PORT COUNT [-r REQUESTS]\n"
    "Holds COUNT connections until its standard input ends.\n"
    "  -r N   makes N requests on each one first (default 0)\n";

struct idle {
    struct net_addresses to;
    const char *where;
    uint64_t count, requests;
    int *fds;
};

static const char *take_argument(void *self, int what, int n, const char *value)
{
    struct idle *i = self;
    struct slice s = slice_of(value);

    if (what == 'r')
        return slice_number(s, 100, &i->requests) == 0 ? NULL : "not 0 to 100";
    if (n == 1)
        i->where = value;
    else if (n > 2)
        return "one operand too many";
    else if (slice_number(s, COUNT_MAX, &i->count) != 0)
        return "not a number of connections";
    return NULL;
}

/* 0, or -1 and errno. */
static int make_request(struct client *c)
{
    const uint64_t deadline_ms = clock_now_ms() + STEP_MS;
    enum client_verdict verdict = CLIENT_PARTIAL;

    if (client_ask(c, 0) != 0)
        return -1;
    while (verdict == CLIENT_PARTIAL) {
        if (wait_for(c->fd, POLLIN, deadline_ms) != 0)
            return -1;
        errno = EPROTO; /* what is said if the answer is not one */
        verdict = client_receive(c);
    }
    return verdict == CLIENT_COMPLETE ? 0 : -1;
}

/* The descriptor, or -1 after having said why. */
static int open_one(const struct idle *idle)
{
    struct client c;

    c.fd = net_connect(&idle->to, clock_now_ms() + STEP_MS, NULL);
    if (c.fd < 0) {
        log_error(PROGRAM, "connect to %s: %s", idle->where, strerror(errno));
        return -1;
    }
    for (uint64_t r = 0; r < idle->requests; r++)
        if (make_request(&c) != 0) {
            log_error(PROGRAM, "ask %s: %s", idle->where, strerror(errno));
            client_close(&c);
            return -1;
        }
    return c.fd;
}

static int is_lost(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK);

    return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static void wait_for_end_of_input(void)
{
    char bytes[64];
    ssize_t n;

    do
        n = read(STDIN_FILENO, bytes, sizeof bytes);
    while (n > 0 || (n < 0 && errno == EINTR));
}

static int hold(struct idle *idle)
{
    unsigned lost = 0;

    for (uint64_t i = 0; i < idle->count; i++)
        if ((idle->fds[i] = open_one(idle)) < 0)
            return 1;
    log_line("idle holds %u connections", (unsigned)idle->count);
    wait_for_end_of_input();
    for (uint64_t i = 0; i < idle->count; i++)
        lost += is_lost(idle->fds[i]) != 0;
    log_line("idle lost %u of %u", lost, (unsigned)idle->count);
    return 0; /* the system closes them, all at once */
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "r", 2,
                                                     "HOST:PORT and COUNT"};
    struct idle idle;
    int status;

    memset(&idle, 0, sizeof idle);
    status = options_read(&command_line, argc, argv, take_argument, &idle);
    if (status >= 0)
        return status;
    if (client_resolve(PROGRAM, idle.where, &idle.to) != 0)
        return 1;
    descriptor_want((int)idle.count + SPARE_FDS);
    idle.fds = calloc(idle.count + 1, sizeof *idle.fds);
    if (idle.fds == NULL) {
        log_error(PROGRAM, "hold %u: %s", (unsigned)idle.count,
                  strerror(errno));
        return 1;
    }
    status = hold(&idle);
    free(idle.fds);
    return status;
}
