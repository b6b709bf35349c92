/* What the capture does not say by itself, and the two other connections. */
#include "capture.h"
#include "fixture.h"

static void the_port_lies_on_the_wire_high_byte_first(void **state)
{
    (void)state;
    expect_answer("port_8080", "1f 90|1f90|0x1f90|0x1f 0x90");
}

static void a_fin_is_sent_by_who_is_done(void **state)
{
    (void)state;
    expect_answer("first_fin",
                  capture_first_fin(capture_connection(SERVER, 0)));
    expect_answer("fin_takes", "1|one");
}

static void where_nobody_listens_a_reset_answers(void **state)
{
    const struct connection *c = capture_connection(NOBODY, 0);

    (void)state;
    capture_find(c, 0, 'R');
    expect_answer("nobody_listens", "R.|R|RST|RST+ACK|RST-ACK|RST ACK");
}

static void who_ends_it_first_waits(void **state)
{
    const char *who = capture_first_fin(capture_connection(SERVER, 1));

    (void)state;
    expect_answer("third_first_fin", who);
    expect_answer("third_time_wait", who);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_port_lies_on_the_wire_high_byte_first),
        fixture_test(a_fin_is_sent_by_who_is_done),
        fixture_test(where_nobody_listens_a_reset_answers),
        fixture_test(who_ends_it_first_waits),
    };

    return fixture_run("handshake_more", tests);
}
