#include "downstream.h"

#include "forwarded.h"
#include "http_error.h"
#include "linger.h"
#include "log.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

/* What the client has said first, up to the end of the line. */
static void keep_line(struct session *s)
{
    size_t len;
    const char *bytes = channel_withheld(&s->up, &len), *end;

    while (len > 0 && (*bytes == '\r' || *bytes == '\n')) {
        bytes++;
        len--;
    }
    len = len < EXCHANGE_LINE_MAX ? len : EXCHANGE_LINE_MAX;
    end = memchr(bytes, '\n', len);
    len = end != NULL ? (size_t)(end - bytes) : len;
    s->x.line_len = len > 0 && bytes[len - 1] == '\r' ? len - 1 : len;
    memcpy(s->x.line, bytes, s->x.line_len);
}

/* The client is the peer, until somebody knows better. */
static void identify(struct session *s, const struct http_head *h)
{
    const struct identifier *who = &s->service->identifier;

    if (who->identify != NULL)
        who->identify(who->self, h, &s->x);
}

/* From here on the filters will be told how it ended. */
static void open_exchange(struct session *s)
{
    s->in_exchange = 1;
    if (s->service->identifier.identify != NULL) {
        memcpy(s->x.client_ip, s->x.peer.ip, sizeof s->x.client_ip);
        s->x.https = s->x.peer.tls;
        s->x.key[0] = '\0';
    }
    s->x.backend = NULL;
    s->x.request_id[0] = '\0';
    s->x.failure = NULL;
    s->x.status = s->x.tries = s->x.reused = s->x.retry_after_s = 0;
    s->x.began_ms = *s->service->watch.now_ms;
    s->x.began_us = session_now_us(s);
    s->x.first_us = 0;
    keep_line(s);
    s->up.total = s->down.total = 0;
}

/* Writes the answer; it tells when to come again if that is known. */
static size_t format_answer(const struct session *s, int status,
                            char answer[HTTP_ERROR_MAX])
{
    char when[40] = "";

    if (s->x.retry_after_s > 0)
        snprintf(when, sizeof when, "Retry-After: %d\r\n",
                 s->x.retry_after_s);
    return http_error_format_with(answer, status, when, s->bodyless);
}

void downstream_refuse(struct session *s, int status, const char *why)
{
    char answer[HTTP_ERROR_MAX];
    size_t len;

    if (!s->in_exchange)
        open_exchange(s);
    len = format_answer(s, status, answer);
    log_error(s->service->program, "%s: %d: %s", s->x.client_ip, status, why);
    session_answered(s, status);
    s->x.failure = why;
    session_release_backend(s, 0);
    linger_start(s, answer, len);
}

/* Parses what has come, if that can change anything. */
static enum http_verdict parse(const struct session *s, struct http_head *h)
{
    const struct limits *limits = &s->service->limits;
    size_t len, max = limits->head_bytes > 0 ? limits->head_bytes
                                             : HTTP_HEAD_MAX;
    const char *bytes = channel_withheld(&s->up, &len);
    enum http_verdict verdict;

    if (len == s->seen ||
        (len < max && !http_head_worth_parsing(bytes, s->seen, len)))
        return HTTP_PARTIAL;
    verdict = http_head_parse_within(h, max, bytes, len);
    if (verdict != HTTP_COMPLETE || limits->fields == 0 ||
        h->field_count <= limits->fields)
        return verdict;
    h->status = 431;
    h->why = "too many fields";
    return HTTP_BAD;
}

int downstream_read_head(struct session *s, struct http_head *h)
{
    enum moved moved = channel_pump(&s->up);
    size_t len;

    switch (parse(s, h)) {
    case HTTP_COMPLETE:
        return 1;
    case HTTP_BAD:
        downstream_refuse(s, h->status, h->why);
        return 0;
    case HTTP_PARTIAL:
        break;
    }
    channel_withheld(&s->up, &len);
    s->seen = len;
    if (moved >= DONE) /* the client left without having asked for anything */
        session_end(s, NULL);
    else if (len == 0)
        session_park(s, s->service->timeouts.head_ms);
    return 0;
}

static int ask_filters(struct session *s)
{
    const struct service *service = s->service;
    int status = 0;

    for (int i = 0; i < service->filter_count && status == 0; i++)
        if (service->filters[i].admit != NULL)
            status = service->filters[i].admit(service->filters[i].self, &s->x);
    return status;
}

static int body_is_too_large(const struct session *s, const struct http_head *h)
{
    uint64_t max = s->service->limits.body_bytes;

    return max > 0 && h->content_length > 0 &&
           (uint64_t)h->content_length > max;
}

int downstream_begin(struct session *s, const struct http_head *h)
{
    int status;

    open_exchange(s);
    identify(s, h);
    s->bodyless = slice_equal(h->method, SLICE("HEAD"));
    s->repeatable = http_head_is_idempotent(h);
    request_id_choose(&s->service->ids, h, s->x.request_id);
    if (h->form == HTTP_AUTHORITY) {
        downstream_refuse(s, 405, "CONNECT is for forward proxies");
        return -1;
    }
    status = ask_filters(s);
    if (status == 0 && body_is_too_large(s, h)) {
        downstream_refuse(s, 413, "too large a body");
        return -1;
    }
    if (status == 0)
        return 0;
    downstream_refuse(s, status, s->x.failure != NULL ? s->x.failure
                                                      : "refused by a filter");
    return -1;
}

int downstream_send(struct session *s)
{
    enum moved moved;

    channel_pump(&s->up);
    do
        moved = channel_pump(&s->down);
    while (moved == MOVED && !channel_is_flushed(&s->down));
    if (moved == OUT_FAILED || s->up.broken)
        session_end(s, "the client left");
    else if (moved == IN_FAILED)
        session_end(s, "the answer has become shorter than was said");
    else if (channel_is_flushed(&s->down))
        return 1;
    else
        session_relay_deadline(s);
    return 0;
}

void downstream_next(struct session *s, int state)
{
    size_t waiting;

    channel_forget_sent(&s->up);
    channel_trim(&s->down);
    channel_withheld(&s->up, &waiting);
    s->bodyless = 0;
    s->seen = 0;
    s->state = state;
    if (waiting > 0) /* it did not wait for the answer: pipelining */
        session_deadline(s, s->service->timeouts.head_ms);
    else if (s->up.eof)
        session_end(s, NULL);
    else
        session_park(s, s->service->timeouts.idle_ms);
}
