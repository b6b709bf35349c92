/* limit_filter: what a client that asks too often is told, and that nobody else
 * notices. In a service on a clock that only the test moves (chapter 4's rig),
 * with the engine of chapter 4 and with that of chapter 6. */
#include "fixture.h"

#include "../chapter-04/rig.h"

#include "engine_http.h"
#include "limit_filter.h"

#define REFUSED(seconds)                                                       \
    "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\n"           \
    "Content-Length: 22\r\nConnection: close\r\nRetry-After: " seconds         \
    "\r\n\r\n429 Too Many Requests\n"

static struct limit_filter limit;
static struct filter filters[2];

/* A service with one backend, a limit, and the rig's own filter, which counts. */
static struct rig *open_limited(const struct engine *engine, double rate,
                                double burst)
{
    struct rig *rig = rig_start(1);

    limit.refused = 0;
    limit.limiter =
        rate_limiter_create(RATE_LIMIT_TOKEN_BUCKET, rate, burst);
    assert_non_null(limit.limiter);
    filters[0] = limit_filter_seam(&limit);
    filters[1] = rig->filter;
    rig->service.filters = filters;
    rig->service.filter_count = 2;
    rig->service.engine = engine;
    return rig;
}

static void close_limited(struct rig *rig)
{
    rig_close(rig);
    rate_limiter_destroy(limit.limiter);
}

/* Plays the backend for one request. It closes: the rig's connector keeps none. */
static void answer(struct rig *rig)
{
    char head[4096];
    int fd = rig_accept(rig, 0);

    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    wire_send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                       "Connection: close\r\n\r\nyes");
    wire_close(fd);
}

/* A request that is let pass, from the first byte to the last. */
static void expect_passes(struct rig *rig)
{
    char got[4096];
    int client = rig_client(rig, "GET / HTTP/1.1\r\nHost: h\r\n"
                                 "Connection: close\r\n\r\n");

    answer(rig);
    rig_read(rig, client, NULL, got, sizeof got);
    assert_memory_equal(got, "HTTP/1.1 200 OK\r\n", 17);
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
}

static void expect_refused(struct rig *rig, const char *request,
                           const char *answer)
{
    int client = rig_client(rig, request);

    rig_expect(rig, client, answer);
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    assert_false(rig_is_readable(rig->at[0])); /* no backend heard of it */
}

static const struct engine *const engines[] = {&engine_single, &engine_http};

static void too_many_are_told_when_to_come_again(void **state)
{
    (void)state;
    for (int e = 0; e < 2; e++) {
        struct rig *rig = open_limited(engines[e], 0.25, 2);

        expect_passes(rig);
        expect_passes(rig);
        expect_refused(rig, RIG_GET, REFUSED("4"));
        rig->clock.now_ms += 100; /* 3.9 s: rounded up, or it would be a lie */
        expect_refused(rig, RIG_GET, REFUSED("4"));
        rig->clock.now_ms += 1900;
        expect_refused(rig, RIG_GET, REFUSED("2"));
        rig->clock.now_ms += 2000;
        expect_passes(rig);
        expect_refused(rig, RIG_GET, REFUSED("4"));
        assert_int_equal(limit.refused, 4);
        assert_int_equal(rig->admitted, 3); /* the others were not asked ... */
        assert_int_equal(rig->finished, 7); /* ... but all are told */
        assert_int_equal(rig->last.status, 429);
        assert_string_equal(rig->last.failure, "too many requests");
        assert_null(rig->last.backend);
        close_limited(rig);
    }
}

/* What was said to one request is not said to the next. */
static void other_refusals_know_no_time(void **state)
{
    struct rig *rig = open_limited(&engine_http, 1, 1);

    (void)state;
    expect_passes(rig);
    expect_refused(rig, RIG_GET, REFUSED("1"));
    expect_refused(rig, "GET / HTTP/1.1\r\n\r\n",
                   "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                   "Content-Length: 16\r\nConnection: close\r\n\r\n"
                   "400 Bad Request\n");
    close_limited(rig);
}

static void the_answer_to_head_has_no_body(void **state)
{
    struct rig *rig = open_limited(&engine_http, 1, 1);

    (void)state;
    expect_passes(rig);
    expect_refused(rig, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
                   "HTTP/1.1 429 Too Many Requests\r\n"
                   "Content-Type: text/plain\r\nContent-Length: 22\r\n"
                   "Connection: close\r\nRetry-After: 1\r\n\r\n");
    close_limited(rig);
}

/* The body of a refused upload is not read into memory: it is dropped. */
static void a_refused_upload_reaches_nobody(void **state)
{
    static char body[100000];
    struct rig *rig = open_limited(&engine_http, 1, 1);
    int client;

    (void)state;
    expect_passes(rig);
    client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                             "Content-Length: 100000\r\n\r\n");
    wire_send_some(client, body, sizeof body);
    rig_expect(rig, client, REFUSED("1"));
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    assert_false(rig_is_readable(rig->at[0]));
    close_limited(rig);
}

/* Each request counts, also those that come on one connection, or all at once. */
static void pipelined_requests_count_one_by_one(void **state)
{
    struct rig *rig = open_limited(&engine_http, 1, 2);
    int client = rig_client(rig, RIG_GET RIG_GET RIG_GET);
    char got[4096];

    (void)state;
    answer(rig);
    rig_read(rig, client, "yes", got, sizeof got);
    answer(rig);
    rig_read(rig, client, "yes", got, sizeof got);
    rig_expect(rig, client, REFUSED("1"));
    assert_false(rig_is_readable(rig->at[0]));
    wire_close(client);
    close_limited(rig);
}

/* What is malformed reaches no backend and costs nothing. */
static void malformed_requests_do_not_count(void **state)
{
    struct rig *rig = open_limited(&engine_http, 1, 1);

    (void)state;
    for (int i = 0; i < 3; i++) {
        int client = rig_client(rig, "GET / HTTP/1.1\r\n\r\n");

        rig_expect_status(rig, client, 400);
        wire_close(client);
    }
    expect_passes(rig);
    close_limited(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(too_many_are_told_when_to_come_again),
        fixture_test(other_refusals_know_no_time),
        fixture_test(the_answer_to_head_has_no_body),
        fixture_test(a_refused_upload_reaches_nobody),
        fixture_test(pipelined_requests_count_one_by_one),
        fixture_test(malformed_requests_do_not_count),
    };

    return fixture_run("limit_filter", tests);
}
