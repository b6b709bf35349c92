/* time_server: tells each client the time, and ends its stream.
 *
 *     time_server PORT
 *
 * It wants no input. What a client sends all the same is read and thrown away,
 * for a second at most: closing a socket that holds unread bytes resets the
 * connection, and the reset can destroy the answer. */

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"

#include <time.h>
#include <unistd.h>

#define CLIENT_MS 1000 /* for a client to take its line and go */
#define LINE_SIZE sizeof "2026-02-03T04:05:06Z\n"

static const char PROGRAM[] = "time_server";
static const char USAGE[] =
    "usage: time_server PORT\n"
    "Tells each client the time in UTC. PORT 0: any free port.\n";

/* Writes the time as a line; returns its length, 0 if it has no such form. */
static size_t format_time(time_t now, char line[LINE_SIZE])
{
    const struct tm *utc = gmtime(&now);

    if (utc == NULL)
        return 0;
    return strftime(line, LINE_SIZE, "%Y-%m-%dT%H:%M:%SZ\n", utc);
}

/* One client: the line, our end, and then its own. The descriptor is ours. */
static void serve_client(void *self, int fd, const char *client)
{
    uint64_t deadline_ms = clock_now_ms() + CLIENT_MS;
    char line[LINE_SIZE];
    size_t len = format_time(time(NULL), line);

    (void)self;
    log_line("Client connected: %s", client);
    net_send_all(fd, line, len, deadline_ms);
    net_close_gently(fd, deadline_ms);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    (void)what; /* there are no options */
    if (n > 1)
        return "one operand too many";
    if (authority_port(slice_of(value), self) != 0)
        return "not a port (0 to 65535)";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    int port, listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &port);
    if (status >= 0)
        return status;
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, serve_client, NULL);
    close(listener);
    return status;
}
