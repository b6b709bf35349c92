/* mover_splice when the system says no: whatever is refused, and when, nothing is
 * lost, and the bytes go on by copying. */
#define _GNU_SOURCE
#include "fixture.h"

#include <unistd.h>

#include "splice_rig.h"

static void skip_unless_splicing(void)
{
    if (!can_splice())
        skip();
}

/* One body of 1,000 bytes, which must arrive. */
static void move_a_body(void)
{
    channel_release(&c, 1000);
    say(letters(1000));
    assert_int_equal(pump_on(), STUCK);
    expect(letters(1000));
    assert_int_equal(c.pass, 0);
}

static void einval_on_the_way_in_is_for_good(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    calls.fill_error = EINVAL;
    move_a_body();
    assert_int_equal(calls.fills, 1);
    calls.fill_error = 0;
    move_a_body();
    assert_int_equal(calls.fills, 1);
    assert_null(c.held);
    close_splicing();
}

static void einval_on_the_way_out_brings_the_bytes_back(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    calls.empty_error = EINVAL;
    move_a_body(); /* 1,000 bytes from the pipe through a buffer of 64 */
    calls.empty_error = 0;
    move_a_body();
    assert_int_equal(calls.fills, 1);
    expect_spliced(0);
    close_splicing();
}

/* The sink is full when it is found out, so that the bytes lie in pipe and buffer
 * for a while. */
static void they_come_back_in_order_whoever_waits(void **state)
{
    size_t blocked;

    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    blocked = block_sink();
    channel_release(&c, CHANNEL_ALL);
    say(letters(1000));
    assert_int_equal(pump_on(), STUCK);
    assert_int_equal(c.hidden, 1000);
    calls.empty_error = EINVAL;
    say("and what came later");
    assert_int_equal(pump_on(), STUCK);
    assert_int_equal(c.hidden, 1000 - CAPACITY);
    assert_int_equal(channel_wants_in(&c), 0);
    assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
    unblock_sink(blocked);
    assert_int_equal(pump_on(), STUCK);
    wire_expect_text(sink, letters(1000));
    expect("and what came later");
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    close_splicing();
}

/* One channel finds out while another one has bytes in its pipe. */
static void other_channels_bring_theirs_back_too(void **state)
{
    static char other_memory[CAPACITY + CHANNEL_GROWTH];
    struct channel other;
    int far_in, far_out, in, out;

    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    pair(&far_in, &in);
    pair(&out, &far_out);
    channel_open(&other, in, out, other_memory, CAPACITY, &splicer.mover);
    channel_release(&other, 500);
    wire_send_text(far_in, letters(500));
    other.can_read = 1;
    other.can_write = 0;
    channel_pump(&other);
    assert_int_equal(other.hidden, 500);

    calls.fill_error = EINVAL;
    move_a_body();
    other.can_write = 1;
    while (channel_pump(&other) == MOVED)
        other.can_write = 1;
    wire_expect_text(far_out, letters(500));
    assert_int_equal(other.hidden, 0);
    other.mover->drop(&other);
    close(in);
    close(out);
    close(far_in);
    close(far_out);
    close_splicing();
}

static void without_a_pipe_it_is_copied_this_time(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    calls.pipe_error = EMFILE;
    move_a_body();
    expect_spliced(0);
    calls.pipe_error = 0;
    move_a_body();
    expect_spliced(1000);
    close_splicing();
}

static void where_there_is_no_splice_it_is_not_tried_again(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    calls.pipe_error = ENOSYS;
    move_a_body();
    calls.pipe_error = 0;
    move_a_body();
    expect_spliced(0);
    close_splicing();
}

static void a_failure_of_in_is_one(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    channel_release(&c, 1000);
    say(letters(200));
    calls.fill_error = ECONNRESET;
    assert_int_equal(pump_on(), IN_FAILED);
    assert_true(c.broken);
    close_splicing();
}

static void a_failure_of_out_is_one(void **state)
{
    (void)state;
    skip_unless_splicing();
    open_splicing(100);
    channel_release(&c, 1000);
    say(letters(200));
    calls.empty_error = EPIPE;
    assert_int_equal(pump(), OUT_FAILED);
    assert_int_equal(c.hidden, 200);
    close_splicing();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(einval_on_the_way_in_is_for_good),
        fixture_test(einval_on_the_way_out_brings_the_bytes_back),
        fixture_test(they_come_back_in_order_whoever_waits),
        fixture_test(other_channels_bring_theirs_back_too),
        fixture_test(without_a_pipe_it_is_copied_this_time),
        fixture_test(where_there_is_no_splice_it_is_not_tried_again),
        fixture_test(a_failure_of_in_is_one),
        fixture_test(a_failure_of_out_is_one),
    };

    return fixture_run("mover_splice_refused", tests);
}
