/* Who takes nothing of what there is for him is given up after timeouts.write_ms,
 * who says nothing after timeouts.read_ms. */
#include "fixture.h"

#include <string.h>

#include "rig.h"

#define READ_MS  30000
#define WRITE_MS 4000

static struct rig *start(void)
{
    struct rig *rig = rig_make(1);

    rig->service.timeouts.read_ms = READ_MS;
    rig->service.timeouts.write_ms = WRITE_MS;
    rig_open(rig);
    return rig;
}

/* Sends until nothing more is taken, not even by our kernel. */
static void flood(struct rig *rig, int fd)
{
    static const char bytes[65536];

    for (;;) {
        while (wire_send_some(fd, bytes, sizeof bytes) > 0)
            rig_turn(rig);
        rig_settle(rig);
        if (wire_send_some(fd, bytes, sizeof bytes) == 0)
            return;
    }
}

#define HEAD "HTTP/1.1 200 OK\r\n\r\n"
#define PUT  "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n"

static void expect_end(struct rig *rig, const char *why)
{
    rig_until(rig, rig->service.active == 0);
    assert_string_equal(rig->last.failure, why);
}

static void a_client_that_takes_nothing_is_given_up(void **state)
{
    struct rig *rig = start();
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    wire_send_text(backend, HEAD);
    flood(rig, backend);
    rig_pass(rig, WRITE_MS - 1);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    expect_end(rig, "the client took nothing for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

static void one_that_takes_a_little_is_not(void **state)
{
    static char some[65536];
    struct rig *rig = start();
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    wire_send_text(backend, HEAD);
    flood(rig, backend);
    for (int i = 0; i < 5; i++) {
        const struct session *s = rig_session(rig);
        uint64_t before = s->down.total;

        rig_pass(rig, WRITE_MS - 1);
        while (s->down.total == before) /* the kernel is in no hurry */
            rig_receive(rig, client, some, sizeof some);
        flood(rig, backend);
    }
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, WRITE_MS);
    expect_end(rig, "the client took nothing for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

/* That it sends meanwhile does not help it. */
static void what_moves_the_other_way_does_not_count(void **state)
{
    struct rig *rig = start();
    char head[4096], byte;
    int client = rig_client(rig, PUT), backend = rig_accept(rig, 0);

    (void)state;
    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
    wire_send_text(backend, HEAD);
    flood(rig, backend);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rig->finished, 0);
        wire_send_text(client, "x");
        rig_receive(rig, backend, &byte, 1);
        rig_pass(rig, WRITE_MS / 4);
    }
    expect_end(rig, "the client took nothing for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

static void a_backend_that_takes_nothing_is_a_504(void **state)
{
    struct rig *rig = start();
    int client = rig_client(rig, PUT), backend = rig_accept(rig, 0);

    (void)state;
    flood(rig, client);
    rig_pass(rig, WRITE_MS - 1);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    rig_expect_status(rig, client, 504);
    assert_string_equal(rig->last.failure,
                        "the backend took nothing for too long");
    assert_int_equal(rig->set.backends[0].stats.failures[BACKEND_TIMEOUT], 1);
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

static void silence_is_another_matter(void **state)
{
    struct rig *rig = start();
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    rig_pass(rig, READ_MS - 1);
    assert_int_equal(rig->finished, 0);
    wire_send_text(backend, HEAD);
    rig_until(rig, rig_is_readable(client));
    rig_pass(rig, READ_MS - 1);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    expect_end(rig, "nothing moved for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

/* Once the client has taken all there is, it is the backend that is waited for. */
static void after_the_last_byte_it_is_the_others_turn(void **state)
{
    static char some[1 << 20];
    struct rig *rig = start();
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    wire_send_text(backend, HEAD);
    flood(rig, backend);
    rig_pass(rig, WRITE_MS - 1);
    while (rig_turn(rig) > 0 || rig_is_readable(client))
        if (rig_is_readable(client))
            assert_true(recv(client, some, sizeof some, 0) > 0);
    rig_pass(rig, READ_MS - 1);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    expect_end(rig, "nothing moved for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

static void if_it_is_not_set_it_is_as_long_as_the_other(void **state)
{
    struct rig *rig = start();
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    rig->service.timeouts.write_ms = 0;
    wire_send_text(backend, HEAD);
    flood(rig, backend);
    rig_pass(rig, READ_MS - 1);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    expect_end(rig, "the client took nothing for too long");
    wire_close(client);
    wire_close(backend);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_that_takes_nothing_is_given_up),
        fixture_test(one_that_takes_a_little_is_not),
        fixture_test(what_moves_the_other_way_does_not_count),
        fixture_test(a_backend_that_takes_nothing_is_a_504),
        fixture_test(silence_is_another_matter),
        fixture_test(after_the_last_byte_it_is_the_others_turn),
        fixture_test(if_it_is_not_set_it_is_as_long_as_the_other),
    };

    return fixture_run("timeouts.write", tests);
}
