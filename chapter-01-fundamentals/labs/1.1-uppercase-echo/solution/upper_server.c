/* upper_server: sends back what it receives, with the letters a to z as
 * capitals.
 *
 *     upper_server PORT
 *
 * Listening and accepting is server.h's business (chapter 2 puts there what
 * echo_server does by hand); what happens to the bytes of one client is ours.
 */

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define BUFFER_SIZE 1024 /* bytes received at most with one call */

static const char PROGRAM[] = "upper_server";
static const char USAGE[] =
    "usage: upper_server PORT\n"
    "Sends back what it receives, in capitals. PORT 0: any free port.\n";

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

/* Not toupper(): that asks the locale, and wants an unsigned char. */
static void capitalise(char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] >= 'a' && data[i] <= 'z')
            data[i] = (char)(data[i] - 'a' + 'A');
}

/* One client, until it ends its stream. The descriptor is ours. */
static void serve_client(void *self, int fd, const char *client)
{
    char data[BUFFER_SIZE];
    ssize_t n;

    (void)self;
    log_line("Client connected: %s", client);
    while ((n = receive_some(fd, data, sizeof data)) > 0) {
        capitalise(data, (size_t)n);
        if (net_send_all(fd, data, (size_t)n, CLOCK_NEVER) != 0)
            break;
    }
    log_line("Client disconnected: %s", client);
    close(fd);
}

static const char *take_operand(void *self, int what, int n, const char *value)
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
