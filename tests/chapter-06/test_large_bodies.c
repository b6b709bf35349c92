/* Chunked bodies that are larger than the service allows. */
#include "fixture.h"

#include "http_rig.h"

#define PUT "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

static struct rig *open_limited(struct http_rig *h)
{
    struct rig *rig = http_rig_open(h, 1);

    rig->service.limits.body_bytes = 5;
    return rig;
}

static void a_body_that_is_allowed_passes(void **state)
{
    struct http_rig h;
    struct rig *rig = open_limited(&h);
    int backend, client = http_rig_ask(rig, 0, PUT "2\r\nab\r\n3\r\ncde\r\n"
                                       "0\r\n\r\n", &backend);

    (void)state;
    http_rig_expect(rig, backend, "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
    wire_send_text(backend, HTTP_YES);
    http_rig_expect(rig, client, HTTP_YES);
    wire_close(client);
    http_rig_close(&h);
    wire_close(backend);
}

/* Its first chunk is: no backend hears of it. */
static void one_that_begins_too_large_is_a_413(void **state)
{
    struct http_rig h;
    struct rig *rig = open_limited(&h);
    int client = rig_client(rig, PUT "6\r\n");

    (void)state;
    rig_expect_status(rig, client, 413);
    assert_string_equal(rig->last.failure, "too large a body");
    assert_false(rig_is_readable(rig->at[0]));
    wire_close(client);
    http_rig_close(&h);
}

/* The backend has got a part: it gets no more, and no end either. */
static void one_that_grows_too_large_is_a_413(void **state)
{
    struct http_rig h;
    struct rig *rig = open_limited(&h);
    int backend, client = http_rig_ask(rig, 0, PUT "2\r\nab\r\n", &backend);
    char rest[64];

    (void)state;
    http_rig_expect(rig, backend, "2\r\nab\r\n");
    wire_send_text(client, "4\r\nnever\r\n0\r\n\r\n");
    rig_expect_status(rig, client, 413);
    assert_int_equal(rig_read(rig, backend, NULL, rest, sizeof rest), 0);
    wire_close(client);
    wire_close(backend);
    rig_settle(rig);
    assert_int_equal(pool_connector_idle(&h.pools), 0);
    http_rig_close(&h);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_body_that_is_allowed_passes),
        fixture_test(one_that_begins_too_large_is_a_413),
        fixture_test(one_that_grows_too_large_is_a_413),
    };

    return fixture_run("engine_http: large bodies", tests);
}
