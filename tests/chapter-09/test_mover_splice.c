/* mover_splice: what goes past the program, and that it comes out as it went in:
 * whole, in order, once. */
#define _GNU_SOURCE
#include "fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "splice_rig.h"
#include "stream.h"

/* ---- what is spliced ----------------------------------------------------- */

static void a_large_body_never_lies_in_the_buffer(void **state)
{
    (void)state;
    open_splicing(1000);
    channel_release(&c, 3000);
    say(letters(3000));
    assert_int_equal(pump_on(), STUCK);
    expect(letters(3000));
    assert_int_equal(c.pass, 0);
    assert_int_equal(c.total, 3000);
    expect_spliced(3000);
    close_splicing();
}

static void a_smaller_one_is_copied(void **state)
{
    (void)state;
    open_splicing(1000);
    channel_release(&c, 999);
    say(letters(999));
    assert_int_equal(pump_on(), STUCK);
    expect(letters(999));
    expect_spliced(0);
    close_splicing();
}

static void the_rest_of_a_large_body_is_spliced_too(void **state)
{
    (void)state;
    open_splicing(1000);
    channel_release(&c, 1500);
    say(letters(1400));
    assert_int_equal(pump_on(), STUCK);
    say("its last hundred bytes................................."
        "............................................");
    assert_int_equal(pump_on(), STUCK);
    expect_spliced(1499);
    assert_int_equal(c.pass, 1);
    if (can_splice())
        assert_int_equal(splicer.pipes, 1);
    close_splicing();
}

static void with_a_minimum_of_0_nothing_is(void **state)
{
    (void)state;
    open_splicing(0);
    channel_release(&c, CHANNEL_ALL);
    say(letters(4000));
    assert_int_equal(pump_on(), STUCK);
    expect(letters(4000));
    expect_spliced(0);
    assert_int_equal(splicer.pipes, 0);
    close_splicing();
}

static void a_head_leaves_before_its_body(void **state)
{
    (void)state;
    open_splicing(100);
    say("head");
    pump();
    say(letters(500));
    assert_int_equal(pump(), MOVED); /* some of it comes with the head */
    expect("");
    channel_release(&c, 504 - buffer_size(&c.buf));
    assert_int_equal(pump_on(), STUCK);
    wire_expect_text(sink, "head");
    expect(letters(500));
    expect_spliced(500 - (CAPACITY - 4));
    close_splicing();
}

static void not_a_byte_of_the_next_message_is_taken(void **state)
{
    (void)state;
    open_splicing(100);
    channel_release(&c, 300);
    say(letters(300));
    say("next");
    assert_int_equal(pump_on(), STUCK);
    expect(letters(300));
    assert_int_equal(buffer_size(&c.buf), 4);
    assert_int_equal(c.cleared, 0);
    channel_release(&c, 0);
    pump();
    expect("next");
    close_splicing();
}

static void a_large_body_gives_up_the_kept_request(void **state)
{
    (void)state;
    open_splicing(100);
    say("PUT");
    pump();
    c.keep = 1;
    channel_release(&c, 200);
    assert_int_equal(pump_on(), STUCK);
    assert_true(channel_can_rewind(&c));
    say(letters(200));
    assert_int_equal(pump_on(), STUCK);
    assert_false(channel_can_rewind(&c));
    if (can_splice())
        assert_int_equal(c.sent, 0); /* its room is free again */
    wire_expect_text(sink, "PUT");
    expect(letters(200));
    close_splicing();
}

/* ---- when one side waits ------------------------------------------------- */

static void what_out_refuses_waits_in_the_pipe(void **state)
{
    size_t blocked;

    (void)state;
    open_splicing(100);
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    say(letters(1000));
    assert_int_equal(pump_on(), STUCK);
    if (can_splice()) {
        assert_int_equal(c.hidden, 1000);
        assert_int_equal(channel_wants_in(&c), 0);
    }
    assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
    say("later");
    assert_int_equal(pump_on(), STUCK); /* it is behind the others */
    unblock_sink(blocked);
    assert_int_equal(pump_on(), STUCK);
    assert_int_equal(c.hidden, 0);
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    assert_int_equal(channel_wants_out(&c), 0);
    wire_expect_text(sink, letters(1000));
    expect("later");
    close_splicing();
}

static void who_waits_has_no_pipe(void **state)
{
    (void)state;
    open_splicing(100);
    channel_release(&c, CHANNEL_ALL);
    say(letters(500));
    assert_int_equal(pump_on(), STUCK);
    assert_null(c.held);
    if (can_splice())
        assert_int_equal(splicer.spares, 1);
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    close_splicing();
}

static void one_turn_moves_no_more_than_a_pipe_holds(void **state)
{
    const size_t len = 4 * MOVER_SPLICE_PIPE;
    unsigned char *stream = stream_make(len);
    size_t sent;

    (void)state;
    open_splicing(1);
    channel_release(&c, CHANNEL_ALL);
    sent = stream_fill(source, stream, len);
    pump();
    assert_true(c.total + c.hidden <= MOVER_SPLICE_PIPE);
    for (size_t got = 0; got < sent; got = c.total) {
        size_t before = got;

        pump();
        stream_receive(sink, before, c.total, 1 << 20);
        assert_true(c.total > before || c.hidden == 0);
    }
    free(stream);
    close_splicing();
}

/* ---- the end ------------------------------------------------------------- */

static void done_when_the_pipe_is_empty_too(void **state)
{
    size_t blocked;

    (void)state;
    open_splicing(100);
    channel_release(&c, CHANNEL_ALL);
    c.pass_end = 1;
    blocked = block_sink();
    say(letters(500));
    wire_shut(source);
    assert_int_equal(pump_on(), STUCK);
    assert_false(c.shut);
    unblock_sink(blocked);
    assert_int_equal(pump_on(), DONE);
    assert_true(c.shut);
    wire_expect_text(sink, letters(500));
    expect_end();
    close_splicing();
}

static void a_reset_source_is_told_after_its_bytes(void **state)
{
    size_t blocked;

    (void)state;
    open_splicing(100);
    close(c.in);
    close(source);
    open_tcp(&c.in, &source);
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    say(letters(50)); /* fits the buffer, where it is copied */
    assert_true(deadline_poll(c.in, POLLIN, deadline_in(10000)) != 0);
    assert_int_equal(pump_on(), STUCK);
    wire_reset(source);
    source = -1;
    unblock_sink(blocked);
    assert_true(deadline_poll(c.in, POLLHUP, deadline_in(10000)) != 0);
    assert_int_equal(pump_on(), IN_FAILED);
    expect(letters(50));
    close_splicing();
}

static void a_gone_sink_is_told_and_its_pipe_closed(void **state)
{
    (void)state;
    open_splicing(100);
    channel_release(&c, CHANNEL_ALL);
    say(letters(500));
    close(sink);
    sink = -1;
    assert_int_equal(pump(), OUT_FAILED);
    c.mover->drop(&c);
    assert_int_equal(splicer.pipes, 0); /* nobody else may get these bytes */
    assert_int_equal(c.hidden, 0);
    close_splicing();
}

static void when_stopped_it_throws_the_pipe_away(void **state)
{
    (void)state;
    open_splicing(100);
    channel_release(&c, CHANNEL_ALL);
    block_sink();
    say(letters(500));
    assert_int_equal(pump_on(), STUCK);
    channel_stop(&c);
    assert_int_equal(c.hidden, 0);
    assert_int_equal(channel_wants_in(&c) | channel_wants_out(&c), 0);
    assert_int_equal(pump(), DONE);
    assert_int_equal(splicer.pipes, 0);
    close_splicing();
}

/* ---- pipes --------------------------------------------------------------- */

static void one_pipe_serves_one_body_after_the_other(void **state)
{
    (void)state;
    open_splicing(100);
    for (int i = 0; i < 20; i++) {
        channel_release(&c, 300);
        say(letters(300));
        assert_int_equal(pump_on(), STUCK);
        expect(letters(300));
    }
    expect_spliced(6000);
    assert_int_equal(splicer.pipes, can_splice());
    close_splicing();
}

/* As many channels as there may be spare pipes, and some more, all stuck. */
static void no_more_pipes_are_kept_than_may_be(void **state)
{
    enum { COUNT = MOVER_SPLICE_SPARES + 10 };
    static struct channel many[COUNT];
    static char buffers[COUNT][CAPACITY + CHANNEL_GROWTH];
    int far[COUNT][2];

    (void)state;
    open_splicing(1);
    for (int i = 0; i < COUNT; i++) {
        int in, out;

        pair(&far[i][0], &in);
        pair(&out, &far[i][1]);
        channel_open(&many[i], in, out, buffers[i], CAPACITY, &splicer.mover);
        channel_release(&many[i], CHANNEL_ALL);
        wire_send_text(far[i][0], "x");
        many[i].can_read = 1;
        many[i].can_write = 0;
        channel_pump(&many[i]);
    }
    if (can_splice())
        assert_int_equal(splicer.pipes, COUNT);
    for (int i = 0; i < COUNT; i++) {
        many[i].can_write = 1;
        channel_pump(&many[i]);
        wire_expect_text(far[i][1], "x");
        many[i].mover->drop(&many[i]);
        close(many[i].in);
        close(many[i].out);
        close(far[i][0]);
        close(far[i][1]);
    }
    assert_int_equal(splicer.pipes, can_splice() ? MOVER_SPLICE_SPARES : 0);
    close_splicing();
}

/* ---- any pieces ---------------------------------------------------------- */

#define STREAM 60000

/* Messages of random lengths, small and large ones by turns, in random pieces to a
 * sink that reads at random times. */
static void stream_through(uint32_t *seed, const unsigned char *in)
{
    static unsigned char out[STREAM];
    size_t given = 0, got = 0, budget = 0;

    open_splicing(1 + random_next(seed) % 2000);
    c.keep = random_next(seed) % 2;
    for (int round = 0; got < STREAM; round++) {
        size_t piece = random_next(seed) % 6000;
        ssize_t n;

        assert_true(round < 100000);
        if (c.pass == 0 && budget < STREAM) {
            size_t withheld, next = 1 + random_next(seed) % 5000;

            channel_withheld(&c, &withheld);
            next = next < STREAM - budget ? next : STREAM - budget;
            next = next > withheld ? next : withheld;
            channel_clear(&c, withheld, next - withheld);
            budget += next;
        }
        if (piece > STREAM - given)
            piece = STREAM - given;
        given += wire_send_some(source, in + given, piece);
        c.can_read |= random_next(seed) % 2;
        c.can_write |= random_next(seed) % 2;
        channel_pump(&c);
        n = recv(sink, out + got, 1 + random_next(seed) % 4000, 0);
        got += n > 0 ? (size_t)n : 0;
    }
    stream_check(out, 0, STREAM);
    close_splicing();
}

static void any_pieces_come_out_as_they_went_in(void **state)
{
    uint32_t seed = random_seed();
    unsigned char *stream = stream_make(STREAM);

    (void)state;
    for (int i = 0; i < 40; i++)
        stream_through(&seed, stream);
    free(stream);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_large_body_never_lies_in_the_buffer),
        fixture_test(a_smaller_one_is_copied),
        fixture_test(the_rest_of_a_large_body_is_spliced_too),
        fixture_test(with_a_minimum_of_0_nothing_is),
        fixture_test(a_head_leaves_before_its_body),
        fixture_test(not_a_byte_of_the_next_message_is_taken),
        fixture_test(a_large_body_gives_up_the_kept_request),
        fixture_test(what_out_refuses_waits_in_the_pipe),
        fixture_test(who_waits_has_no_pipe),
        fixture_test(one_turn_moves_no_more_than_a_pipe_holds),
        fixture_test(done_when_the_pipe_is_empty_too),
        fixture_test(a_reset_source_is_told_after_its_bytes),
        fixture_test(a_gone_sink_is_told_and_its_pipe_closed),
        fixture_test(when_stopped_it_throws_the_pipe_away),
        fixture_test(one_pipe_serves_one_body_after_the_other),
        fixture_test(no_more_pipes_are_kept_than_may_be),
        fixture_test(any_pieces_come_out_as_they_went_in),
    };

    return fixture_run("mover_splice", tests);
}
