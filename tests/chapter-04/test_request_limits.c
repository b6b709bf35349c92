/* The limits of a service: heads, fields and bodies that are too much for it. */
#include "fixture.h"

#include "rig.h"

static struct rig *start_limited(struct limits limits)
{
    struct rig *rig = rig_make(1);

    rig->service.limits = limits;
    rig_open(rig);
    return rig;
}

/* It is refused, and nobody hears of it. */
static void expect_refused(struct rig *rig, const char *request, int status,
                           const char *why)
{
    int client = rig_client(rig, request);

    rig_expect_status(rig, client, status);
    assert_string_equal(rig->last.failure, why);
    assert_false(rig_is_readable(rig->at[0]));
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
}

static void expect_served(struct rig *rig, const char *request)
{
    int client = rig_client(rig, request), backend = rig_accept(rig, 0);
    const char *body = strstr(request, "\r\n\r\n") + 4;
    char got[4096];

    rig_read(rig, backend, "\r\n\r\n", got, sizeof got);
    rig_receive(rig, backend, got, strlen(body));
    assert_memory_equal(got, body, strlen(body));
    rig_complete(rig, backend, client);
}

#define HEAD_OF_40 "GET /123456 HTTP/1.1\r\nHost: abcdefg\r\n\r\n"

static void a_head_may_have_so_many_bytes(void **state)
{
    struct rig *rig = start_limited((struct limits){.head_bytes = 40});

    (void)state;
    assert_int_equal(strlen(HEAD_OF_40), 39);
    expect_served(rig, "\n" HEAD_OF_40);
    expect_refused(rig, "\r\n" HEAD_OF_40, 431, "head too long");
    expect_refused(rig, "GET /1234567890123456789012345678901234 HTTP/1.1\r\n",
                   414, "request line too long");
    rig_close(rig);
}

/* It need not end: what is there is too much. */
static void a_line_without_an_end_is_refused_in_time(void **state)
{
    struct rig *rig = start_limited((struct limits){.head_bytes = 40});
    int client = rig_client(rig, "GET / HTTP/1.1\r\nA: 89012345678901");

    (void)state;
    rig_settle(rig);
    assert_int_equal(rig->finished, 0);
    wire_send_text(client, "234567890");
    rig_expect_status(rig, client, 431);
    wire_close(client);
    rig_close(rig);
}

static void a_head_may_have_so_many_fields(void **state)
{
    struct rig *rig = start_limited((struct limits){.fields = 2});

    (void)state;
    expect_served(rig, "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n");
    expect_refused(rig, "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nA: b\r\n\r\n",
                   431, "too many fields");
    rig_close(rig);
}

static void a_body_may_have_so_many_bytes(void **state)
{
    struct rig *rig = start_limited((struct limits){.body_bytes = 5});

    (void)state;
    expect_served(rig, RIG_GET);
    expect_served(rig, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
                       "12345");
    expect_refused(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 6\r\n\r\n", 413, "too large a body");
    expect_refused(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 9223372036854775807\r\n\r\n", 413,
                   "too large a body");
    rig_close(rig);
}

/* A filter's reason comes first: whoever has asked too often is told so. */
static void a_filter_has_its_say_first(void **state)
{
    struct rig *rig = start_limited((struct limits){.body_bytes = 5});

    (void)state;
    rig->refuse_with = 429;
    expect_refused(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 6\r\n\r\n", 429,
                   "refused by a filter");
    assert_int_equal(rig->admitted, 1);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_head_may_have_so_many_bytes),
        fixture_test(a_line_without_an_end_is_refused_in_time),
        fixture_test(a_head_may_have_so_many_fields),
        fixture_test(a_body_may_have_so_many_bytes),
        fixture_test(a_filter_has_its_say_first),
    };

    return fixture_run("limits of requests", tests);
}
