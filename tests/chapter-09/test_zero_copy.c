/* zero_copy: the two calls of the guide, on real files and sockets, with the same
 * results on every system. */
#include "fixture.h"

#include "deadline.h"
#include "descriptors.h"
#include "stream.h"
#include "wire.h"
#include "zero_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* A file without a name that holds a stream of so many bytes. */
static int make_file(size_t len)
{
    char path[] = "/tmp/zero_copy.XXXXXX";
    unsigned char *stream = stream_make(len > 0 ? len : 1);
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, stream + done, len - done);

        assert_true(n > 0);
        done += (size_t)n;
    }
    free(stream);
    return fd;
}

/* A TCP connection: `near` does not block. */
static void connect_both(int *near, int *far)
{
    int port, listener = wire_listen(&port);

    *far = wire_connect(port);
    *near = descriptors_nonblocking(wire_accept(listener));
    close(listener);
}

static void close_all(int a, int b, int c)
{
    close(a);
    close(b);
    close(c);
}

/* ---- file to socket ------------------------------------------------------ */

static void sends_what_was_asked_for_from_the_offset(void **state)
{
    static const struct {
        off_t offset;
        size_t count, sent;
    } cases[] = {
        {0, 1, 1},          {0, 50000, 50000},   {1, 16384, 16384},
        {49999, 1, 1},      {49999, 2, 1},       {40000, MIB, 10000},
        {50000, 1, 0},      {60000, 1, 0},       {0, 0, 0},
        {100, 0, 0},        {0, SIZE_MAX, 50000}, {16384, 16385, 16385},
    };
    int file = make_file(50000), near, far;

    (void)state;
    connect_both(&near, &far);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        off_t offset = cases[i].offset;
        ssize_t n = zero_copy_file_to_socket(near, file, &offset,
                                             cases[i].count);

        if (n != (ssize_t)cases[i].sent)
            fail_msg("case %zu: %zd bytes", i, n);
        assert_true(offset == cases[i].offset + n);
        stream_receive(far, (size_t)cases[i].offset, (size_t)offset, 65536);
    }
    wire_expect_silence(far, 20);
    close_all(file, near, far);
}

static void the_files_own_offset_stays(void **state)
{
    int file = make_file(5000), near, far;
    off_t offset = 0;

    (void)state;
    connect_both(&near, &far);
    assert_int_equal(lseek(file, 123, SEEK_SET), 123);
    assert_int_equal(zero_copy_file_to_socket(near, file, &offset, 5000), 5000);
    assert_int_equal(lseek(file, 0, SEEK_CUR), 123);
    stream_receive(far, 0, 5000, 65536);
    close_all(file, near, far);
}

/* Eight MiB to a reader that takes small pieces. */
static void a_full_socket_is_told_and_nothing_is_lost(void **state)
{
    const size_t len = 8 * MIB;
    int file = make_file(len), near, far, refused = 0;
    off_t offset = 0;
    size_t got = 0;

    (void)state;
    connect_both(&near, &far);
    while (got < len) {
        off_t before = offset;
        ssize_t n = zero_copy_file_to_socket(near, file, &offset,
                                             len - (size_t)offset);

        assert_true(offset == before + (n > 0 ? n : 0));
        if (n < 0)
            assert_int_equal(errno, EAGAIN);
        refused += n < 0;
        stream_receive(far, got, (size_t)offset, 262144);
        got = (size_t)offset;
        if (n > 0 && got < len) /* until it is full, without reading */
            while (zero_copy_file_to_socket(near, file, &offset,
                                            len - (size_t)offset) > 0)
                ;
    }
    assert_true(refused > 0 || got == len);
    close_all(file, near, far);
}

static void what_is_wrong_is_said(void **state)
{
    int file = make_file(5000), near, far, directory = open("/", O_RDONLY);
    off_t offset = -1;

    (void)state;
    connect_both(&near, &far);
    assert_int_equal(zero_copy_file_to_socket(near, file, &offset, 10), -1);
    assert_int_equal(errno, EINVAL);
    assert_true(offset == -1);
    offset = 0;
    assert_int_equal(zero_copy_file_to_socket(near, -1, &offset, 10), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(zero_copy_file_to_socket(near, directory, &offset, 10),
                     -1);
    assert_true(errno == EISDIR || errno == EINVAL);
    assert_true(offset == 0);
    close(directory);
    close_all(file, near, far);
}

static void a_gone_reader_is_an_error(void **state)
{
    int file = make_file(MIB), near, far;
    off_t offset = 0;
    ssize_t n;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    connect_both(&near, &far);
    wire_reset(far);
    for (int i = 0; i < 100000; i++) {
        n = zero_copy_file_to_socket(near, file, &offset, 1);
        if (n < 0 && errno != EAGAIN)
            break;
    }
    assert_true(n < 0 && (errno == EPIPE || errno == ECONNRESET));
    close(file);
    close(near);
}

static void a_file_that_shrinks_ends_early(void **state)
{
    int file = make_file(50000), near, far;
    off_t offset = 0;

    (void)state;
    connect_both(&near, &far);
    assert_int_equal(zero_copy_file_to_socket(near, file, &offset, 20000),
                     20000);
    assert_int_equal(ftruncate(file, 30000), 0);
    assert_int_equal(zero_copy_file_to_socket(near, file, &offset, 30000),
                     10000);
    assert_int_equal(zero_copy_file_to_socket(near, file, &offset, 20000), 0);
    stream_receive(far, 0, 30000, 65536);
    close_all(file, near, far);
}

/* ---- socket to socket ---------------------------------------------------- */

struct relay_ends {
    int in, source, out, sink;
};

static void open_relay(struct relay_ends *r)
{
    connect_both(&r->in, &r->source);
    connect_both(&r->out, &r->sink);
}

static void close_relay(struct relay_ends *r)
{
    close(r->in);
    close(r->source);
    close(r->out);
    close(r->sink);
}

static void relays_what_is_there(void **state)
{
    struct relay_ends r;

    (void)state;
    open_relay(&r);
    assert_int_equal(zero_copy_socket_relay(r.out, r.in, 100), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(zero_copy_socket_relay(r.out, r.in, 0), 0);
    wire_send_text(r.source, "hello, world");
    assert_true(deadline_poll(r.in, POLLIN, deadline_in(10000)) > 0);
    assert_int_equal(zero_copy_socket_relay(r.out, r.in, 5), 5);
    wire_expect_text(r.sink, "hello");
    assert_int_equal(zero_copy_socket_relay(r.out, r.in, SIZE_MAX), 7);
    wire_expect_text(r.sink, ", world");
    wire_shut(r.source);
    assert_true(deadline_poll(r.in, POLLIN, deadline_in(10000)) > 0);
    assert_int_equal(zero_copy_socket_relay(r.out, r.in, 5), 0);
    close_relay(&r);
}

static void wait_readable(int fd)
{
    assert_true(deadline_poll(fd, POLLIN, deadline_in(10000)) > 0);
}

static void slow_reader(const struct relay_ends *r, size_t len)
{
    close(r->in);
    close(r->source);
    close(r->out);
    stream_receive(r->sink, 0, len, 40000);
    wire_expect_end(r->sink);
    _exit(0);
}

static void fast_writer(const struct relay_ends *r, size_t len)
{
    unsigned char *stream = stream_make(len);

    close(r->sink);
    close(r->in);
    close(r->out);
    wire_send(r->source, stream, len);
    free(stream);
    _exit(0);
}

/* The writer is faster than the reader, so that `out` is full again and again:
 * what was in the pipe then must not be lost. */
static void strands_no_byte_when_the_reader_is_slow(void **state)
{
    const size_t len = 8 * MIB;
    struct relay_ends r;
    size_t moved = 0;
    pid_t children[2];
    ssize_t n;

    (void)state;
    open_relay(&r);
    if ((children[0] = fork()) == 0)
        slow_reader(&r, len);
    if ((children[1] = fork()) == 0)
        fast_writer(&r, len);
    close(r.source);
    close(r.sink);
    for (;;) {
        wait_readable(r.in);
        n = zero_copy_socket_relay(r.out, r.in, 1 + moved % MIB);
        if (n <= 0 && !(n < 0 && errno == EAGAIN))
            break;
        moved += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(n, 0);
    assert_int_equal(moved, len);
    close(r.in);
    close(r.out);
    for (int i = 0; i < 2; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

static void a_gone_destination_is_an_error(void **state)
{
    struct relay_ends r;
    ssize_t n = 0;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    open_relay(&r);
    wire_reset(r.sink);
    for (int i = 0; i < 1000 && n >= 0; i++) {
        wire_send_text(r.source, "for nobody");
        wait_readable(r.in);
        n = zero_copy_socket_relay(r.out, r.in, 100);
    }
    assert_int_equal(n, -1);
    assert_true(errno == EPIPE || errno == ECONNRESET);
    close(r.in);
    close(r.source);
    close(r.out);
}

static void leaves_no_descriptor_behind(void **state)
{
    struct relay_ends r;
    int before;

    (void)state;
    open_relay(&r);
    before = fixture_descriptors();
    for (int i = 0; i < 50; i++) {
        zero_copy_socket_relay(r.out, r.in, 100); /* nothing is there */
        wire_send_text(r.source, "x");
        wait_readable(r.in);
        assert_int_equal(zero_copy_socket_relay(r.out, r.in, 100), 1);
    }
    assert_int_equal(fixture_descriptors(), before);
    close_relay(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(sends_what_was_asked_for_from_the_offset),
        fixture_test(the_files_own_offset_stays),
        fixture_test(a_full_socket_is_told_and_nothing_is_lost),
        fixture_test(what_is_wrong_is_said),
        fixture_test(a_gone_reader_is_an_error),
        fixture_test(a_file_that_shrinks_ends_early),
        fixture_test(relays_what_is_there),
        fixture_test(strands_no_byte_when_the_reader_is_slow),
        fixture_test(a_gone_destination_is_an_error),
        fixture_test(leaves_no_descriptor_behind),
    };

    return fixture_run("zero_copy", tests);
}
