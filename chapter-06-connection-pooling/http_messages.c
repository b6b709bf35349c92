#include "http_messages.h"

#include "service.h"
#include "tunnel.h"

/* ---- bytes -------------------------------------------------------------- */

int http_clear_message(struct channel *c, struct http_frame *f)
{
    size_t len;
    const char *bytes = channel_withheld(c, &len);

    if (c->pass > 0 || http_frame_is_done(f))
        return 0;
    len = http_frame_scan(f, bytes, len);
    channel_clear(c, len, 0);
    channel_withheld(c, &len);
    if (len == 0)
        c->pass = http_frame_skip(f);
    return f->why != NULL ? -1 : 0;
}

int http_has_arrived(const struct channel *c, const struct http_frame *f)
{
    return c->pass == 0 && http_frame_is_done(f);
}

int http_has_left(const struct channel *c, const struct http_frame *f)
{
    return http_has_arrived(c, f) && channel_is_flushed(c);
}

int http_replace_head(struct channel *c, size_t length, const struct buffer *head)
{
    size_t size = buffer_size(head);

    if (channel_replace(c, length, buffer_at(head), size) != 0)
        return -1;
    channel_clear(c, size, 0);
    return 0;
}

/* ---- the head of an answer ---------------------------------------------- */

/* A connection is given up a moment before the backend does so: the next request
 * must not cross its end on the way. */
static void note_keeping(struct backend *b, int seconds)
{
    if (seconds < 0)
        b->keep_ms = 0;
    else
        b->keep_ms = seconds > 1 ? (seconds - 1) * 1000 : -1;
}

/* The final head is here: decides what becomes of the two connections. The
 * client's stays only if its request has been moved to the end: the rest of one
 * that was answered early could be taken for the next. */
static void note_answer(struct session *s, const struct http_response *r)
{
    struct http *http = http_of(s);

    http->answered = 1;
    session_answered(s, r->status);
    http_frame_response(&http->answer, r,
                        s->bodyless ? SLICE("HEAD") : SLICE("GET"));
    http->backend_keeps = http_head_keeps_alive(&r->head);
    note_keeping(s->x.backend, http_response_keeps_s(r));
    http->client_keeps = http->client_keeps && !s->service->draining &&
                         http->answer.framing != FRAME_CLOSE &&
                         http_has_left(&s->up, &http->request);
}

static int rewrite_answer(struct session *s, const struct http_response *r,
                          struct slice connection, struct slice upgrade)
{
    const struct http_field set[] = {{SLICE("Connection"), connection},
                                     {SLICE("Upgrade"), upgrade}};
    char memory[SESSION_BUFFER];
    struct buffer head;

    buffer_init(&head, memory, sizeof memory);
    if (http_response_forward(r, set, sizeof set / sizeof set[0], &head) != 0)
        return -1;
    return http_replace_head(&s->down, r->head.length, &head);
}

/* The backend agrees to another protocol. */
static const char *switch_protocols(struct session *s,
                                    const struct http_response *r)
{
    struct http *http = http_of(s);
    const struct slice *protocol = http_head_find(&r->head, SLICE("Upgrade"));

    if (!http->upgrading || protocol == NULL ||
        !http_has_left(&s->up, &http->request))
        return "101 that nobody has asked for";
    session_answered(s, r->status);
    if (rewrite_answer(s, r, SLICE("Upgrade"), *protocol) != 0)
        return "no room for the rewritten head";
    tunnel_start(s);
    return NULL;
}

/* Passes a head on. NULL, or what is wrong with it. */
static const char *take_head(struct session *s, const struct http_response *r)
{
    struct http *http = http_of(s);
    struct slice connection = SLICE("");
    int failed;

    http->seen = 0;
    if (r->status == 101)
        return switch_protocols(s, r);
    if (http->old_client && r->head.chunked)
        return "a chunked answer to HTTP/1.0";
    if (r->status >= 200) {
        note_answer(s, r);
        if (!http->client_keeps)
            connection = SLICE("close");
        else if (http->old_client)
            connection = SLICE("keep-alive");
    }
    if (r->status < 200 && http->old_client) /* does not know of 1xx */
        failed = channel_replace(&s->down, r->head.length, "", 0);
    else
        failed = rewrite_answer(s, r, connection, SLICE(""));
    return failed ? "no room for the rewritten head" : NULL;
}

int http_take_answer_head(struct session *s, const char **why)
{
    struct http *http = http_of(s);
    struct http_response r;
    size_t len;
    const char *bytes = channel_withheld(&s->down, &len);

    if (len == http->seen || !http_head_worth_parsing(bytes, http->seen, len))
        return 0;
    http->seen = len;
    switch (http_response_parse(&r, bytes, len)) {
    case HTTP_PARTIAL:
        return 0;
    case HTTP_BAD:
        *why = r.head.why;
        break;
    case HTTP_COMPLETE:
        *why = take_head(s, &r);
        break;
    }
    return *why == NULL ? 1 : -1;
}
