#include "engine_http.h"

#include "downstream.h"
#include "forwarded.h"
#include "http_messages.h"
#include "linger.h"
#include "queue.h"
#include "service.h"
#include "upstream.h"

enum { READ_HEAD, CONNECT, RELAY, ANSWER };

/* Rounds of moving in one step; then the others' turn has come. */
#define ROUNDS_MAX 16

/* ---- READ_HEAD ---------------------------------------------------------- */

static void http_start(struct session *s)
{
    s->state = READ_HEAD;
    s->up.can_read = 1; /* its first bytes have often come already */
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

/* The protocol that the request asks for instead of HTTP/1.1, or nothing. HTTP/2
 * by this way (h2c) is refused by silence: we could not follow it, and whoever
 * tunnels it blindly lets requests pass unseen. */
static struct slice wanted_upgrade(const struct http_head *h)
{
    const struct slice *protocols = http_head_find(h, SLICE("Upgrade"));
    struct slice list, one;

    if (protocols == NULL || h->minor == 0 ||
        !http_head_names_option(h, SLICE("upgrade")))
        return SLICE("");
    list = *protocols;
    while (slice_next_element(&list, &one))
        if (slice_equal_nocase(one, SLICE("h2c")))
            return SLICE("");
    return *protocols;
}

/* The request's head for the backend. HTTP/1.0 stays what it is, so that the
 * answer will be one that the client understands. */
static int rewrite_request(struct session *s, const struct http_head *h)
{
    struct http *http = http_of(s);
    struct slice upgrade = wanted_upgrade(h);
    struct slice connection = SLICE("");
    char memory[SESSION_BUFFER];
    struct buffer head;

    http->upgrading = upgrade.len > 0;
    if (http->upgrading)
        connection = SLICE("Upgrade");
    else if (http->old_client)
        connection = SLICE("keep-alive");
    buffer_init(&head, memory, sizeof memory);
    if (inject_headers(h, &s->x, connection, upgrade, &head) != 0)
        return -1;
    return http_replace_head(&s->up, h->length, &head);
}

/* Whether the service answers this request itself (files, chapter 9). Whoever does
 * that reads no body, so a client with one is not kept. */
static int is_answered_here(struct session *s, const struct http_head *h)
{
    struct http *http = http_of(s);
    const struct local *local = &s->service->local;
    int keeps = http->client_keeps && http_frame_is_done(&http->request) &&
                !s->service->draining;

    if (local->answer == NULL || !local->answer(local->self, s, h, keeps))
        return 0;
    http->client_keeps = keeps;
    if (s->ended || s->engine != &engine_http)
        return 1; /* refused */
    channel_replace(&s->up, h->length, "", 0); /* its slices are gone now */
    s->state = ANSWER;
    session_relay_deadline(s);
    return 1;
}

static void begin_request(struct session *s, const struct http_head *h)
{
    struct http *http = http_of(s);
    int status;

    http->answered = http->backend_keeps = 0;
    http->seen = 0;
    http->old_client = h->minor == 0;
    http->client_keeps = http_head_keeps_alive(h);
    http->client_closes = !http->client_keeps;
    http_frame_request(&http->request, h);
    if (s->service->limits.body_bytes > 0)
        http_frame_limit(&http->request, s->service->limits.body_bytes);
    if (downstream_begin(s, h) != 0 || is_answered_here(s, h))
        return;
    if (rewrite_request(s, h) != 0) {
        downstream_refuse(s, 431, "no room for the rewritten head");
        return;
    }
    if (http_clear_message(&s->up, &http->request) != 0) {
        downstream_refuse(s, http->request.status, http->request.why);
        return;
    }
    s->up.keep = 1;
    status = upstream_begin(s);
    if (status == 0)
        s->state = CONNECT;
    else
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

/* An answer that has begun to leave can't be taken back. Where only the end says
 * that it is whole, the client is told by a reset that it is not. */
static void cut(struct session *s, const char *why)
{
    if (http_of(s)->answer.framing == FRAME_CLOSE)
        session_cut(s, why);
    else
        session_end(s, why);
}

/* Goes on after a failure of the backend, or tells the client. The state is not
 * the one before, also if the next connection is open already: so the step makes
 * another round, and the request goes out; no event would come for it. */
static void backend_failed(struct session *s, const char *why, int status)
{
    status = upstream_failed(s, why, status);
    if (status != 0 && s->down.total == 0)
        channel_stop(&s->down); /* what has come of an answer is taken back */
    if (status == 0) {
        http_of(s)->seen = 0;
        s->state = CONNECT;
    } else if (http_of(s)->answered && s->down.total > 0)
        cut(s, why);
    else
        downstream_refuse(s, status, why);
}

static void connect_backend(struct session *s)
{
    int status = 0; /* of a kept connection */

    if (s->connecting && !s->up.can_write) { /* still on its way */
        upstream_wait(s);
        return;
    }
    if (s->connecting)
        status = upstream_connected(s);
    if (status != 0)
        downstream_refuse(s, status, "no backend can be reached");
    else if (!s->connecting)
        s->state = RELAY;
}

/* ---- RELAY: the request ------------------------------------------------- */

/* Moves what there is of the request. 1 if anything moved. */
static int move_request(struct session *s)
{
    struct http_frame *request = &http_of(s)->request;
    enum moved moved = channel_pump(&s->up);
    const char *why = NULL;

    if (moved == OUT_FAILED) {
        s->up.out = -1;       /* answered before it had read all, perhaps: */
        s->down.can_read = 1; /* its last words, or why it failed */
    }
    if (http_clear_message(&s->up, request) != 0)
        why = request->why;
    else if (s->up.eof && !http_has_arrived(&s->up, request))
        why = "the client broke off its request";
    if (s->up.broken)
        session_end(s, "the client left");
    else if (why != NULL && http_of(s)->answered)
        session_end(s, why);
    else if (why != NULL)
        downstream_refuse(s, request->status, why);
    return moved == MOVED;
}

/* ---- RELAY: the answer -------------------------------------------------- */

/* Reads heads up to the final one: 1 if there was one, final or not. */
static int read_answer_head(struct session *s)
{
    const char *why = NULL;
    int taken = http_take_answer_head(s, &why);

    if (taken >= 0)
        return taken;
    http_of(s)->answered = 0; /* nothing of it has been passed on */
    backend_failed(s, why, 502);
    return 0;
}

/* The backend has closed its connection, or it broke. */
static void backend_ended(struct session *s)
{
    const struct http *http = http_of(s);

    if (!http->answered)
        backend_failed(s, session_has_answer(s)
                              ? "the backend broke off its answer's head"
                              : "the backend closed without an answer", 502);
    else if (http->answer.framing == FRAME_CLOSE
                 ? s->down.broken
                 : !http_has_arrived(&s->down, &http->answer))
        backend_failed(s, "the backend broke off its answer", 502);
}

static int is_relaying(const struct session *s)
{
    return !s->ended && s->engine == &engine_http && s->state == RELAY;
}

/* Moves what there is of the answer. 1 if anything moved. */
static int move_answer(struct session *s)
{
    struct http *http = http_of(s);
    enum moved moved = channel_pump(&s->down);
    int progress = moved == MOVED;

    if (moved == OUT_FAILED) {
        session_end(s, "the client left");
        return 0;
    }
    while (!http->answered && is_relaying(s) && read_answer_head(s))
        progress = 1;
    if (is_relaying(s) && http->answered &&
        http_clear_message(&s->down, &http->answer) != 0)
        backend_failed(s, http->answer.why, 502);
    if (is_relaying(s) && s->down.eof && s->backend_fd >= 0)
        backend_ended(s);
    return progress;
}

/* ---- RELAY: the end ----------------------------------------------------- */

/* The whole answer is here, though the client may not have it yet: the backend
 * is free for somebody else. */
static void give_back(struct session *s)
{
    const struct http *http = http_of(s);
    size_t surplus;

    channel_withheld(&s->down, &surplus);
    session_release_backend(s, http->backend_keeps && surplus == 0 &&
                                   !s->down.eof);
}

static int answer_has_left(const struct session *s, const struct http *http)
{
    if (http->answer.framing == FRAME_CLOSE)
        return s->down.eof && channel_is_flushed(&s->down);
    return http_has_left(&s->down, &http->answer);
}

/* Whether closing can't destroy the answer: the client has nothing more to say,
 * or has said so. */
static int client_has_finished(struct session *s)
{
    size_t more;

    channel_withheld(&s->up, &more);
    return s->up.eof || (http_of(s)->client_closes && more == 0 &&
                         http_has_left(&s->up, &http_of(s)->request));
}

static void exchange_complete(struct session *s)
{
    session_release_backend(s, 0); /* unless it has been given back */
    session_finish(s, NULL);
    if (http_of(s)->client_keeps)
        downstream_next(s, READ_HEAD);
    else if (client_has_finished(s))
        session_end(s, NULL);
    else
        linger_start(s, NULL, 0);
}

static void relay(struct session *s)
{
    struct http *http = http_of(s);
    int moved = 1;

    for (int round = 0; moved; round++) {
        if (round == ROUNDS_MAX) /* the rest in the next turn */
            s->up.can_read = s->down.can_read = 0;
        moved = move_request(s);
        if (is_relaying(s))
            moved |= move_answer(s);
        if (!is_relaying(s))
            return;
        if (http->answered && http_has_arrived(&s->down, &http->answer) &&
            http_has_left(&s->up, &http->request))
            give_back(s);
        if (http->answered && answer_has_left(s, http)) {
            exchange_complete(s);
            return;
        }
    }
    session_relay_deadline(s);
}

/* ---- ANSWER -------------------------------------------------------------- */

static void send_answer(struct session *s)
{
    if (downstream_send(s))
        exchange_complete(s);
}

/* ---- the engine --------------------------------------------------------- */

static void http_step(struct session *s)
{
    static void (*const handle[])(struct session *) = {
        read_head, connect_backend, relay, send_answer};
    int before;

    do {
        before = s->state;
        handle[before](s);
    } while (!s->ended && s->engine == &engine_http && s->state != before);
    session_settle(s);
}

/* There is no answer yet: whose fault is it? */
static void answer_is_late(struct session *s)
{
    const char *why = s->up.blocked_ms > 0
                          ? session_relay_trouble(s)
                          : "the backend did not answer in time";

    if (s->up.blocked_ms == 0 && !http_has_arrived(&s->up, &http_of(s)->request)) {
        downstream_refuse(s, 408, "the body took too long");
        return;
    }
    if (s->service->late_is_failed) {
        backend_failed(s, why, 504);
        return;
    }
    upstream_timed_out(s);
    downstream_refuse(s, 504, why);
}

static void http_expire(struct session *s)
{
    if (queue_has(s))
        downstream_refuse(s, 503, QUEUE_TOO_LONG);
    else if (s->state == CONNECT)
        backend_failed(s, "connecting took too long", 504);
    else if (s->state == RELAY && !http_of(s)->answered)
        answer_is_late(s);
    else if (s->state == ANSWER)
        session_end(s, "the client reads nothing");
    else if (s->state == RELAY)
        cut(s, session_relay_trouble(s));
    else if (buffer_size(&s->up.buf) > 0)
        downstream_refuse(s, 408, "the head took too long");
    else
        session_end(s, NULL);
    if (!s->ended && s->engine == &engine_http)
        http_step(s); /* another backend is asked */
    else
        session_settle(s);
}

const struct engine engine_http = {"http", sizeof(struct http), http_start,
                                   http_step, http_expire};
