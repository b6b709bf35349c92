/* logging_server: an echo server that writes down who came and who went.
 *
 *     logging_server PORT FILE
 *
 * One line in FILE for each event, behind what is there already:
 *
 *     2026-02-03T04:05:06Z connect 127.0.0.1:48098
 *     2026-02-03T04:05:09Z disconnect 127.0.0.1:48098 received=6 sent=6 end
 *
 * Each line is one write(2) to a descriptor with O_APPEND: two servers can share
 * the file, and the line is there as soon as the event is. */

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define BUFFER_SIZE 1024 /* bytes received at most with one call */
#define EVENT_SIZE  128  /* an event in words */

static const char PROGRAM[] = "logging_server";
static const char USAGE[] =
    "usage: logging_server PORT FILE\n"
    "Sends back what it receives, and logs its clients in FILE.\n";

struct log_file {
    const char *name;
    int fd;
    int has_failed; /* and that was said */
};

struct setting {
    int port;
    struct log_file log;
};

/* What passed on one connection, in bytes. */
struct traffic {
    uint64_t received, sent;
};

/* 0, or -1 after having said why. */
static int open_log(struct log_file *log)
{
    /* YOUR CODE: open log->name; where that fails, say why. */
    log->fd = open("/dev/null", O_WRONLY);
    return 0;
}

/* Writes an event behind the time, and says once if that fails. */
static void log_event(struct log_file *log, const char *event)
{
    /* YOUR CODE */
    (void)log;
    (void)event;
}

/* The next bytes, as soon as there are any: returns how many, 0 when the client
 * has ended its stream, -1 when the connection broke or we are to stop. */
static ssize_t receive_some(int fd, char *data, size_t size)
{
    for (;;) {
        ssize_t n = recv(fd, data, size, 0);

        if (n >= 0)
            return n;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if (wait_for(fd, POLLIN, CLOCK_NEVER) != 0)
            return -1;
    }
}

/* Echoes until it is over, and says in a word how it ended. */
static const char *echo(int fd, struct traffic *t)
{
    char data[BUFFER_SIZE];
    ssize_t n;

    while ((n = receive_some(fd, data, sizeof data)) > 0) {
        /* YOUR CODE: count both ways. */
        (void)t;
        if (net_send_all(fd, data, (size_t)n, CLOCK_NEVER) != 0)
            break;
    }
    return "end"; /* YOUR CODE: or "stop", or "reset" */
}

/* One client, until it goes. The descriptor is ours. */
static void serve_client(void *self, int fd, const char *client)
{
    struct log_file *log = self;
    struct traffic t = {0, 0};
    char event[EVENT_SIZE];
    const char *how;

    snprintf(event, sizeof event, "connect %s", client);
    log_event(log, event);
    how = echo(fd, &t);
    (void)how; /* YOUR CODE: the client has gone. */
    close(fd);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    struct setting *setting = self;

    (void)what; /* there are no options */
    if (n > 2)
        return "one operand too many";
    if (n == 2)
        setting->log.name = value;
    else if (authority_port(slice_of(value), &setting->port) != 0)
        return "not a port (0 to 65535)";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and FILE"};
    struct setting setting = {0, {NULL, -1, 0}};
    int listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &setting);
    if (status >= 0)
        return status;
    if (open_log(&setting.log) != 0)
        return 1;
    listener = server_open(PROGRAM, setting.port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, serve_client, &setting.log);
    close(listener);
    close(setting.log.fd);
    return status;
}
