/* mover_bulk: large bodies in large pieces, with blocks that nobody keeps longer
 * than he needs them; and every byte as by mover_copy. */
#include "fixture.h"

#include "../chapter-04/channel_ends.h"
#include "mover_bulk.h"
#include "stream.h"

#include <stdlib.h>

#define LARGE (4 * (size_t)BULK_MIN)

static struct bulk bulk;

static void open_bulk(void)
{
    open_channel(CAPACITY);
    bulk_init(&bulk);
    c.mover = &bulk.mover;
}

static void close_bulk(void)
{
    close_channel();
    assert_int_equal(bulk.lent, 0);
    bulk_close(&bulk);
    assert_int_equal(bulk.spares, 0);
}

static int has_own_buffer(void)
{
    return c.buf.data == memory && c.buf.capacity == CAPACITY;
}

/* As much of the stream as goes into `source`, and what a pump makes of it. */
static size_t offer(size_t from, size_t to)
{
    unsigned char *stream = stream_make(to);
    size_t sent = wire_send_some(source, stream + from, to - from);

    free(stream);
    return sent;
}

static void a_small_message_needs_no_block(void **state)
{
    (void)state;
    open_bulk();
    channel_release(&c, BULK_MIN - 1);
    say("small");
    assert_int_equal(pump(), MOVED);
    expect("small");
    assert_int_equal(bulk.lent + bulk.spares, 0);
    close_bulk();
}

static void a_large_one_moves_in_one_piece_and_gives_it_back(void **state)
{
    size_t sent;

    (void)state;
    open_bulk();
    channel_release(&c, LARGE);
    sent = offer(0, LARGE);
    assert_true(sent > CAPACITY);
    assert_int_equal(pump(), MOVED);
    assert_true(c.total > CAPACITY);
    assert_true(has_own_buffer());
    assert_int_equal(bulk.lent, 0);
    assert_int_equal(bulk.spares, 1);
    stream_receive(sink, 0, c.total, LARGE);
    close_bulk();
}

static void what_out_refuses_stays_in_the_block(void **state)
{
    size_t blocked;

    (void)state;
    open_bulk();
    channel_release(&c, CHANNEL_ALL);
    blocked = block_sink();
    say("waits in the block");
    assert_int_equal(pump(), MOVED);
    assert_int_equal(bulk.lent, 1);
    say(", with this");
    assert_int_equal(pump(), MOVED);
    assert_int_equal(bulk.lent, 1);
    unblock_sink(blocked);
    assert_int_equal(pump(), MOVED);
    expect("waits in the block, with this");
    assert_true(has_own_buffer());
    assert_int_equal(bulk.lent, 0);
    close_bulk();
}

static void the_next_message_may_lie_in_the_block(void **state)
{
    size_t sent, len;

    (void)state;
    open_bulk();
    channel_release(&c, BULK_MIN);
    sent = offer(0, BULK_MIN);
    assert_int_equal(sent, BULK_MIN);
    say("next");
    assert_int_equal(pump(), MOVED);
    stream_receive(sink, 0, BULK_MIN, LARGE);
    assert_int_equal(bulk.lent, 1);
    assert_memory_equal(channel_withheld(&c, &len), "next", 4);
    assert_int_equal(len, 4);
    channel_release(&c, 0);
    pump();
    expect("next");
    assert_int_equal(bulk.lent, 0);
    close_bulk();
}

static void with_all_blocks_lent_it_copies_in_small_pieces(void **state)
{
    (void)state;
    open_bulk();
    bulk.lent = BULK_BLOCKS;
    channel_release(&c, CHANNEL_ALL);
    offer(0, LARGE);
    assert_int_equal(pump(), MOVED);
    assert_int_equal(c.total, CAPACITY);
    stream_receive(sink, 0, CAPACITY, CAPACITY);
    bulk.lent = 0;
    close_bulk();
}

static void whoever_is_dropped_or_stopped_gives_it_back(void **state)
{
    (void)state;
    open_bulk();
    for (int i = 0; i < 3; i++) {
        channel_release(&c, CHANNEL_ALL);
        c.can_read = 1;
        c.can_write = 0;
        say("for nobody");
        assert_int_equal(channel_pump(&c), MOVED);
        assert_int_equal(bulk.lent, 1);
        if (i < 2) {
            c.mover->drop(&c);
            c.cleared = 0; /* as when it is opened again */
        } else {
            channel_stop(&c);
        }
        assert_int_equal(bulk.lent, 0);
        assert_true(has_own_buffer());
    }
    assert_int_equal(pump(), DONE);
    expect("");
    close_bulk();
}

static void only_a_few_blocks_are_kept(void **state)
{
    enum { COUNT = BULK_SPARES + 5 };
    static struct channel many[COUNT];
    static char buffers[COUNT][CAPACITY + CHANNEL_GROWTH];
    int ends[COUNT][2];

    (void)state;
    open_bulk();
    for (int i = 0; i < COUNT; i++) {
        pair(&ends[i][0], &ends[i][1]);
        channel_open(&many[i], ends[i][1], -1, buffers[i], CAPACITY,
                     &bulk.mover);
        channel_release(&many[i], CHANNEL_ALL);
        wire_send_text(ends[i][0], "x");
        many[i].can_read = 1;
        channel_pump(&many[i]);
    }
    assert_int_equal(bulk.lent, COUNT);
    for (int i = 0; i < COUNT; i++) {
        many[i].mover->drop(&many[i]);
        close(ends[i][0]);
        close(ends[i][1]);
    }
    assert_int_equal(bulk.lent, 0);
    assert_int_equal(bulk.spares, BULK_SPARES);
    close_bulk();
}

/* ---- any pieces ---------------------------------------------------------- */

#define STREAM ((size_t)1 << 20)

static void stream_through(uint32_t *seed, const unsigned char *in)
{
    static unsigned char out[STREAM];
    size_t given = 0, got = 0, budget = 0;

    open_bulk();
    for (int round = 0; got < STREAM; round++) {
        size_t piece = random_next(seed) % 100000, withheld;
        ssize_t n;

        assert_true(round < 100000);
        channel_withheld(&c, &withheld);
        if (c.pass == 0 && budget < STREAM) {
            size_t next = withheld + random_next(seed) % (2 * LARGE);

            next = next < STREAM - budget ? next : STREAM - budget;
            channel_clear(&c, withheld, next - withheld);
            budget += next;
        }
        piece = piece < STREAM - given ? piece : STREAM - given;
        given += wire_send_some(source, in + given, piece);
        c.can_read |= random_next(seed) % 2;
        c.can_write |= random_next(seed) % 2;
        channel_pump(&c);
        n = recv(sink, out + got, 1 + random_next(seed) % 100000, 0);
        got += n > 0 ? (size_t)n : 0;
    }
    stream_check(out, 0, STREAM);
    close_bulk();
}

static void any_pieces_come_out_as_they_went_in(void **state)
{
    uint32_t seed = random_seed();
    unsigned char *stream = stream_make(STREAM);

    (void)state;
    for (int i = 0; i < 20; i++)
        stream_through(&seed, stream);
    free(stream);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_small_message_needs_no_block),
        fixture_test(a_large_one_moves_in_one_piece_and_gives_it_back),
        fixture_test(what_out_refuses_stays_in_the_block),
        fixture_test(the_next_message_may_lie_in_the_block),
        fixture_test(with_all_blocks_lent_it_copies_in_small_pieces),
        fixture_test(whoever_is_dropped_or_stopped_gives_it_back),
        fixture_test(only_a_few_blocks_are_kept),
        fixture_test(any_pieces_come_out_as_they_went_in),
    };

    return fixture_run("mover_bulk", tests);
}
