/* chat_server: passes each line of a client on to all others.
 *
 *     chat_server PORT
 *
 * One process, one poll(2) for all. No call sleeps but that one: what a client
 * does not take yet waits in its buffer. */

#include "authority.h"
#include "buffer.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 128
#define LINE_LIMIT  1024  /* bytes of a line, its newline included */
#define WAITING_MAX 65536 /* bytes that may wait for a client */

static const char PROGRAM[] = "chat_server";
static const char USAGE[] =
    "usage: chat_server PORT\n"
    "Passes each line on to all other clients. PORT 0: any free port.\n";

struct client {
    int fd; /* -1: this place is free */
    unsigned number;
    int leaves; /* to be closed when the round is over */
    struct buffer in, out;
    char in_memory[LINE_LIMIT], out_memory[WAITING_MAX];
};

struct chat {
    unsigned count; /* of all that have ever come */
    struct client clients[CLIENTS_MAX];
};

/* Sends what waits for a client, as far as that goes now. */
static void send_waiting(struct client *c)
{
    /* YOUR CODE */
    (void)c;
}

/* To everybody but one, who said it. Who has no room for it has to leave. */
static void tell_others(struct chat *chat, const struct client *from,
                        const char *text, size_t len)
{
    /* YOUR CODE */
    (void)chat;
    (void)from;
    (void)text;
    (void)len;
}

/* "* 3 joined", "* 3 left" */
static void tell_event(struct chat *chat, const struct client *of,
                       const char *event)
{
    char text[64];
    int len = snprintf(text, sizeof text, "* %u %s\n", of->number, event);

    tell_others(chat, of, text, (size_t)len);
}

/* Passes on the lines that are complete; what is left has no newline yet. */
static void take_lines(struct chat *chat, struct client *c)
{
    /* YOUR CODE: pass each complete line on; this throws all away. */
    (void)chat;
    buffer_consume(&c->in, buffer_size(&c->in));
}

/* What one client has sent, or that it has gone. */
static void receive_from(struct chat *chat, struct client *c)
{
    ssize_t n = buffer_receive(&c->in, c->fd);

    if (n > 0)
        take_lines(chat, c);
    else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        c->leaves = 1;
}

/* Closes those who leave. To hear of it may be too much for the next one. */
static void dismiss(struct chat *chat)
{
    int found;

    do {
        found = 0;
        for (int i = 0; i < CLIENTS_MAX; i++) {
            struct client *c = &chat->clients[i];

            if (c->fd < 0 || !c->leaves)
                continue;
            found = 1;
            close(c->fd);
            c->fd = -1;
            tell_event(chat, c, "left");
        }
    } while (found);
}

static struct client *free_place(struct chat *chat)
{
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (chat->clients[i].fd < 0)
            return &chat->clients[i];
    return NULL;
}

/* Takes a client off the queue. 0, or -1 if that cannot work. */
static int welcome(struct chat *chat, int listener)
{
    struct client *c = free_place(chat);
    struct net_address peer;
    int fd = net_accept(listener, &peer);

    if (fd < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ||
                       errno == ECONNABORTED
                   ? 0
                   : -1;
    c->fd = fd;
    c->number = ++chat->count;
    c->leaves = 0;
    buffer_init(&c->in, c->in_memory, sizeof c->in_memory);
    buffer_init(&c->out, c->out_memory, sizeof c->out_memory);
    tell_event(chat, c, "joined");
    return 0;
}

/* What to wait for: the listener (if there is a place), the signals, everybody. */
static void fill_wishes(struct chat *chat, int listener,
                        struct pollfd wishes[CLIENTS_MAX + 2])
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        const struct client *c = &chat->clients[i];
        short out = buffer_size(&c->out) > 0 ? POLLOUT : 0;

        wishes[i] = (struct pollfd){c->fd, (short)(POLLIN | out), 0};
    }
    wishes[CLIENTS_MAX] = (struct pollfd){
        free_place(chat) != NULL ? listener : -1, POLLIN, 0};
    wishes[CLIENTS_MAX + 1] = (struct pollfd){signals_fd(), POLLIN, 0};
}

static void serve_round(struct chat *chat, const struct pollfd *wishes)
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        struct client *c = &chat->clients[i];

        if (c->fd < 0 || wishes[i].revents == 0)
            continue;
        if ((wishes[i].revents & POLLOUT) != 0)
            send_waiting(c);
        if ((wishes[i].revents & ~POLLOUT) != 0 && !c->leaves)
            receive_from(chat, c);
    }
    dismiss(chat);
}

/* Until we are to stop. The exit status. */
static int run(struct chat *chat, int listener)
{
    struct pollfd wishes[CLIENTS_MAX + 2];

    for (int i = 0; i < CLIENTS_MAX; i++)
        chat->clients[i].fd = -1;
    while (signals_stops() == 0) {
        fill_wishes(chat, listener, wishes);
        if (poll(wishes, CLIENTS_MAX + 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            log_error(PROGRAM, "poll: %s", strerror(errno));
            return 1;
        }
        serve_round(chat, wishes);
        if (wishes[CLIENTS_MAX].revents != 0 && welcome(chat, listener) != 0) {
            log_error(PROGRAM, "accept: %s", strerror(errno));
            return 1;
        }
    }
    return 0;
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
    static struct chat chat; /* static: too large for a stack */
    int port, listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &port);
    if (status >= 0)
        return status;
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = run(&chat, listener);
    close(listener);
    return status;
}
