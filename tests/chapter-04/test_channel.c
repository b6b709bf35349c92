/* channel on socket pairs: what leaves, what waits, what it asks for, and that
 * any pieces come out as they went in. How it ends is in test_channel_end.c. */
#include "fixture.h"

#include <string.h>
#include <sys/socket.h>

#include "channel_ends.h"

/* ---- what may leave ------------------------------------------------------ */

static void lets_nothing_out_that_is_not_cleared(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    say("head");
    assert_int_equal(pump(), MOVED);
    assert_int_equal(pump(), STUCK);
    expect("");
    assert_int_equal(buffer_size(&c.buf), 4);
    assert_int_equal(c.cleared, 0);

    channel_release(&c, 0); /* this, and nothing that comes */
    assert_int_equal(pump(), MOVED);
    expect("head");
    say("more");
    pump();
    pump();
    expect("");
    assert_int_equal(c.total, 4);
    close_channel();
}

static void a_budget_clears_what_comes(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    say("head");
    pump();
    channel_release(&c, 5);
    say("ab");
    pump();
    expect("headab");
    assert_int_equal(c.pass, 3);
    say("cdefg");
    pump();
    expect("cde");
    assert_int_equal(c.pass, 0);
    assert_int_equal(c.cleared, 0);
    assert_int_equal(buffer_size(&c.buf), 2); /* of the next request */
    close_channel();
}

static void the_budget_of_a_tunnel_has_no_end(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    for (int i = 0; i < 100; i++) {
        say("some bytes");
        assert_int_equal(pump(), MOVED);
        expect("some bytes");
    }
    assert_true(c.pass == CHANNEL_ALL);
    assert_int_equal(c.total, 1000);
    close_channel();
}

static void a_pump_without_news_is_stuck(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    assert_int_equal(pump(), STUCK);
    assert_int_equal(pump(), STUCK);
    close_channel();
}

/* ---- system calls that are not made -------------------------------------- */

static void after_a_short_read_it_does_not_ask_again(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    say("short");
    pump();
    assert_false(c.can_read);
    say("later");
    assert_int_equal(channel_pump(&c), STUCK); /* the loop has not said so */
    expect("short");
    c.can_read = 1;
    assert_int_equal(channel_pump(&c), MOVED);
    expect("later");
    close_channel();
}

static void after_a_full_read_it_does(void **state)
{
    (void)state;
    open_channel(8);
    channel_release(&c, CHANNEL_ALL);
    say("12345678abc");
    assert_int_equal(pump(), MOVED);
    assert_true(c.can_read);
    assert_int_equal(channel_pump(&c), MOVED);
    assert_false(c.can_read);
    expect("12345678abc");
    close_channel();
}

static void does_not_write_before_it_is_told_to(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    say("x");
    c.can_read = 1;
    c.can_write = 0; /* as while it is connecting */
    channel_pump(&c);
    expect("");
    assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
    c.can_write = 1;
    channel_pump(&c);
    expect("x");
    close_channel();
}

/* ---- what it waits for --------------------------------------------------- */

static void interest_follows_from_the_state(void **state)
{
    static const struct {
        const char *when;
        int in, out, eof;
        size_t held, sent, cleared;
        int can_write;
        unsigned wants_in, wants_out;
    } cases[] = {
        {"idle", 3, 4, 0, 0, 0, 0, 1, WATCH_READ, 0},
        {"bytes withheld", 3, 4, 0, 10, 0, 0, 1, WATCH_READ, 0},
        {"bytes to go, not refused", 3, 4, 0, 10, 0, 10, 1, WATCH_READ, 0},
        {"refused", 3, 4, 0, 10, 0, 10, 0, WATCH_READ, WATCH_WRITE},
        {"refused before, all gone", 3, 4, 0, 0, 0, 0, 0, WATCH_READ, 0},
        {"full", 3, 4, 0, CAPACITY, 0, CAPACITY, 0, 0, WATCH_WRITE},
        {"full of what was sent", 3, 4, 0, CAPACITY, CAPACITY, 0, 1,
         WATCH_READ, 0},
        {"full, one byte sent", 3, 4, 0, CAPACITY, 1, CAPACITY - 1, 0,
         WATCH_READ, WATCH_WRITE},
        {"ended", 3, 4, 1, 0, 0, 0, 1, 0, 0},
        {"ended, bytes to go", 3, 4, 1, 10, 0, 10, 0, 0, WATCH_WRITE},
        {"nowhere to read from", -1, 4, 0, 0, 0, 0, 1, 0, 0},
        {"nowhere to write to", 3, -1, 0, 10, 0, 10, 0, WATCH_READ, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        channel_open(&c, cases[i].in, cases[i].out, memory, CAPACITY,
                     &mover_copy);
        c.buf.end = cases[i].held;
        c.sent = cases[i].sent;
        c.cleared = cases[i].cleared;
        c.eof = cases[i].eof;
        c.can_write = cases[i].can_write;
        if (channel_wants_in(&c) != cases[i].wants_in ||
            channel_wants_out(&c) != cases[i].wants_out)
            failure("%s: in %u, out %u", cases[i].when, channel_wants_in(&c),
                    channel_wants_out(&c));
    }
}

static void a_sink_that_takes_nothing_stops_the_source(void **state)
{
    char all[CAPACITY + 1] = "", rest[8];
    size_t blocked;

    (void)state;
    open_channel(CAPACITY);
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    for (int i = 0; i < CAPACITY; i++)
        all[i] = (char)('a' + i % 26);
    say(all);
    say("rest");
    while (pump() == MOVED)
        ;
    assert_int_equal(buffer_size(&c.buf), CAPACITY);
    assert_int_equal(channel_wants_in(&c), 0);
    assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
    /* "rest" still lies in the kernel, where it is the source's problem */
    assert_int_equal(recv(c.in, rest, sizeof rest, MSG_PEEK), 4);

    unblock_sink(blocked);
    while (pump() == MOVED)
        ;
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    assert_int_equal(channel_wants_out(&c), 0);
    wire_expect_text(sink, all);
    wire_expect_text(sink, "rest");
    close_channel();
}

/* ---- any pieces ---------------------------------------------------------- */

#define STREAM 20000

/* Reads what is there, as much as a random number says. */
static size_t drain(char *out, size_t have, uint32_t *seed)
{
    size_t len = 1 + random_next(seed) % 200;
    ssize_t n = recv(sink, out + have, len < STREAM - have ? len
                                                           : STREAM - have, 0);

    return n > 0 ? have + (size_t)n : have;
}

/* A stream of which the first `limit` bytes may pass, in random pieces through
 * a random buffer to a sink that reads at random times. */
static void stream(uint32_t *seed, size_t limit, int keep)
{
    static char in[STREAM], out[STREAM];
    size_t given = 0, got = 0;
    int tiny = 1; /* the system makes of it what it allows: some KiB */

    open_channel(1 + random_next(seed) % CAPACITY);
    setsockopt(c.out, SOL_SOCKET, SO_SNDBUF, &tiny, sizeof tiny);
    for (size_t i = 0; i < STREAM; i++)
        in[i] = (char)random_next(seed);
    c.keep = keep;
    channel_release(&c, limit);
    for (int round = 0; got < limit; round++) {
        size_t piece = random_next(seed) % 300;

        assert_true(round < 100000);
        given += wire_send_some(source, in + given,
                                piece < STREAM - given ? piece
                                                       : STREAM - given);
        c.can_read |= random_next(seed) % 2;
        c.can_write |= random_next(seed) % 2;
        assert_true(channel_pump(&c) <= STUCK);
        if (random_next(seed) % 8 == 0)
            got = drain(out, got, seed);
    }
    assert_int_equal(c.total, limit);
    assert_memory_equal(in, out, limit);
    assert_true(is_open()); /* and not one byte more */
    close_channel();
}

static void any_pieces_come_out_as_they_went_in(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int i = 0; i < 40; i++)
        stream(&seed, random_next(&seed) % STREAM, i % 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(lets_nothing_out_that_is_not_cleared),
        fixture_test(a_budget_clears_what_comes),
        fixture_test(the_budget_of_a_tunnel_has_no_end),
        fixture_test(a_pump_without_news_is_stuck),
        fixture_test(after_a_short_read_it_does_not_ask_again),
        fixture_test(after_a_full_read_it_does),
        fixture_test(does_not_write_before_it_is_told_to),
        fixture_test(interest_follows_from_the_state),
        fixture_test(a_sink_that_takes_nothing_stops_the_source),
        fixture_test(any_pieces_come_out_as_they_went_in),
    };
    return fixture_run("channel", tests);
}
