#include "channel.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

void channel_open(struct channel *c, int in, int out, char *memory,
                  size_t capacity, const struct mover *mover)
{
    c->in = in;
    c->out = out;
    buffer_init(&c->buf, memory, capacity);
    c->sent = c->hidden = c->cleared = 0;
    c->pass = c->total = c->noted = c->blocked_ms = 0;
    c->keep = c->can_read = c->eof = c->broken = c->pass_end = c->shut = 0;
    c->can_write = 1; /* until a write says otherwise */
    c->mover = mover;
    c->held = NULL;
}

static void check(const struct channel *c)
{
    assert(c->sent + c->cleared <= buffer_size(&c->buf));
    assert(c->pass == 0 || c->sent + c->cleared == buffer_size(&c->buf));
    assert(!c->shut || (c->eof && channel_is_flushed(c)));
}

enum moved channel_pump(struct channel *c)
{
    enum moved moved = c->mover->pump(c);

    check(c);
    return moved;
}

const char *channel_withheld(const struct channel *c, size_t *len)
{
    *len = buffer_size(&c->buf) - c->sent - c->cleared;
    return buffer_at(&c->buf) + c->sent + c->cleared;
}

/* What lies behind the n bytes stays where it is if the new ones are not longer:
 * then they end where the old ones ended. Otherwise it moves up. */
int channel_replace(struct channel *c, size_t n, const void *bytes, size_t len)
{
    struct buffer *b = &c->buf;
    size_t before = c->sent + c->cleared, more = len > n ? len - n : 0;
    char *at;

    if (buffer_size(b) + more > b->capacity + CHANNEL_GROWTH)
        return -1;
    if (before == 0 && len <= n) {
        buffer_consume(b, n - len);
        memcpy(buffer_at(b), bytes, len);
        return 0;
    }
    if (b->end + more > b->capacity + CHANNEL_GROWTH)
        buffer_compact(b);
    at = buffer_at(b) + before;
    memmove(at + len, at + n, buffer_size(b) - before - n);
    memcpy(at, bytes, len);
    b->end = b->end - n + len;
    return 0;
}

void channel_clear(struct channel *c, size_t n, uint64_t pass)
{
    c->cleared += n;
    c->pass = pass;
}

void channel_release(struct channel *c, uint64_t pass)
{
    channel_clear(c, buffer_size(&c->buf) - c->sent - c->cleared, pass);
}

void channel_trim(struct channel *c)
{
    c->buf.end = c->buf.begin + c->sent + c->cleared;
}

void channel_forget_sent(struct channel *c)
{
    buffer_consume(&c->buf, c->sent);
    c->sent = 0;
    c->keep = 0;
}

void channel_stop(struct channel *c)
{
    channel_forget_sent(c);
    buffer_consume(&c->buf, buffer_size(&c->buf));
    c->mover->drop(c);
    c->cleared = 0;
    c->pass = 0;
    c->eof = 1;
    c->pass_end = 0;
}

int channel_is_flushed(const struct channel *c)
{
    return c->cleared + c->hidden == 0;
}

int channel_can_rewind(const struct channel *c)
{
    return c->keep && c->total == c->sent;
}

void channel_rewind(struct channel *c, int out)
{
    c->out = out;
    c->total -= c->sent;
    c->cleared += c->sent;
    c->sent = 0;
    c->shut = 0;
    c->blocked_ms = 0;
    c->can_write = 0; /* not connected yet */
}

/* Room for new bytes: where a kept request is in the way, it has become too
 * long to be repeated. None where a head has grown beyond the capacity: what is
 * sent of it must be more than that first. */
static size_t room(const struct channel *c)
{
    size_t unsent = buffer_size(&c->buf) - c->sent;

    return unsent < c->buf.capacity ? c->buf.capacity - unsent : 0;
}

unsigned channel_wants_in(const struct channel *c)
{
    return c->in >= 0 && !c->eof && c->hidden == 0 && room(c) > 0 ? WATCH_READ
                                                                  : 0;
}

unsigned channel_wants_out(const struct channel *c)
{
    return c->out >= 0 && !channel_is_flushed(c) && !c->can_write ? WATCH_WRITE
                                                                  : 0;
}

static int would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

size_t channel_spend(struct channel *c, size_t n)
{
    size_t passed = n < c->pass ? n : (size_t)c->pass;

    if (c->pass != CHANNEL_ALL)
        c->pass -= passed;
    return passed;
}

/* One recv(). 1 if bytes came, 0 if not. A read that came back short took all
 * there was: no second call to be told EAGAIN. */
static int copy_in(struct channel *c)
{
    size_t before;
    ssize_t n;

    if (!c->can_read || c->eof || c->in < 0 || c->hidden > 0 || room(c) == 0)
        return 0;
    if (buffer_room(&c->buf) == 0)
        channel_forget_sent(c);
    before = buffer_room(&c->buf);
    n = buffer_receive(&c->buf, c->in);
    c->can_read = n > 0 && (size_t)n == before;
    if (n <= 0) {
        c->broken = n < 0 && !would_block();
        c->eof = n == 0 || c->broken;
        return 0;
    }
    c->cleared += channel_spend(c, (size_t)n);
    return 1;
}

/* One send(). 1 if bytes left, 0 if not, -1 on failure. */
static int copy_out(struct channel *c)
{
    ssize_t n;

    if (!c->can_write || c->out < 0 || c->cleared == 0)
        return 0;
    do
        n = send(c->out, buffer_at(&c->buf) + c->sent, c->cleared, 0);
    while (n < 0 && errno == EINTR);
    c->can_write = n >= 0 && (size_t)n == c->cleared;
    if (n < 0)
        return would_block() ? 0 : -1;
    c->cleared -= (size_t)n;
    c->total += (uint64_t)n;
    if (c->keep)
        c->sent += (size_t)n;
    else
        buffer_consume(&c->buf, (size_t)n);
    return n > 0;
}

enum moved channel_verdict(struct channel *c, int in, int out)
{
    if (out < 0)
        return OUT_FAILED;
    if (!c->eof || !channel_is_flushed(c))
        return in > 0 || out > 0 ? MOVED : STUCK;
    if (c->pass_end && !c->shut && c->out >= 0) {
        shutdown(c->out, SHUT_WR); /* fails only if out is gone altogether */
        c->shut = 1;
    }
    return c->broken ? IN_FAILED : DONE;
}

static enum moved copy_pump(struct channel *c)
{
    int in = copy_in(c), out = copy_out(c);

    return channel_verdict(c, in, out);
}

static void copy_drop(struct channel *c)
{
    (void)c; /* a copy holds nothing but the buffer */
}

const struct mover mover_copy = {NULL, copy_pump, copy_drop};
