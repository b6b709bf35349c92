/* channel: how it ends, and how it begins once more with another backend. */
#include "fixture.h"

#include <sys/socket.h>
#include <unistd.h>

#include "channel_ends.h"

/* ---- the end ------------------------------------------------------------- */

static void done_when_all_has_gone_out(void **state)
{
    size_t blocked;

    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    say("last words");
    wire_shut(source);
    while (pump() == MOVED)
        ;
    assert_true(c.eof);
    assert_int_equal(pump(), STUCK); /* not DONE: bytes are still here */
    unblock_sink(blocked);
    assert_int_equal(pump(), DONE);
    assert_int_equal(pump(), DONE);
    expect("last words");
    assert_true(is_open()); /* nobody asked to pass the end on */
    assert_false(c.shut);
    close_channel();
}

static void passes_the_end_on_after_the_last_byte(void **state)
{
    size_t blocked;

    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    c.pass_end = 1;
    blocked = block_sink();
    say("last words");
    wire_shut(source);
    while (pump() == MOVED)
        ;
    assert_false(c.shut);
    unblock_sink(blocked);
    assert_int_equal(pump(), DONE);
    assert_true(c.shut);
    wire_expect_text(sink, "last words");
    expect_end();
    assert_int_equal(pump(), DONE); /* said once */
    close_channel();
}

static void an_end_without_a_byte_is_passed_on_too(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.pass_end = 1;
    wire_shut(source);
    assert_int_equal(pump(), DONE);
    expect_end();
    close_channel();
}

static void a_broken_source_is_told_after_its_bytes(void **state)
{
    size_t blocked;

    (void)state;
    open_channel(CAPACITY);
    close(c.in);
    close(source);
    open_tcp(&c.in, &source);
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    say("before the crash");
    assert_int_equal(pump(), MOVED);
    wire_reset(source);
    assert_true(deadline_poll(c.in, POLLIN, deadline_in(10000)) != 0);
    assert_int_equal(pump(), STUCK);
    assert_true(c.eof && c.broken);
    unblock_sink(blocked);
    assert_int_equal(pump(), IN_FAILED);
    expect("before the crash");
    source = -1;
    close_channel();
}

static void a_broken_sink_is_told_at_once(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    close(sink);
    say("for nobody");
    assert_int_equal(pump(), OUT_FAILED);
    assert_int_equal(buffer_size(&c.buf), 10); /* nothing was lost by it */
    sink = -1;
    close_channel();
}

static void when_stopped_it_holds_and_takes_nothing(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    c.keep = c.pass_end = 1;
    say("for nobody");
    c.can_read = 1;
    c.can_write = 0;
    channel_pump(&c);
    channel_stop(&c);
    assert_int_equal(buffer_size(&c.buf), 0);
    assert_int_equal(channel_wants_in(&c) | channel_wants_out(&c), 0);
    say("more");
    assert_int_equal(pump(), DONE);
    expect("");
    assert_true(is_open());
    close_channel();
}

/* ---- once more, to another backend --------------------------------------- */

/* Gives the channel a new sink; returns nothing of what the old one got. */
static void next_sink(void)
{
    int out;

    close(c.out);
    close(sink);
    pair(&out, &sink);
    channel_rewind(&c, out);
}

static void what_was_sent_can_be_sent_again(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.keep = 1;
    c.pass_end = 1;
    channel_release(&c, CHANNEL_ALL);
    say("request ");
    pump();
    say("body");
    pump();
    expect("request body");
    assert_int_equal(c.total, 12);
    for (int i = 0; i < 3; i++) {
        assert_true(channel_can_rewind(&c));
        next_sink();
        assert_int_equal(c.total, 0);
        assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
        assert_int_equal(channel_pump(&c), STUCK); /* not connected yet */
        expect("");
        assert_int_equal(pump(), MOVED);
        expect("request body");
    }
    say("!"); /* and it goes on behind it */
    pump();
    expect("!");
    close_channel();
}

static void its_end_can_be_said_again_too(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.keep = 1;
    c.pass_end = 1;
    channel_release(&c, CHANNEL_ALL);
    say("all");
    wire_shut(source);
    pump();
    assert_int_equal(pump(), DONE);
    next_sink();
    assert_int_equal(pump(), DONE);
    wire_expect_text(sink, "all");
    expect_end();
    close_channel();
}

static void half_sent_is_sent_from_the_first_byte(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.keep = 1;
    say("abcdef");
    pump();
    c.cleared = 3; /* as if the socket had taken no more */
    pump();
    expect("abc");
    channel_release(&c, 0);
    assert_true(channel_can_rewind(&c));
    next_sink();
    pump();
    expect("abcdef");
    close_channel();
}

static void what_was_not_kept_cannot(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    say("gone");
    pump();
    assert_false(channel_can_rewind(&c));
    close_channel();
}

static void what_is_too_long_is_given_up(void **state)
{
    (void)state;
    open_channel(8);
    c.keep = 1;
    channel_release(&c, CHANNEL_ALL);
    say("12345678");
    pump();
    assert_true(channel_can_rewind(&c)); /* just fits */
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    say("9");
    pump();
    assert_false(channel_can_rewind(&c));
    expect("123456789"); /* and nothing is lost or said twice */
    assert_int_equal(buffer_size(&c.buf), 0); /* nor kept from now on */
    close_channel();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(done_when_all_has_gone_out),
        fixture_test(passes_the_end_on_after_the_last_byte),
        fixture_test(an_end_without_a_byte_is_passed_on_too),
        fixture_test(a_broken_source_is_told_after_its_bytes),
        fixture_test(a_broken_sink_is_told_at_once),
        fixture_test(when_stopped_it_holds_and_takes_nothing),
        fixture_test(what_was_sent_can_be_sent_again),
        fixture_test(its_end_can_be_said_again_too),
        fixture_test(half_sent_is_sent_from_the_first_byte),
        fixture_test(what_was_not_kept_cannot),
        fixture_test(what_is_too_long_is_given_up),
    };
    return fixture_run("channel_end", tests);
}
