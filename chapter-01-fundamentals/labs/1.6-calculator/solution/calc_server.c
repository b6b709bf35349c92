/* calc_server: reads lines such as "ADD 5 3" and answers each with a line.
 *
 *     calc_server PORT
 *
 * What a line means is calculate.h's business; here the stream is cut into
 * lines. */

#include "authority.h"
#include "buffer.h"
#include "calculate.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "calc_server";
static const char USAGE[] =
    "usage: calc_server PORT\n"
    "Calculates: ADD 5 3, SUB, MUL, DIV. PORT 0: any free port.\n";

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

/* 0, or -1 when the client takes no more. */
static int send_answer(int fd, char answer[CALCULATE_ANSWER])
{
    size_t len = strlen(answer);

    answer[len++] = '\n';
    return net_send_all(fd, answer, len, CLOCK_NEVER);
}

/* Answers all the lines that have come; what is left has no newline yet. */
static int answer_lines(int fd, struct buffer *in)
{
    char answer[CALCULATE_ANSWER];
    const char *end;

    while (buffer_size(in) > 0 &&
           (end = memchr(buffer_at(in), '\n', buffer_size(in))) != NULL) {
        size_t len = (size_t)(end - buffer_at(in));

        calculate(buffer_at(in), len, answer);
        buffer_consume(in, len + 1);
        if (send_answer(fd, answer) != 0)
            return -1;
    }
    return 0;
}

/* One client, until it ends its stream or a line is too long. */
static void serve_client(void *self, int fd, const char *client)
{
    char memory[CALCULATE_LINE_MAX + 1], too_long[CALCULATE_ANSWER] =
                                             "ERROR length";
    struct buffer in;

    (void)self;
    log_line("Client connected: %s", client);
    buffer_init(&in, memory, sizeof memory);
    while (receive_more(&in, fd) > 0 && answer_lines(fd, &in) == 0)
        if (buffer_room(&in) == 0) {
            send_answer(fd, too_long);
            break;
        }
    net_close_gently(fd, clock_now_ms() + 1000);
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
