#include "clock.h"
#include "deadline.h"
#include "fixture.h"
#include "net.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOON (clock_now_ms() + 10000)

static struct net_address address(const char *ip, int port)
{
    struct net_addresses found;

    assert_int_equal(net_resolve(ip, port, &found), 0);
    return found.at[0];
}

static int port_of(int fd)
{
    struct net_address local;
    char text[NET_TEXT];

    assert_int_equal(net_local_address(fd, &local), 0);
    return (int)strtol(strrchr(net_text(&local, text), ':') + 1, NULL, 10);
}

static void check_prepared(int fd)
{
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void check_nodelay(int fd)
{
    int on = 0;
    socklen_t len = sizeof on;

    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
    assert_true(on);
}

/* ---- addresses ---------------------------------------------------------- */

static void addresses_as_text(void **state)
{
    static const struct {
        const char *host;
        int port;
        const char *text, *ip;
    } cases[] = {
        {"127.0.0.1", 80, "127.0.0.1:80", "127.0.0.1"},
        {"255.255.255.255", 65535, "255.255.255.255:65535", "255.255.255.255"},
        {"::1", 0, "[::1]:0", "::1"},
        {"2001:db8::a", 443, "[2001:db8::a]:443", "2001:db8::a"},
        {"1111:2222:3333:4444:5555:6666:7777:8888", 65535,
         "[1111:2222:3333:4444:5555:6666:7777:8888]:65535",
         "1111:2222:3333:4444:5555:6666:7777:8888"},
        /* IPv4 in IPv6's clothes is the same client */
        {"::ffff:192.0.2.7", 8080, "192.0.2.7:8080", "192.0.2.7"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net_address a = address(cases[i].host, cases[i].port);
        char text[NET_TEXT], ip[NET_IP_TEXT];

        assert_string_equal(net_text(&a, text), cases[i].text);
        assert_string_equal(net_ip_text(&a, ip), cases[i].ip);
    }
}

static void every_octet_is_written_as_the_library_does(void **state)
{
    struct net_address a = address("127.0.0.1", 1);
    struct sockaddr_in *in = (struct sockaddr_in *)&a.storage;
    char text[NET_IP_TEXT], expected[NET_IP_TEXT];

    (void)state;
    for (uint32_t n = 0; n < 256; n++) {
        in->sin_addr.s_addr = n << 24 | (255 - n) << 16 | (n ^ 0xaa) << 8 | n;
        inet_ntop(AF_INET, &in->sin_addr, expected, sizeof expected);
        assert_string_equal(net_ip_text(&a, text), expected);
    }
}

static void an_address_of_no_known_family_is_text_too(void **state)
{
    struct net_address a;
    char text[NET_TEXT];

    (void)state;
    memset(&a, 0, sizeof a);
    assert_string_equal(net_text(&a, text), "?:0");
}

static void resolves_names(void **state)
{
    struct net_addresses found;
    char ip[NET_IP_TEXT];

    (void)state;
    assert_int_equal(net_resolve("localhost", 80, &found), 0);
    assert_in_range(found.count, 1, NET_ADDRESSES_MAX);
    for (int i = 0; i < found.count; i++) {
        net_ip_text(&found.at[i], ip);
        assert_true(strcmp(ip, "::1") == 0 || strncmp(ip, "127.", 4) == 0);
    }
    /* A label of 64 letters is no DNS name: no server needs to be asked. */
    assert_int_not_equal(
        net_resolve("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid", 80, &found), 0);
}

/* ---- listening and accepting -------------------------------------------- */

static void listens_on_a_port_that_the_kernel_chooses(void **state)
{
    int listener = net_listen(0, 5), port = port_of(listener), client, fd;
    struct net_address peer;
    char ip[NET_IP_TEXT];

    (void)state;
    assert_in_range(port, 1, 65535);
    check_prepared(listener);
    assert_int_equal(net_accept(listener, &peer), -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    client = wire_connect(port);
    assert_true(deadline_poll(listener, POLLIN, deadline_in(10000)));
    fd = net_accept(listener, &peer);
    assert_true(fd >= 0);
    check_prepared(fd);
    check_nodelay(fd);
    assert_string_equal(net_ip_text(&peer, ip), "127.0.0.1");
    close(fd);
    close(client);
    close(listener);
}

static void ipv6_and_ipv4_come_to_one_listener(void **state)
{
    int listener = net_listen(0, 5), client, fd;
    struct net_address peer;
    char ip[NET_IP_TEXT];

    (void)state;
    assert_int_equal(net_local_address(listener, &peer), 0);
    if (peer.storage.ss_family != AF_INET6) {
        close(listener);
        skip(); /* no IPv6 here */
    }
    client = wire_connect6(port_of(listener));
    assert_true(deadline_poll(listener, POLLIN, deadline_in(10000)));
    fd = net_accept(listener, &peer);
    assert_true(fd >= 0);
    assert_string_equal(net_ip_text(&peer, ip), "::1");
    close(fd);
    close(client);
    close(listener);
}

static void a_port_in_use_is_said_to_be(void **state)
{
    int first = net_listen(0, 5), port = port_of(first);

    (void)state;
    assert_int_equal(net_listen(port, 5), -1);
    assert_int_equal(errno, EADDRINUSE);
    close(first);
}

/* The connection of a listener that is gone does not hold its port. */
static void a_port_can_be_used_again_at_once(void **state)
{
    int listener = net_listen(0, 5), port = port_of(listener), client, fd;
    struct net_address peer;

    (void)state;
    client = wire_connect(port);
    assert_true(deadline_poll(listener, POLLIN, deadline_in(10000)));
    fd = net_accept(listener, &peer);
    close(fd); /* our side closes first: TIME_WAIT is ours */
    wire_expect_end(client);
    close(client);
    close(listener);
    listener = net_listen(port, 5);
    assert_true(listener >= 0);
    close(listener);
}

/* ---- connecting --------------------------------------------------------- */

static void connects(void **state)
{
    int port, listener = wire_listen(&port), fd, peer, which = -1;
    struct net_addresses to;

    (void)state;
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect(&to, SOON, &which);
    assert_true(fd >= 0);
    assert_int_equal(which, 0);
    check_prepared(fd);
    check_nodelay(fd);
    peer = wire_accept(listener);
    assert_int_equal(net_send_all(fd, "abc", 3, SOON), 0);
    wire_expect_text(peer, "abc");
    close(fd);
    close(peer);
    close(listener);
}

static void a_refused_connection_is_said_to_be(void **state)
{
    int port, listener = wire_listen(&port);
    struct net_addresses to;

    (void)state;
    close(listener);
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    assert_int_equal(net_connect(&to, SOON, NULL), -1);
    assert_int_equal(errno, ECONNREFUSED);
}

static void tries_one_address_after_the_other(void **state)
{
    int closed, port, listener = wire_listen(&closed), fd, which = -1;
    struct net_addresses to = {.count = 2};

    (void)state;
    close(listener);
    listener = wire_listen(&port);
    to.at[0] = address("127.0.0.1", closed);
    to.at[1] = address("127.0.0.1", port);
    fd = net_connect(&to, SOON, &which);
    assert_true(fd >= 0);
    assert_int_equal(which, 1);
    close(fd);
    close(listener);
}

/* A listener that nobody takes clients from, and whose queue is full: the next
 * client hears nothing on Linux; elsewhere it may be refused. */
struct deaf {
    int listener, queued[8], count;
    struct net_address address;
};

static struct deaf deaf_listener(void)
{
    struct deaf d = {.count = 0};
    int port, last;

    d.listener = wire_listen_backlog(&port, 0);
    d.address = address("127.0.0.1", port);
    do {
        struct net_addresses to = {.count = 1, .at = {d.address}};

        last = net_connect(&to, clock_now_ms() + 200, NULL);
        if (last >= 0)
            d.queued[d.count++] = last;
    } while (last >= 0 && d.count < 8);
    assert_true(errno == ETIMEDOUT || errno == ECONNREFUSED);
#if defined(__linux__)
    assert_int_equal(errno, ETIMEDOUT);
#endif
    return d;
}

static void close_deaf(struct deaf *d)
{
    while (d->count > 0)
        close(d->queued[--d->count]);
    close(d->listener);
}

static void gives_up_connecting_at_the_deadline(void **state)
{
    struct deaf d = deaf_listener();

    (void)state;
    close_deaf(&d);
}

/* The trap: a silent address uses up the time of those behind it. */
static void a_silent_address_leaves_time_for_the_next(void **state)
{
    struct deaf d = deaf_listener();
    int port, listener = wire_listen(&port), fd, which = -1;
    struct net_addresses to = {.count = 3};

    (void)state;
    to.at[0] = to.at[1] = d.address;
    to.at[2] = address("127.0.0.1", port);
    fd = net_connect(&to, clock_now_ms() + 600, &which);
    assert_true(fd >= 0);
    assert_int_equal(which, 2);
    close(fd);
    close(listener);
    close_deaf(&d);
}

/* ---- sending and closing ------------------------------------------------ */

static void sending_waits_no_longer_than_it_may(void **state)
{
    static char much[16 << 20];
    int port, listener = wire_listen(&port), fd, peer;
    struct net_addresses to;

    (void)state;
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect(&to, SOON, NULL);
    peer = wire_accept(listener); /* and it reads nothing */
    assert_int_equal(net_send_all(fd, much, sizeof much, clock_now_ms() + 50),
                     -1);
    assert_int_equal(errno, ETIMEDOUT);
    close(peer);
    close(fd);
    close(listener);
}

static void sending_to_nobody_is_an_error(void **state)
{
    int port, listener = wire_listen(&port), fd, peer;
    struct net_addresses to;

    (void)state;
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect(&to, SOON, NULL);
    peer = wire_accept(listener);
    wire_reset(peer);
    assert_true(deadline_poll(fd, POLLIN, deadline_in(10000)));
    assert_int_equal(net_send_all(fd, "abc", 3, SOON), -1);
    assert_true(errno == EPIPE || errno == ECONNRESET);
    close(fd);
    close(listener);
}

/* The trap: close() with unread bytes sends a reset instead of a FIN, and the
 * reset overtakes the answer. */
static void closing_gently_does_not_destroy_the_answer(void **state)
{
    int port, listener = wire_listen(&port), fd, peer;
    struct net_addresses to;

    (void)state;
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect(&to, SOON, NULL);
    peer = wire_accept(listener);
    wire_send_text(peer, "a body that nobody reads");
    assert_true(deadline_poll(fd, POLLIN, deadline_in(10000)));
    assert_int_equal(net_send_all(fd, "answer", 6, SOON), 0);
    wire_shut(peer);
    net_close_gently(fd, SOON);
    wire_expect_text(peer, "answer");
    wire_expect_end(peer);
    close(peer);
    close(listener);
}

static void closing_gently_ends_at_the_deadline(void **state)
{
    int port, listener = wire_listen(&port), fd, peer;
    uint64_t began = clock_now_ms();
    struct net_addresses to;

    (void)state;
    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect(&to, SOON, NULL);
    peer = wire_accept(listener); /* and it never closes */
    net_close_gently(fd, began + 50);
    assert_in_range(clock_now_ms() - began, 50, 5000);
    wire_expect_end(peer);
    close(peer);
    close(listener);
}

static void listens_on_one_address_only(void **state)
{
    int listener = net_listen_at("127.0.0.1", 0, 5), port, fd;
    struct net_address local = address("127.0.0.1", 1);
    char text[NET_IP_TEXT];

    (void)state;
    assert_true(listener >= 0);
    check_prepared(listener);
    port = port_of(listener);
    assert_int_equal(net_local_address(listener, &local), 0);
    assert_string_equal(net_ip_text(&local, text), "127.0.0.1");
    assert_int_equal(net_listen_at("127.0.0.1", port, 5), -1);
    assert_int_equal(errno, EADDRINUSE);
    fd = net_listen_at("127.0.0.2", port, 5);
    assert_true(fd >= 0);
    close(fd);
    close(listener);
    assert_int_equal(net_listen_at("localhost", 0, 5), -1);
    assert_int_equal(errno, EINVAL);
}

static void listens_on_everything_when_told_so(void **state)
{
    static const char *const all[] = {"0.0.0.0", "::"};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int listener = net_listen_at(all[i], 0, 5), fd;
        struct net_address to;

        if (listener < 0 && errno == EAFNOSUPPORT)
            continue; /* no IPv6 here */
        assert_true(listener >= 0);
        to = address("127.0.0.1", port_of(listener));
        fd = net_connect_start(&to);
        assert_true(fd >= 0);
        close(fd);
        close(listener);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(listens_on_one_address_only),
        fixture_test(listens_on_everything_when_told_so),
        fixture_test(every_octet_is_written_as_the_library_does),
        fixture_test(addresses_as_text),
        fixture_test(an_address_of_no_known_family_is_text_too),
        fixture_test(resolves_names),
        fixture_test(listens_on_a_port_that_the_kernel_chooses),
        fixture_test(ipv6_and_ipv4_come_to_one_listener),
        fixture_test(a_port_in_use_is_said_to_be),
        fixture_test(a_port_can_be_used_again_at_once),
        fixture_test(connects),
        fixture_test(a_refused_connection_is_said_to_be),
        fixture_test(tries_one_address_after_the_other),
        fixture_test(gives_up_connecting_at_the_deadline),
        fixture_test(a_silent_address_leaves_time_for_the_next),
        fixture_test(sending_waits_no_longer_than_it_may),
        fixture_test(sending_to_nobody_is_an_error),
        fixture_test(closing_gently_does_not_destroy_the_answer),
        fixture_test(closing_gently_ends_at_the_deadline),
    };

    return fixture_run("net", tests);
}
