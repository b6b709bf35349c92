/* LB_NAME: how long it waits for a client's head. (A suite of its own since
 * it takes ten seconds. Other deadlines: test_engine_relay.c, on a clock that
 * the test moves, and test_lb_failures.c.) */
#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <poll.h>

/* A head has ten seconds from the connection on, however busily its bytes drip
 * in. One who has said nothing at all is just let go. */
static void a_head_has_ten_seconds(void **state)
{
    static const char drip[] = "GET / HTTP/1.1\r\nX-Long: ";
    struct http_response r;
    struct lb lb;
    int before, silent, half, dripping;
    deadline_t early, late;
    size_t at = 0;

    (void)state;
    lb_start_real(&lb, 1);
    before = lb_descriptors(&lb);
    silent = wire_connect(lb.port);
    half = wire_connect(lb.port);
    wire_send_text(half, "GET / HTTP/1.1\r\nHo");
    dripping = wire_connect(lb.port);
    early = deadline_in(0) + 9500; /* the program's time is not scaled */
    late = deadline_in(20000);
    while (wire_send_some(dripping, at < sizeof drip - 1 ? drip + at : "x",
                          1) == 1 &&
           deadline_poll(dripping, POLLIN, deadline_in(100)) == 0) {
        at++;
        if (deadline_left(early) > 0)
            wire_expect_silence(silent, 0); /* it has as long */
        assert_true(deadline_left(late) > 0);
    }
    assert_int_equal(deadline_left(early), 0);
    http_receive(dripping, "GET", &r);
    assert_int_equal(r.status, 408);
    assert_string_equal(r.body, "408 Request Timeout\n");
    http_response_free(&r);
    wire_expect_text(half, "HTTP/1.1 408 Request Timeout\r\n");
    wire_expect_end(silent);
    wire_close(dripping);
    wire_close(half);
    wire_close(silent);
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_head_has_ten_seconds),
    };

    return fixture_run(LB_NAME ": timeouts", tests);
}
