#include "linger.h"

#include "service.h"

static void nothing(struct session *s)
{
    (void)s;
}

/* Another LINGER_MS, but not beyond the last moment. */
static void wait_on(struct session *s)
{
    uint64_t now_ms = *s->service->watch.now_ms;
    uint64_t left_ms = now_ms < s->last_ms ? s->last_ms - now_ms : 0;

    session_deadline(s, left_ms < LINGER_MS ? (int)left_ms : LINGER_MS);
}

void linger_start(struct session *s, const void *bytes, size_t len)
{
    int said_all = s->up.eof;

    session_release_backend(s, 0);
    channel_stop(&s->up);
    s->up.eof = said_all;
    channel_trim(&s->down);
    s->down.eof = 0;
    if (len > 0)
        buffer_append(&s->down.buf, bytes, len);
    channel_release(&s->down, 0);
    s->down.eof = 1; /* nothing more will come for the client ... */
    s->down.pass_end = 1;
    session_become(s, &engine_linger);
    s->last_ms = *s->service->watch.now_ms + LINGER_TOTAL_MS;
    wait_on(s);
    engine_linger.step(s);
}

/* Whatever the client still says is of no interest any more, but as long as it
 * goes on it has not read the answer. Returns whether it may say more. */
static int drop_input(struct session *s)
{
    enum moved moved = channel_pump(&s->up);

    if (buffer_size(&s->up.buf) > 0) {
        buffer_consume(&s->up.buf, buffer_size(&s->up.buf));
        wait_on(s);
    }
    return moved < DONE;
}

static void linger_step(struct session *s)
{
    int open = drop_input(s);
    enum moved down = channel_pump(&s->down);

    if (s->down.shut)
        session_finish(s, NULL);
    if (down == OUT_FAILED || (down == DONE && !open))
        session_end(s, NULL);
    session_settle(s);
}

static void linger_expire(struct session *s)
{
    session_end(s, NULL);
}

const struct engine engine_linger = {"linger", sizeof(struct session), nothing,
                                     linger_step, linger_expire};
