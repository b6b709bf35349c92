/* mover_file: a file through a channel: the head before it, what was announced and
 * no more, and the channel as it was afterwards. */
#define _GNU_SOURCE
#include "fixture.h"

#include "../chapter-04/channel_ends.h"
#include "mover_file.h"
#include "stream.h"
#include "www.h"

static char name[WWW_NAME_MAX];
static size_t largest; /* that was asked for in one call, where we can see it */

#if defined(__linux__)
#include <sys/sendfile.h>
#include <sys/syscall.h>

ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    largest = count > largest ? count : largest;
    return syscall(SYS_sendfile, out, in, offset, count);
}
#endif

/* A channel to the sink, and a file with so many bytes of the stream. */
static int begin(size_t len)
{
    int fd;

    open_channel(CAPACITY);
    close(c.in);
    c.in = -1;
    www_open();
    www_stream("file", len);
    strcpy(name, www_name("file"));
    fd = open(name, O_RDONLY);
    assert_true(fd >= 0);
    return fd;
}

static void end(void)
{
    c.mover->drop(&c);
    close(c.out);
    close(source);
    close(sink);
    www_close();
}

static void put_head(const char *head)
{
    assert_int_equal(buffer_append(&c.buf, head, strlen(head)), 0);
    channel_clear(&c, strlen(head), 0);
}

static void the_head_leaves_before_the_file(void **state)
{
    int fd = begin(5000);

    (void)state;
    assert_int_equal(mover_file_begin(&c, fd, 0, 5000), 0);
    put_head("head");
    assert_false(channel_is_flushed(&c));
    assert_int_equal(channel_pump(&c), MOVED);
    assert_true(channel_is_flushed(&c));
    assert_int_equal(c.total, 5004);
    wire_expect_text(sink, "head");
    stream_receive(sink, 0, 5000, 65536);
    assert_ptr_equal(c.mover, &mover_copy);
    assert_null(c.held);
    expect("");
    end();
}

static void a_part_leaves_and_no_more(void **state)
{
    int fd = begin(5000);

    (void)state;
    assert_int_equal(mover_file_begin(&c, fd, 1234, 100), 0);
    assert_int_equal(channel_pump(&c), MOVED);
    stream_receive(sink, 1234, 1334, 65536);
    expect("");
    end();
}

static void it_waits_for_room(void **state)
{
    int fd = begin(5000);
    size_t blocked;

    (void)state;
    blocked = block_sink();
    assert_int_equal(mover_file_begin(&c, fd, 0, 5000), 0);
    put_head("head");
    assert_int_equal(channel_pump(&c), STUCK);
    assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
    unblock_sink(blocked);
    c.can_write = 1;
    while (channel_pump(&c) == MOVED)
        c.can_write = 1;
    wire_expect_text(sink, "head");
    stream_receive(sink, 0, 5000, 65536);
    assert_int_equal(channel_wants_out(&c), 0);
    end();
}

/* However large the socket is: after so much it is somebody else's turn. */
static void one_turn_is_bounded(void **state)
{
    const size_t len = 3 * MOVER_FILE_TURN;
    int fd = begin(len);
    size_t got = 0;

    (void)state;
    assert_int_equal(mover_file_begin(&c, fd, 0, len), 0);
    while (got < len) {
        c.can_write = 1;
        assert_int_equal(channel_pump(&c), MOVED);
        assert_true(c.total - got <= MOVER_FILE_TURN);
        if (c.total < len)
            assert_int_equal(channel_wants_out(&c), WATCH_WRITE);
        stream_receive(sink, got, c.total, 1 << 20);
        got = c.total;
    }
    assert_true(largest <= MOVER_FILE_TURN);
    end();
}

static void a_file_that_shrinks_is_told(void **state)
{
    int fd = begin(5000);

    (void)state;
    assert_int_equal(mover_file_begin(&c, fd, 0, 5000), 0);
    assert_int_equal(truncate(name, 3000), 0);
    while (channel_pump(&c) == MOVED)
        c.can_write = 1;
    assert_int_equal(c.total, 3000);
    assert_true(c.broken);
    assert_ptr_equal(c.mover, &mover_copy);
    stream_receive(sink, 0, 3000, 65536);
    expect(""); /* nothing is made up */
    end();
}

static void a_file_that_grows_is_not_sent_further(void **state)
{
    int fd = begin(5000);

    (void)state;
    assert_int_equal(truncate(name, 3000), 0);
    assert_int_equal(mover_file_begin(&c, fd, 0, 3000), 0);
    assert_int_equal(truncate(name, 9000), 0);
    assert_int_equal(channel_pump(&c), MOVED);
    stream_receive(sink, 0, 3000, 65536);
    expect("");
    end();
}

static void a_gone_client_is_told(void **state)
{
    int fd = begin(5000);

    (void)state;
    close(sink);
    sink = -1;
    assert_int_equal(mover_file_begin(&c, fd, 0, 5000), 0);
    assert_int_equal(channel_pump(&c), OUT_FAILED);
    end();
}

static void whoever_is_dropped_or_stopped_closes_the_file(void **state)
{
    int fd = begin(5000), before = fixture_descriptors();

    (void)state;
    assert_int_equal(mover_file_begin(&c, dup(fd), 0, 5000), 0);
    assert_int_equal(fixture_descriptors(), before + 1);
    c.mover->drop(&c);
    assert_int_equal(fixture_descriptors(), before);
    assert_ptr_equal(c.mover, &mover_copy);
    assert_int_equal(mover_file_begin(&c, fd, 0, 5000), 0);
    put_head("head");
    channel_stop(&c);
    assert_int_equal(fixture_descriptors(), before - 1);
    assert_int_equal(channel_pump(&c), DONE);
    expect("");
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_head_leaves_before_the_file),
        fixture_test(a_part_leaves_and_no_more),
        fixture_test(it_waits_for_room),
        fixture_test(one_turn_is_bounded),
        fixture_test(a_file_that_shrinks_is_told),
        fixture_test(a_file_that_grows_is_not_sent_further),
        fixture_test(a_gone_client_is_told),
        fixture_test(whoever_is_dropped_or_stopped_closes_the_file),
    };

    return fixture_run("mover_file", tests);
}
