#include "engine_single.h"

#include "downstream.h"
#include "forwarded.h"
#include "linger.h"
#include "queue.h"
#include "service.h"
#include "upstream.h"

enum { READ_HEAD, CONNECT, RELAY };

struct single {
    struct session s; /* first */
    int more_to_come; /* the client sends, or may send, more than the head */
};

static void single_start(struct session *s)
{
    s->state = READ_HEAD;
    s->up.can_read = 1; /* the request has often come with the handshake */
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

/* ---- READ_HEAD ---------------------------------------------------------- */

/* How many of the bytes behind the head belong to the request: what a client
 * sends after its request is another one, which we will not serve. */
static uint64_t body_length(const struct http_head *h)
{
    if (h->chunked)
        return CHANNEL_ALL; /* only its chunks tell: chapter 6 reads them */
    return h->content_length > 0 ? (uint64_t)h->content_length : 0;
}

/* Puts the rewritten head in the place of the one that came, and lets it go with
 * what is there of its body. What lies behind that stays here. */
static int rewrite(struct session *s, const struct http_head *h)
{
    char memory[SESSION_BUFFER];
    struct buffer head;
    uint64_t body = body_length(h), here;
    size_t behind;

    buffer_init(&head, memory, sizeof memory);
    if (inject_headers(h, &s->x, SLICE("close"), SLICE(""), &head) != 0 ||
        channel_replace(&s->up, h->length, memory, buffer_size(&head)) != 0)
        return -1;
    channel_clear(&s->up, buffer_size(&head), 0);
    channel_withheld(&s->up, &behind);
    here = behind < body ? behind : body;
    channel_clear(&s->up, (size_t)here,
                  body == CHANNEL_ALL ? body : body - here);
    return 0;
}

static void begin_request(struct session *s, const struct http_head *h)
{
    struct single *single = (struct single *)s;
    int status;

    single->more_to_come = h->chunked || h->content_length > 0 ||
                           buffer_size(&s->up.buf) > h->length;
    if (downstream_begin(s, h) != 0)
        return;
    if (rewrite(s, h) != 0) {
        downstream_refuse(s, 431, "no room for the rewritten head");
        return;
    }
    s->up.keep = 1;
    s->up.pass_end = 1;
    s->state = CONNECT;
    status = upstream_begin(s);
    if (status != 0)
        downstream_refuse(s, status, status == 503
                                         ? "no backend is up"
                                         : "no backend can be reached");
}

static void read_head(struct session *s)
{
    struct http_head head;

    if (downstream_read_head(s, &head))
        begin_request(s, &head);
}

/* ---- CONNECT ------------------------------------------------------------ */

/* Goes on after a failure of the backend, or tells the client. */
static void backend_failed(struct session *s, const char *why, int status)
{
    status = upstream_failed(s, why, status);
    if (status == 0)
        s->state = CONNECT;
    else
        downstream_refuse(s, status, why);
}

static void connect_backend(struct session *s)
{
    int status;

    if (!s->up.can_write) { /* still on its way */
        upstream_wait(s);
        return;
    }
    status = upstream_connected(s);
    if (status != 0) {
        downstream_refuse(s, status, "no backend can be reached");
    } else if (!s->connecting) {
        channel_release(&s->down, CHANNEL_ALL);
        s->state = RELAY;
    }
}

/* ---- RELAY -------------------------------------------------------------- */

/* Whether closing could destroy the answer: the client has sent, or is sending,
 * something that we have not read. */
static int client_may_still_send(const struct session *s)
{
    const struct single *single = (const struct single *)s;

    return !s->up.eof && (single->more_to_come ||
                          buffer_size(&s->up.buf) > s->up.sent);
}

static void answer_complete(struct session *s)
{
    session_release_backend(s, 0);
    session_finish(s, NULL);
    if (client_may_still_send(s))
        linger_start(s, NULL, 0);
    else
        session_end(s, NULL);
}

/* Whether the backend has not got all of the request. If it has answered and
 * closed all the same, that was a reset, since it left bytes unread: no sign
 * that the answer is not whole. */
static int request_is_unfinished(const struct session *s)
{
    return s->up.pass > 0 || !channel_is_flushed(&s->up);
}

/* The answer has ended, or the backend is gone. */
static void answer_ended(struct session *s, enum moved how)
{
    if (!session_has_answer(s))
        backend_failed(s, "the backend closed without an answer", 502);
    else if (how == DONE || request_is_unfinished(s))
        answer_complete(s);
    else
        session_cut(s, "the backend broke off its answer");
}

static void relay(struct session *s)
{
    enum moved up = channel_pump(&s->up), down;

    if (up == OUT_FAILED)
        s->down.can_read = 1; /* the backend's last words, or why it failed */
    down = channel_pump(&s->down);
    session_relay_deadline(s);

    if (down == DONE || down == IN_FAILED)
        answer_ended(s, down);
    else if (down == OUT_FAILED || s->up.broken)
        session_end(s, "the client left");
    else if (up == OUT_FAILED)
        s->up.out = -1; /* answered before it had read all: go on */
}

/* ---- the engine --------------------------------------------------------- */

static void single_step(struct session *s)
{
    static void (*const handle[])(struct session *) = {read_head,
                                                       connect_backend, relay};
    int before;

    do {
        before = s->state;
        handle[before](s);
    } while (!s->ended && s->engine == &engine_single && s->state != before);
    session_settle(s);
}

static void answer_is_late(struct session *s)
{
    upstream_timed_out(s);
    downstream_refuse(s, 504, s->up.blocked_ms > 0
                                  ? session_relay_trouble(s)
                                  : "the backend did not answer in time");
}

static void single_expire(struct session *s)
{
    if (queue_has(s))
        downstream_refuse(s, 503, QUEUE_TOO_LONG);
    else if (s->state == CONNECT)
        backend_failed(s, "connecting took too long", 504);
    else if (s->state == RELAY && !session_has_answer(s))
        answer_is_late(s);
    else if (s->state == RELAY)
        session_cut(s, session_relay_trouble(s));
    else if (buffer_size(&s->up.buf) > 0)
        downstream_refuse(s, 408, "the head took too long");
    else
        session_end(s, NULL);
    session_settle(s);
}

const struct engine engine_single = {"single", sizeof(struct single),
                                     single_start, single_step, single_expire};
