#include "relay.h"

#include "clock.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* One direction. Two of these make a relay; there is no second copy of the
 * code for the way back. */
struct way {
    int from, to;
    struct buffer *buf;
    int must_speak; /* an end before the first byte is not passed on */
    int eof;        /* `from` has said that nothing more comes */
    int shut;       /* ... and `to` has been told so: this way is over */
    int complete;   /* it ended in order, and `to` was sent everything */
    int from_failed, to_failed;
    uint64_t sent;
};

static int wants_in(const struct way *w)
{
    return !w->eof && buffer_room(w->buf) > 0;
}

static int wants_out(const struct way *w)
{
    return buffer_size(w->buf) > 0;
}

static int would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* `to` takes nothing any more: what we still hold for it is lost. */
static void give_up(struct way *w)
{
    buffer_consume(w->buf, buffer_size(w->buf));
    w->eof = w->shut = 1;
}

/* Receives once, sends once, passes the end on. `back` is the way that writes
 * where this one reads: a reset there ends both, but what had arrived before it
 * (an early answer, say) is still delivered. */
static void advance(struct way *w, struct way *back)
{
    if (wants_in(w)) {
        ssize_t n = buffer_receive(w->buf, w->from);

        if (n < 0 && !would_block()) {
            w->from_failed = 1;
            give_up(back);
        }
        w->eof = n == 0 || w->from_failed;
    }
    if (wants_out(w)) {
        ssize_t n = buffer_send(w->buf, w->to, buffer_size(w->buf));

        if (n > 0) {
            w->sent += (uint64_t)n;
        } else if (n < 0 && !would_block()) {
            w->to_failed = 1;
            give_up(w);
        }
    }
    if (w->eof && !w->shut && !wants_out(w)) {
        if (w->sent > 0 || !w->must_speak)
            shutdown(w->to, SHUT_WR);
        w->shut = 1;
        w->complete = !w->from_failed;
    }
}

/* What to wait for on a descriptor that one way reads and the other writes. */
static short interest(const struct way *reads, const struct way *writes)
{
    return (short)((wants_in(reads) ? POLLIN : 0) |
                   (wants_out(writes) ? POLLOUT : 0));
}

static int wait_for_work(const struct way *up, const struct way *down,
                         struct relay_limits limits)
{
    int ms = down->shut ? limits.half_ms : limits.idle_ms;
    const short events[2] = {interest(up, down), interest(down, up)};
    /* A descriptor that is waited for without events still reports a hang-up,
     * again and again: leave it out. */
    const int fds[2] = {events[0] ? up->from : -1, events[1] ? up->to : -1};
    short ready[2];

    return wait_for_either(fds, events, ready, clock_now_ms() + (uint64_t)ms);
}

static int is_over(const struct way *up, const struct way *down)
{
    return down->shut && (up->shut || (down->must_speak && down->sent == 0));
}

static enum relay_end how_it_ended(const struct way *up, const struct way *down)
{
    if (up->from_failed || down->to_failed)
        return RELAY_LEFT;
    return down->from_failed || up->to_failed ? RELAY_BROKEN : RELAY_DONE;
}

struct relay_result relay_data(int client_fd, int backend_fd,
                               struct buffer *pending,
                               struct relay_limits limits)
{
    char memory[RELAY_BUFFER];
    struct buffer back;
    struct way up = {.from = client_fd, .to = backend_fd, .buf = pending};
    struct way down = {.from = backend_fd, .to = client_fd, .buf = &back,
                       .must_speak = limits.answer};
    struct relay_result result;

    buffer_init(&back, memory, sizeof memory);
    for (;;) {
        advance(&up, &down);
        advance(&down, &up);
        result.end = how_it_ended(&up, &down);
        if (is_over(&up, &down))
            break;
        if (wait_for_work(&up, &down, limits) != 0) {
            result.end = errno == ETIMEDOUT ? RELAY_SILENT
                         : errno == EINTR   ? RELAY_STOPPED
                                            : RELAY_BROKEN;
            break;
        }
    }
    result.to_backend = up.sent;
    result.to_client = down.sent;
    /* A reset is told only once: if a send got the news, the next receive says
     * "end of stream". */
    result.complete = down.complete && !up.to_failed;
    return result;
}
