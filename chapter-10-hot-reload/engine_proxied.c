#include "engine_proxied.h"

#include "log.h"
#include "proxy_header.h"
#include "service.h"

#include <string.h>

static struct engine_proxied *own(const struct session *s)
{
    return ((const struct engine_proxied *)s->engine)->own;
}

static void proxied_start(struct session *s)
{
    s->up.can_read = 1;
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

static void refuse(struct session *s, const char *why)
{
    struct engine_proxied *p = own(s);
    uint64_t now_ms = *s->service->watch.now_ms;

    p->refused++;
    if (p->said_ms == 0 || now_ms - p->said_ms >= PROXIED_SAY_MS) {
        log_error(s->service->program, "%s: %s (closed since the last such "
                  "line: %d)", s->x.peer.ip, why, p->refused);
        p->said_ms = now_ms;
        p->refused = 0;
    }
    session_end(s, NULL);
}

/* From here on the client is who the proxy says, and has come as it says. */
static void go_on(struct session *s, const struct proxy_header *h)
{
    struct peer peer = s->x.peer;

    if (h->ip[0] != '\0')
        memcpy(peer.ip, h->ip, sizeof h->ip);
    peer.tls = h->tls;
    session_set_peer(s, &peer);
    channel_replace(&s->up, h->length, "", 0);
    session_become(s, own(s)->next);
    s->engine->start(s);
}

static void proxied_step(struct session *s)
{
    enum moved moved = channel_pump(&s->up);
    struct proxy_header header;
    size_t len;
    const char *bytes = channel_withheld(&s->up, &len);

    switch (proxy_header_parse(&header, bytes, len)) {
    case PROXY_COMPLETE:
        go_on(s, &header);
        return;
    case PROXY_BAD:
        refuse(s, "no PROXY header");
        return;
    case PROXY_PARTIAL:
        break;
    }
    if (moved >= DONE)
        session_end(s, NULL);
    else if (len == 0)
        session_park(s, s->service->timeouts.head_ms);
    session_settle(s);
}

static void proxied_expire(struct session *s)
{
    refuse(s, "the PROXY header took too long");
}

void engine_proxied_init(struct engine_proxied *p, const struct engine *next)
{
    memset(p, 0, sizeof *p);
    p->engine = (struct engine){"proxied", next->size, proxied_start,
                                proxied_step, proxied_expire};
    p->next = next;
    p->own = p;
}
