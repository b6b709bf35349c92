/* channel: a head that is withheld, looked at, replaced, and let go. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "channel_ends.h"

static void expect_withheld(const char *text)
{
    size_t len;
    const char *at = channel_withheld(&c, &len);

    assert_int_equal(len, strlen(text));
    assert_memory_equal(at, text, len);
}

static int replace(size_t n, const char *text)
{
    return channel_replace(&c, n, text, strlen(text));
}

/* All that it holds comes out as this. */
static void expect_all(const char *text)
{
    channel_release(&c, 0);
    while (pump() == MOVED)
        ;
    expect(text);
}

/* ---- withheld, cleared --------------------------------------------------- */

static void withheld_is_what_is_not_cleared_yet(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.keep = 1;
    expect_withheld("");
    say("sent cleared withheld");
    c.can_read = 1;
    channel_pump(&c);
    expect_withheld("sent cleared withheld");
    channel_clear(&c, 5, 0);
    pump();
    expect("sent ");
    expect_withheld("cleared withheld");
    channel_clear(&c, 8, 0);
    expect_withheld("withheld");
    pump();
    expect("cleared ");
    channel_release(&c, 0);
    expect_withheld("");
    close_channel();
}

static void a_request_is_cleared_and_not_the_next(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    say("head body next");
    pump();
    channel_clear(&c, 5, 0);
    pump();
    expect("head ");
    say("!");
    pump();
    expect("");
    expect_withheld("body next!");
    close_channel();
}

static void the_rest_of_a_body_is_cleared_as_it_comes(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    say("head bo");
    pump();
    channel_clear(&c, 7, 2);
    say("dynext");
    while (pump() == MOVED)
        ;
    expect("head body");
    expect_withheld("next");
    close_channel();
}

/* ---- replaced ------------------------------------------------------------ */

static void any_length_is_put_in_its_place(void **state)
{
    static const char *const heads[] = {"", "h", "HEAD", "a longer head"};

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char all[64];

        open_channel(CAPACITY);
        say("head and body");
        pump();
        assert_int_equal(replace(4, heads[i]), 0);
        snprintf(all, sizeof all, "%s and body", heads[i]);
        expect_withheld(all);
        expect_all(all);
        close_channel();
    }
}

static void what_lies_before_it_stays(void **state)
{
    static const char *const heads[] = {"", "2", "head2", "a longer head2"};

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char all[64];

        open_channel(CAPACITY);
        c.keep = 1;
        say("sent cleared head2 body");
        pump();
        channel_clear(&c, 5, 0);
        pump();
        expect("sent ");
        channel_clear(&c, 8, 0);
        assert_int_equal(replace(5, heads[i]), 0);
        assert_true(channel_can_rewind(&c));
        snprintf(all, sizeof all, "cleared %s body", heads[i]);
        expect_all(all);
        close_channel();
    }
}

/* A head that was as long as the capacity allows may grow by CHANNEL_GROWTH,
 * and not by one byte more. */
static void there_is_room_to_grow(void **state)
{
    static char longest[CAPACITY + CHANNEL_GROWTH + 1];
    char full[CAPACITY + 1];
    size_t len;

    (void)state;
    memset(longest, 'l', sizeof longest);
    memset(full, 'f', CAPACITY);
    full[CAPACITY] = '\0';
    open_channel(CAPACITY);
    say(full);
    pump();
    assert_int_equal(buffer_size(&c.buf), CAPACITY);
    assert_int_equal(channel_replace(&c, 4, longest, CHANNEL_GROWTH + 5), -1);
    expect_withheld(full); /* as if nothing had happened */
    assert_int_equal(channel_replace(&c, 4, longest, CHANNEL_GROWTH + 4), 0);
    assert_memory_equal(channel_withheld(&c, &len), longest,
                        CHANNEL_GROWTH + 4);
    assert_int_equal(len, CAPACITY + CHANNEL_GROWTH);
    close_channel();
}

/* Then nothing more is received until there is room again. */
static void a_head_that_has_grown_takes_the_room(void **state)
{
    static char longer[CAPACITY];
    char rest[8];

    (void)state;
    memset(longer, 'l', sizeof longer);
    open_channel(CAPACITY);
    say("head body");
    pump();
    assert_int_equal(channel_replace(&c, 4, longer, sizeof longer), 0);
    assert_int_equal(channel_wants_in(&c), 0);
    say("more");
    assert_int_equal(pump(), STUCK);
    assert_int_equal(recv(c.in, rest, sizeof rest, MSG_PEEK), 4);
    channel_clear(&c, CAPACITY, 0);
    while (pump() == MOVED)
        ;
    expect_withheld(" bodymore");
    assert_int_equal(channel_wants_in(&c), WATCH_READ);
    close_channel();
}

/* ... also when a byte of it has left, and is kept for a repetition: giving that
 * up would not make room. */
static void a_byte_sent_of_a_head_that_has_grown_is_no_room(void **state)
{
    static char longer[CHANNEL_GROWTH];

    (void)state;
    open_channel(CAPACITY);
    memset(longer, 'x', sizeof longer);
    for (int i = 0; i < CAPACITY; i++)
        say("h");
    assert_int_equal(pump(), MOVED);
    assert_int_equal(channel_replace(&c, 4, longer, sizeof longer), 0);
    channel_release(&c, CHANNEL_ALL);
    c.keep = 1;
    c.cleared--; /* as after a send() that took one byte */
    c.sent = c.total = 1;
    say("more");
    c.can_read = 1;
    c.can_write = 0;
    assert_int_equal(channel_wants_in(&c), 0);
    assert_int_equal(channel_pump(&c), STUCK);
    assert_true(channel_can_rewind(&c));
    close_channel();
}

/* As after other requests on this connection: the front of the memory is free,
 * so the whole of it can be had. */
static void it_need_not_lie_at_the_front(void **state)
{
    static char longest[CHANNEL_GROWTH + CAPACITY - 4];
    size_t len;

    (void)state;
    memset(longest, 'l', sizeof longest);
    open_channel(CAPACITY);
    say("the first head2 end");
    pump();
    channel_clear(&c, 10, 0);
    pump();
    expect("the first ");
    assert_true(c.buf.begin > 0);
    assert_int_equal(channel_replace(&c, 5, longest, sizeof longest), 0);
    assert_memory_equal(channel_withheld(&c, &len), longest, sizeof longest);
    assert_int_equal(len, sizeof longest + 4);
    assert_memory_equal(buffer_at(&c.buf) + sizeof longest, " end", 4);
    assert_int_equal(replace(0, "x"), -1); /* no byte is left */
    close_channel();
}

/* Random bytes sent, cleared and withheld, of which random ones are replaced:
 * as a plain copy says. */
static void any_replacement_is_exact(void **state)
{
    static char all[CAPACITY], expected[2 * CAPACITY + CHANNEL_GROWTH],
        bytes[CAPACITY + CHANNEL_GROWTH];
    uint32_t seed = random_seed();

    (void)state;
    for (int i = 0; i < 3000; i++) {
        size_t size = random_next(&seed) % (CAPACITY + 1), n, len, before;
        size_t begin = random_next(&seed) % (CAPACITY - size + 1);

        channel_open(&c, -1, -1, memory, CAPACITY, &mover_copy);
        for (size_t at = 0; at < size; at++)
            all[at] = (char)random_next(&seed);
        for (size_t at = 0; at < sizeof bytes; at++)
            bytes[at] = (char)(at * 7);
        c.buf.begin = begin;
        c.buf.end = begin + size;
        memcpy(memory + begin, all, size);
        c.keep = random_next(&seed) % 2;
        c.sent = c.keep ? random_next(&seed) % (size + 1) : 0;
        c.cleared = random_next(&seed) % (size - c.sent + 1);
        before = c.sent + c.cleared;
        n = random_next(&seed) % (size - before + 1);
        len = random_next(&seed) % (i % 2 ? sizeof bytes : CAPACITY);

        memcpy(expected, all, before);
        memcpy(expected + before, bytes, len);
        memcpy(expected + before + len, all + before + n, size - before - n);
        if (channel_replace(&c, n, bytes, len) != 0) {
            assert_true(size - n + len > CAPACITY + CHANNEL_GROWTH);
            assert_memory_equal(buffer_at(&c.buf), all, size);
            continue;
        }
        assert_int_equal(buffer_size(&c.buf), size - n + len);
        assert_memory_equal(buffer_at(&c.buf), expected, size - n + len);
        assert_int_equal(c.sent + c.cleared, before);
        assert_true(c.buf.end <= sizeof memory);
    }
}

/* ---- given up ------------------------------------------------------------ */

static void what_was_sent_can_be_given_up(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    c.keep = 1;
    say("sent withheld");
    pump();
    channel_clear(&c, 5, 0);
    pump();
    expect("sent ");
    assert_true(channel_can_rewind(&c));
    channel_forget_sent(&c);
    assert_false(channel_can_rewind(&c));
    assert_int_equal(c.sent, 0);
    assert_int_equal(c.total, 5);
    expect_withheld("withheld");
    expect_all("withheld");
    assert_int_equal(buffer_size(&c.buf), 0); /* nor is it kept any more */
    close_channel();
}

static void what_is_withheld_can_be_thrown_away(void **state)
{
    (void)state;
    open_channel(CAPACITY);
    say("cleared withheld");
    c.can_read = 1;
    c.can_write = 0;
    channel_pump(&c);
    channel_clear(&c, 8, 0);
    channel_trim(&c);
    expect_withheld("");
    expect_all("cleared ");
    close_channel();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(withheld_is_what_is_not_cleared_yet),
        fixture_test(a_request_is_cleared_and_not_the_next),
        fixture_test(the_rest_of_a_body_is_cleared_as_it_comes),
        fixture_test(any_length_is_put_in_its_place),
        fixture_test(what_lies_before_it_stays),
        fixture_test(there_is_room_to_grow),
        fixture_test(a_head_that_has_grown_takes_the_room),
        fixture_test(a_byte_sent_of_a_head_that_has_grown_is_no_room),
        fixture_test(it_need_not_lie_at_the_front),
        fixture_test(any_replacement_is_exact),
        fixture_test(what_was_sent_can_be_given_up),
        fixture_test(what_is_withheld_can_be_thrown_away),
    };
    return fixture_run("channel_head", tests);
}
