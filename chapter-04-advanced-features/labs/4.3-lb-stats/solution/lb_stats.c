#include "lb_stats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text { /* that grows; NULL: there was no memory */
    char *at;
    size_t len, size;
};

int lb_stats_route(const struct http_head *h)
{
    struct slice path = h->path;
    const char *query = memchr(path.at, '?', path.len);

    if (query != NULL)
        path.len = (size_t)(query - path.at);
    if (!slice_equal(path, SLICE("/lb-stats")))
        return 0;
    return slice_equal(h->method, SLICE("GET")) ? 200 : 405;
}

static void give_up(struct text *t)
{
    free(t->at);
    t->at = NULL;
}

/* Room for so many bytes more and a NUL. 0, or -1. */
static int make_room(struct text *t, size_t more)
{
    char *at;

    if (t->len + more < t->size)
        return 0;
    t->size = 2 * (t->len + more + 1);
    at = realloc(t->at, t->size);
    if (at == NULL)
        return -1;
    t->at = at;
    return 0;
}

#if defined(__GNUC__) || defined(__clang__)
__attribute__((format(printf, 2, 3)))
#endif
static void append(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    if (t->at == NULL)
        return;
    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || make_room(t, (size_t)n) != 0) {
        give_up(t);
        return;
    }
    va_start(args, format);
    vsnprintf(t->at + t->len, t->size - t->len, format, args);
    va_end(args);
    t->len += (size_t)n;
}

static void append_sums(struct text *t, const struct lb_stats *stats)
{
    uint64_t total = 0, failed = 0;

    for (int i = 0; i < stats->set->num_backends; i++) {
        total += stats->set->backends[i].stats.total_requests;
        failed += stats->set->backends[i].stats.failed_requests;
    }
    append(t, "{\"uptime_seconds\":%" PRIu64, stats->uptime_ms / 1000);
    append(t, ",\"requests\":{\"total\":%" PRIu64 ",\"failed\":%" PRIu64 "}",
           total, failed);
    append(t, ",\"connections\":{\"active\":%d,\"max\":%d,\"peak\":%d}",
           stats->active, stats->max, stats->peak);
}

static void append_backend(struct text *t, const struct backend *b)
{
    const struct backend_stats *s = &b->stats;

    append(t, "{\"name\":\"%s\",\"healthy\":%s,\"active\":%d", b->name,
           b->is_healthy ? "true" : "false", b->active_connections);
    append(t, ",\"requests\":%" PRIu64 ",\"failed\":%" PRIu64,
           s->total_requests, s->failed_requests);
    append(t, ",\"bytes_in\":%" PRIu64 ",\"bytes_out\":%" PRIu64,
           s->bytes_in, s->bytes_out);
    append(t, ",\"average_ms\":%.1f}", s->avg_response_time);
}

static void append_body(struct text *t, const struct lb_stats *stats)
{
    append_sums(t, stats);
    append(t, ",\"backends\":[");
    for (int i = 0; i < stats->set->num_backends; i++) {
        append(t, "%s", i > 0 ? "," : "");
        append_backend(t, &stats->set->backends[i]);
    }
    append(t, "]}");
}

/* The body first: the head says how long it is. */
char *lb_stats_answer(const struct lb_stats *stats, size_t *len)
{
    struct text body = {malloc(1), 0, 1}, whole = {malloc(1), 0, 1};

    append_body(&body, stats);
    append(&whole, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    append(&whole, "Content-Length: %zu\r\nConnection: close\r\n\r\n",
           body.len);
    if (body.at != NULL)
        append(&whole, "%s", body.at);
    else
        give_up(&whole);
    free(body.at);
    *len = whole.len;
    return whole.at;
}
