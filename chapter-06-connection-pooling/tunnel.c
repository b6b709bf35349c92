#include "tunnel.h"

#include "service.h"

static void nothing(struct session *s)
{
    (void)s;
}

void tunnel_start(struct session *s)
{
    struct channel *both[] = {&s->up, &s->down};

    for (int i = 0; i < 2; i++) {
        channel_forget_sent(both[i]);
        channel_release(both[i], CHANNEL_ALL);
        both[i]->pass_end = 1;
    }
    session_become(s, &engine_tunnel);
    engine_tunnel.step(s);
}

static void tunnel_step(struct session *s)
{
    uint64_t before = s->up.total + s->down.total;
    enum moved up = channel_pump(&s->up), down = channel_pump(&s->down);

    if (s->up.total + s->down.total != before)
        session_deadline(s, s->service->timeouts.tunnel_ms);
    if (up >= IN_FAILED || down >= IN_FAILED)
        session_end(s, "the tunnel broke");
    else if (up == DONE && down == DONE)
        session_end(s, NULL);
    session_settle(s);
}

static void tunnel_expire(struct session *s)
{
    session_end(s, "the tunnel was silent for too long");
}

const struct engine engine_tunnel = {"tunnel", sizeof(struct session), nothing,
                                     tunnel_step, tunnel_expire};
