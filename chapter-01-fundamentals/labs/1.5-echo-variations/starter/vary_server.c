/* vary_server: answers each line with a variation of it.
 *
 *     vary_server [-u] [-t] [-l FILE] PORT
 *
 * What the options do to a line, vary.h says. */

#include "authority.h"
#include "buffer.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "vary.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "vary_server";
static const char USAGE[] =
    "usage: vary_server [-u] [-t] [-l FILE] PORT\n"
    "Sends each line back. PORT 0: any free port.\n"
    "  -u       in capitals\n"
    "  -t       with the time in front\n"
    "  -l FILE  logs who said what, behind what is in FILE\n";

struct setting {
    int port;
    struct vary vary;
    const char *file; /* NULL: there is no log */
    int log_fd;
};

/* More bytes, as soon as there are any: returns how many, 0 when the client has
 * ended its stream, -1 when the connection broke or we are to stop. */
static ssize_t receive_more(struct buffer *in, int fd)
{
    for (;;) {
        ssize_t n = buffer_receive(in, fd);

        if (n >= 0)
            return n;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return -1;
        if (wait_for(fd, POLLIN, CLOCK_NEVER) != 0)
            return -1;
    }
}

/* Answers all the lines that have come. 0, or -1 when the client is gone. */
static int answer_lines(const struct setting *s, int fd, const char *ip,
                        struct buffer *in)
{
    char answer[VARY_ANSWER];
    const char *end;

    while (buffer_size(in) > 0 &&
           (end = memchr(buffer_at(in), '\n', buffer_size(in))) != NULL) {
        const char *line = buffer_at(in);
        size_t len = (size_t)(end - line), n;

        (void)ip; /* YOUR CODE: the log */
        n = vary_answer(&s->vary, line, len, time(NULL), answer);
        buffer_consume(in, len + 1);
        if (net_send_all(fd, answer, n, CLOCK_NEVER) != 0)
            return -1;
    }
    return buffer_room(in) > 0 ? 0 : -1;
}

/* "127.0.0.1" of "127.0.0.1:48098", "::1" of "[::1]:48098". */
static void split_ip(const char *client, char ip[NET_IP_TEXT])
{
    struct slice host, port;

    ip[0] = '\0';
    if (authority_split(slice_of(client), &host, &port) != 0 ||
        host.len >= NET_IP_TEXT)
        return;
    memcpy(ip, host.at, host.len);
    ip[host.len] = '\0';
}

/* One client, until it ends its stream or a line is too long. */
static void serve_client(void *self, int fd, const char *client)
{
    char memory[VARY_LINE + 1], ip[NET_IP_TEXT];
    struct buffer in;

    split_ip(client, ip);
    buffer_init(&in, memory, sizeof memory);
    while (receive_more(&in, fd) > 0 && answer_lines(self, fd, ip, &in) == 0)
        ;
    net_close_gently(fd, clock_now_ms() + 1000);
}

static const char *take_argument(void *self, int what, int n,
                                 const char *value)
{
    struct setting *s = self;

    (void)what; /* YOUR CODE: the options */
    if (n > 1)
        return "one operand too many";
    else if (authority_port(slice_of(value), &s->port) != 0)
        return "not a port (0 to 65535)";
    return NULL;
}

/* 0, or -1 after having said why. */
static int open_log(struct setting *s)
{
    /* YOUR CODE: behind what is there already */
    (void)s;
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    struct setting setting = {0, {0, 0}, NULL, -1};
    int listener, status;

    status = options_read(&command_line, argc, argv, take_argument, &setting);
    if (status >= 0)
        return status;
    if (open_log(&setting) != 0)
        return 1;
    listener = server_open(PROGRAM, setting.port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, serve_client, &setting);
    close(listener);
    if (setting.log_fd >= 0)
        close(setting.log_fd);
    return status;
}
