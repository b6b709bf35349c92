#include "server.h"

#include "clock.h"
#include "log.h"
#include "signals.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define FULL_PAUSE_MS 100 /* without descriptors: how often to try again */

int server_open(const char *program, int port)
{
    int listener;

    if (signals_open() != 0) {
        log_error(program, "install signal handlers: %s", strerror(errno));
        return -1;
    }
    listener = net_listen(port, SERVER_BACKLOG);
    if (listener < 0)
        log_error(program, "listen on port %d: %s", port, strerror(errno));
    return listener;
}

void server_announce(const char *program, int listener)
{
    struct net_address address;
    char text[NET_TEXT];

    if (net_local_address(listener, &address) == 0)
        log_line("%s listening on %s", program, net_text(&address, text));
}

/* Waits for a client or a signal. 0; or -1 with ETIMEDOUT or EINTR. */
static int wait_for_client(int listener, uint64_t deadline_ms)
{
    const int fds[2] = {listener, signals_fd()};
    const short events[2] = {POLLIN, POLLIN};
    short ready[2];

    if (wait_for_either(fds, events, ready, deadline_ms) != 0)
        return -1;
    if (ready[0] != 0)
        return 0;
    signals_drain();
    errno = EINTR;
    return -1;
}

int server_next(int listener, uint64_t deadline_ms, struct net_address *peer)
{
    for (;;) {
        int fd;

        if (wait_for_client(listener, deadline_ms) != 0)
            return -1;
        fd = net_accept(listener, peer);
        if (fd >= 0)
            return fd;
        if (net_is_shortage(errno)) {
            /* The client stays in the queue and the listener stays readable:
             * asking again at once would burn a whole core. */
            if (wait_for(-1, 0, clock_now_ms() + FULL_PAUSE_MS) != 0 &&
                errno != ETIMEDOUT)
                return -1;
        } else if (errno != EAGAIN && errno != EWOULDBLOCK &&
                   errno != ECONNABORTED && errno != EPROTO) {
            return -1;
        }
    }
}

int server_run(const char *program, int listener,
               void (*handle_client)(void *self, int fd, const char *client),
               void *self)
{
    struct net_address peer;
    char client[NET_TEXT];

    while (signals_stops() == 0) {
        int fd = server_next(listener, CLOCK_NEVER, &peer);

        if (fd >= 0) {
            handle_client(self, fd, net_text(&peer, client));
        } else if (errno != EINTR) {
            log_error(program, "accept: %s", strerror(errno));
            return 1;
        }
    }
    return 0;
}
