#include "engine_single.h"

#include "clock.h"
#include "forwarded.h"
#include "http_error.h"
#include "linger.h"
#include "log.h"
#include "service.h"
#include "upstream.h"

#include <string.h>

enum { READ_HEAD, CONNECT, RELAY };

struct single {
    struct session s; /* first */
    size_t seen;      /* bytes of the head that have been parsed in vain */
    int more_to_come; /* the client sends, or may send, more than the head */
    int bodyless;     /* the request is HEAD: no answer has a body */
};

static void single_start(struct session *s)
{
    struct single *single = (struct single *)s;

    single->seen = 0;
    single->bodyless = 0;
    s->state = READ_HEAD;
    /* No more than a head may have: with what we add to it, that fits. */
    buffer_init(&s->up.buf, s->memory[0], HTTP_HEAD_MAX);
    s->up.can_read = 1; /* the request has often come with the handshake */
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

/* Begins the exchange: from here on the filters will be told how it ended. */
static void open_exchange(struct session *s)
{
    s->in_exchange = 1;
    s->x.backend = NULL;
    s->x.request_id[0] = '\0';
    s->x.failure = NULL;
    s->x.status = s->x.tries = 0;
    s->x.began_ms = *s->service->watch.now_ms;
}

/* Answers with an error of our own; linger does the rest. */
static void refuse(struct session *s, int status, const char *why)
{
    int bodyless = ((struct single *)s)->bodyless;
    char answer[HTTP_ERROR_MAX];
    size_t len = http_error_format(answer, status, bodyless);

    if (!s->in_exchange)
        open_exchange(s);
    log_error(s->service->program, "%s: %d: %s", s->x.client_ip, status, why);
    s->x.status = status;
    s->x.failure = why;
    session_release_backend(s, 0);
    linger_start(s, answer, len);
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

/* Rewrites the head into the other channel's empty memory, then the two change
 * buffers: no third buffer, and the body is copied once, with the head. */
static int rewrite(struct session *s, const struct http_head *h)
{
    struct buffer *in = &s->up.buf, *out = &s->down.buf, full;
    size_t behind = buffer_size(in) - h->length;
    uint64_t body = body_length(h);
    size_t here = behind < body ? behind : (size_t)body;
    int failed = inject_headers(h, &s->x, out) != 0 ||
                 buffer_append(out, buffer_at(in) + h->length, here) != 0;

    if (failed) {
        buffer_consume(out, buffer_size(out));
        return -1;
    }
    full = *out;
    buffer_init(out, in->data, SESSION_BUFFER);
    *in = full;
    channel_release(&s->up, body == CHANNEL_ALL ? body : body - here);
    return 0;
}

/* What the rest of the engine must know of a head that is about to go. */
static void note_head(struct session *s, const struct http_head *h)
{
    struct single *single = (struct single *)s;

    single->more_to_come = h->chunked || h->content_length > 0 ||
                           buffer_size(&s->up.buf) > h->length;
    single->bodyless = slice_equal(h->method, SLICE("HEAD"));
    s->repeatable = http_head_is_idempotent(h);
    request_id_choose(&s->service->ids, h, s->x.request_id);
}

static int ask_filters(const struct session *s)
{
    const struct service *service = s->service;
    int status = 0;

    for (int i = 0; i < service->filter_count && status == 0; i++)
        if (service->filters[i].admit != NULL)
            status = service->filters[i].admit(service->filters[i].self, &s->x);
    return status;
}

static void begin_request(struct session *s, const struct http_head *h)
{
    int status;

    open_exchange(s);
    note_head(s, h);
    if (h->form == HTTP_AUTHORITY) {
        refuse(s, 405, "CONNECT is for forward proxies");
        return;
    }
    status = ask_filters(s);
    if (status != 0) {
        refuse(s, status, "refused by a filter");
        return;
    }
    if (rewrite(s, h) != 0) {
        refuse(s, 431, "no room for the rewritten head");
        return;
    }
    s->up.keep = 1;
    s->up.pass_end = 1;
    s->state = CONNECT;
    status = upstream_begin(s);
    if (status != 0)
        refuse(s, status, status == 503 ? "no backend is up"
                                        : "no backend can be reached");
}

static void read_head(struct session *s)
{
    struct single *single = (struct single *)s;
    enum moved moved = channel_pump(&s->up);
    const char *bytes = buffer_at(&s->up.buf);
    size_t len = buffer_size(&s->up.buf);
    struct http_head head;

    if (len > single->seen &&
        http_head_worth_parsing(bytes, single->seen, len)) {
        switch (http_head_parse_request(&head, bytes, len)) {
        case HTTP_COMPLETE:
            begin_request(s, &head);
            return;
        case HTTP_BAD:
            refuse(s, head.status, head.why);
            return;
        case HTTP_PARTIAL:
            break;
        }
    }
    single->seen = len;
    if (moved >= DONE) /* the client left without having asked for anything */
        session_end(s, NULL);
}

/* ---- CONNECT ------------------------------------------------------------ */

/* Goes on after a failure of the backend, or tells the client. */
static void backend_failed(struct session *s, const char *why, int status)
{
    status = upstream_failed(s, why, status);
    if (status == 0)
        s->state = CONNECT;
    else
        refuse(s, status, why);
}

static void connect_backend(struct session *s)
{
    int status;

    if (!s->up.can_write)
        return; /* still on its way */
    status = upstream_connected(s);
    if (status != 0) {
        refuse(s, status, "no backend can be reached");
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

/* The answer has ended, or the backend is gone. */
static void answer_ended(struct session *s, enum moved how)
{
    if (!session_has_answer(s))
        backend_failed(s, "the backend closed without an answer", 502);
    else if (how == DONE)
        answer_complete(s);
    else
        session_end(s, "the backend broke off its answer");
}

static void relay(struct session *s)
{
    uint64_t before = s->up.total + s->down.total;
    enum moved up = channel_pump(&s->up), down;

    if (up == OUT_FAILED)
        s->down.can_read = 1; /* the backend's last words, or why it failed */
    down = channel_pump(&s->down);
    if (s->up.total + s->down.total != before)
        session_deadline(s, s->service->timeouts.read_ms);

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

static void single_expire(struct session *s)
{
    if (s->state == CONNECT)
        backend_failed(s, "connecting took too long", 504);
    else if (s->state == RELAY && !session_has_answer(s))
        refuse(s, 504, "the backend did not answer in time");
    else if (s->state == RELAY)
        session_end(s, "nothing moved for too long");
    else if (buffer_size(&s->up.buf) > 0)
        refuse(s, 408, "the head took too long");
    else
        session_end(s, NULL);
    session_settle(s);
}

const struct engine engine_single = {"single", sizeof(struct single),
                                     single_start, single_step, single_expire};
