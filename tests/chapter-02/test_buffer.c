#include "buffer.h"
#include "deadline.h"
#include "fixture.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void holds(const struct buffer *b, const char *wanted)
{
    assert_int_equal(buffer_size(b), strlen(wanted));
    assert_memory_equal(buffer_at(b), wanted, strlen(wanted));
    assert_int_equal(buffer_room(b), b->capacity - strlen(wanted));
}

static void add(struct buffer *b, const char *text)
{
    assert_int_equal(buffer_append(b, text, strlen(text)), 0);
}

static void bytes_leave_in_the_order_they_came(void **state)
{
    char memory[8];
    struct buffer b;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    holds(&b, "");
    add(&b, "abc");
    add(&b, "de");
    holds(&b, "abcde");
    buffer_consume(&b, 2);
    holds(&b, "cde");
    buffer_consume(&b, 0);
    holds(&b, "cde");
}

static void empty_means_back_to_the_front(void **state)
{
    char memory[8];
    struct buffer b;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    add(&b, "abcdef");
    buffer_consume(&b, 6);
    assert_int_equal(b.begin, 0);
    assert_int_equal(b.end, 0);
}

static void moves_bytes_down_only_when_it_must(void **state)
{
    char memory[8];
    struct buffer b;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    add(&b, "abcdef");
    buffer_consume(&b, 4);
    add(&b, "gh"); /* fits behind: nothing moves */
    assert_int_equal(b.begin, 4);
    holds(&b, "efgh");
    add(&b, "ijkl"); /* does not: everything moves to the front */
    assert_int_equal(b.begin, 0);
    holds(&b, "efghijkl");
}

static void a_full_one_takes_nothing_at_all(void **state)
{
    char memory[4];
    struct buffer b;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    add(&b, "abc");
    assert_int_equal(buffer_append(&b, "de", 2), -1);
    holds(&b, "abc"); /* not even the "d" */
    add(&b, "d");
    assert_int_equal(buffer_append(&b, "e", 1), -1);
    assert_int_equal(buffer_append(&b, "", 0), 0);
    holds(&b, "abcd");
    assert_int_equal(buffer_append(&b, memory, (size_t)-1), -1);
}

/* Any sequence of adding and dropping is that of a string. */
static void behaves_like_a_queue(void **state)
{
    uint32_t seed = random_seed();
    char memory[32], model[32];
    unsigned char next = 0;
    size_t held = 0;
    struct buffer b;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    for (int round = 0; round < 50000; round++) {
        size_t n = random_next(&seed) % 12;
        char bytes[12];

        if (random_next(&seed) % 2 == 0) {
            for (size_t i = 0; i < n; i++)
                bytes[i] = (char)(next + i);
            assert_int_equal(buffer_append(&b, bytes, n),
                             n <= sizeof model - held ? 0 : -1);
            if (n <= sizeof model - held) {
                memcpy(model + held, bytes, n);
                held += n;
                next = (unsigned char)(next + n);
            }
        } else {
            n = n < held ? n : held;
            buffer_consume(&b, n);
            held -= n;
            memmove(model, model + n, held);
        }
        assert_true(b.begin <= b.end && b.end <= b.capacity);
        assert_int_equal(buffer_size(&b), held);
        assert_memory_equal(buffer_at(&b), model, held);
    }
}

static void receives_what_there_is_room_for(void **state)
{
    char memory[8];
    struct buffer b;
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    buffer_init(&b, memory, sizeof memory);
    add(&b, "abcdef");
    wire_send_text(pair[1], "ghijkl");
    assert_int_equal(buffer_receive(&b, pair[0]), 2);
    holds(&b, "abcdefgh");
    buffer_consume(&b, 5); /* the end is reached, there is room in front */
    assert_int_equal(buffer_receive(&b, pair[0]), 4);
    holds(&b, "fghijkl");
    close(pair[1]);
    assert_int_equal(buffer_receive(&b, pair[0]), 0);
    holds(&b, "fghijkl");
    close(pair[0]);
}

static void says_why_nothing_was_received(void **state)
{
    char memory[8];
    struct buffer b;
    int port, listener = wire_listen(&port);
    int client = wire_connect(port), server = wire_accept(listener);

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    errno = 0;
    assert_int_equal(buffer_receive(&b, server), -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    wire_reset(client);
    assert_true(deadline_poll(server, POLLIN, deadline_in(10000)));
    assert_int_equal(buffer_receive(&b, server), -1);
    assert_int_equal(errno, ECONNRESET);
    close(server);
    close(listener);
}

static void sends_so_many_and_drops_what_was_taken(void **state)
{
    char memory[8], got[8];
    struct buffer b;
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    buffer_init(&b, memory, sizeof memory);
    add(&b, "abcdef");
    assert_int_equal(buffer_send(&b, pair[0], 4), 4);
    holds(&b, "ef");
    assert_int_equal(buffer_send(&b, pair[0], 2), 2);
    holds(&b, "");
    assert_int_equal(recv(pair[1], got, sizeof got, 0), 6);
    assert_memory_equal(got, "abcdef", 6);
    close(pair[1]);
    add(&b, "gh");
    assert_int_equal(buffer_send(&b, pair[0], 2), -1);
    assert_int_equal(errno, EPIPE); /* and no SIGPIPE: it is ignored */
    holds(&b, "gh");                /* what was not taken is still there */
    close(pair[0]);
}

/* The trap: send(2) takes less than it was given, and the rest is forgotten. */
static void what_a_short_send_leaves_is_kept(void **state)
{
    static char memory[16 << 20]; /* more than any socket takes at once */
    struct buffer b;
    int port, listener = wire_listen(&port);
    int client = wire_connect(port), server = wire_accept(listener);
    ssize_t n;

    (void)state;
    buffer_init(&b, memory, sizeof memory);
    b.end = sizeof memory;
    n = buffer_send(&b, server, buffer_size(&b));
    assert_true(n > 0 && n < (ssize_t)sizeof memory);
    assert_int_equal(buffer_size(&b), sizeof memory - (size_t)n);
    assert_ptr_equal(buffer_at(&b), memory + n);
    close(client);
    close(server);
    close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(bytes_leave_in_the_order_they_came),
        fixture_test(empty_means_back_to_the_front),
        fixture_test(moves_bytes_down_only_when_it_must),
        fixture_test(a_full_one_takes_nothing_at_all),
        fixture_test(behaves_like_a_queue),
        fixture_test(receives_what_there_is_room_for),
        fixture_test(says_why_nothing_was_received),
        fixture_test(sends_so_many_and_drops_what_was_taken),
        fixture_test(what_a_short_send_leaves_is_kept),
    };

    return fixture_run("buffer", tests);
}
