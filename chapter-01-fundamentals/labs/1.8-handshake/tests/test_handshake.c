/* The answers about the first connection, against the student's own capture. */
#include "capture.h"
#include "fixture.h"

static const struct connection *first(void)
{
    return capture_connection(SERVER, 0);
}

static void the_capture_has_the_handshake(void **state)
{
    const struct connection *c = first();

    (void)state;
    expect_that("the first connection of the capture",
                c->count >= 3 && strcmp(c->at[1].flags, "S.") == 0,
                "SYN, then SYN+ACK, then ACK");
    capture_find(c, 1, 'P');
    capture_find(c, 1, 'F');
    capture_find(c, 0, 'F');
}

static void three_packets_open_it(void **state)
{
    (void)state;
    expect_answer("handshake", "S S. .|SYN SYN-ACK ACK|SYN SYN+ACK ACK");
}

static void the_client_has_a_port_and_a_number(void **state)
{
    const struct connection *c = first();

    (void)state;
    expect_answer_number("client_port", c->client_port);
    expect_answer_number("client_syn", c->at[0].seq);
}

static void a_syn_counts_as_one_byte(void **state)
{
    const struct connection *c = first();

    (void)state;
    expect_answer_number("server_syn", capture_find(c, 0, 'S')->seq);
    expect_answer_number("server_acknowledges", capture_find(c, 0, 'S')->ack);
}

static void the_line_is_acknowledged_behind_its_last_byte(void **state)
{
    const struct packet *line = capture_find(first(), 1, 'P');

    (void)state;
    expect_answer_number("line_bytes", line->length);
    expect_answer_number("line_acknowledged", line->seq + line->length);
}

static void every_packet_is_counted(void **state)
{
    (void)state;
    expect_answer_number("packets", first()->count);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_capture_has_the_handshake),
        fixture_test(three_packets_open_it),
        fixture_test(the_client_has_a_port_and_a_number),
        fixture_test(a_syn_counts_as_one_byte),
        fixture_test(the_line_is_acknowledged_behind_its_last_byte),
        fixture_test(every_packet_is_counted),
    };

    return fixture_run("handshake", tests);
}
