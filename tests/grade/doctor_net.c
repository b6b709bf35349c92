/* Ports and addresses: each is tried on loopback. */
#define _DEFAULT_SOURCE 1 /* SO_REUSEPORT, where POSIX 2008 hides it */

#include "doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "supervise.h"

enum { CONNECTIONS = 64 };

/* ---- sockets ------------------------------------------------------------- */

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in a;

    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* A listener, or -1 and errno. */
static int listen_at(int port, int shared)
{
    struct sockaddr_in a = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
#ifdef SO_REUSEPORT
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
#else
    (void)shared;
#endif
    if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 128) == 0)
        return fd;
    on = errno;
    close(fd);
    errno = on;
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_in a;
    socklen_t len = sizeof a;

    return getsockname(fd, (struct sockaddr *)&a, &len) == 0 ? ntohs(a.sin_port)
                                                             : -1;
}

/* ---- ports --------------------------------------------------------------- */

/* "nginx (pid 123)", by whichever tool is there. */
static void who_has(int port, char *who, size_t size)
{
    char script[640];
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct order order = {.argv = argv, .seconds = 20, .output = 1 << 20};
    struct ended ended;

    text_put(script, sizeof script,
             "ss -Hltnp 'sport = :%d' 2>/dev/null | sed -n "
             "'s/.*((\"\\([^\"]*\\)\",pid=\\([0-9]*\\).*/\\1 (pid \\2)/p' |"
             " grep . || lsof -nP -iTCP:%d -sTCP:LISTEN 2>/dev/null | "
             "awk 'NR == 2 { print $1 \" (pid \" $2 \")\" }' | grep .",
             port, port);
    ended = supervise(&order);
    text_put(who, size, "%.*s", (int)strcspn(ended.output.at, "\n"),
             ended.output.at);
    ended_free(&ended);
    if (who[0] == '\0')
        text_put(who, size, "somebody that only root can see");
}

void doctor_ports(void)
{
    static const int ports[] = {8080, 8090, 9001, 9002, 9003};
    int taken = 0;
    char who[256];

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        int fd = listen_at(ports[i], 0);

        if (fd >= 0) {
            close(fd);
            continue;
        }
        who_has(ports[i], who, sizeof who);
        doctor_says(NOTE, "ports", "%d: %s: %s", ports[i], strerror(errno),
                    who);
        taken++;
    }
    if (taken == 0)
        doctor_says(GOOD, "ports", "8080, 8090 and 9001 to 9003 are free");
    else
        doctor_cure("end it (kill PID), or type another port than the README; "
                    "tests choose their own");
}

/* ---- addresses ----------------------------------------------------------- */

static void look_at_ipv6(void)
{
    struct sockaddr_in6 a;
    int fd = socket(AF_INET6, SOCK_STREAM, 0), bound = 0;

    memset(&a, 0, sizeof a);
    a.sin6_family = AF_INET6;
    a.sin6_addr = in6addr_loopback;
    if (fd >= 0)
        bound = bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
    if (bound)
        doctor_says(GOOD, "::1", "IPv6 works on loopback");
    else
        doctor_says(NOTE, "::1", "no IPv6 on loopback: %s", strerror(errno));
    if (!bound)
        doctor_cure("some tests are left out; the programs listen on IPv4");
    if (fd >= 0)
        close(fd);
}

static void look_at_localhost(void)
{
    struct addrinfo hints, *found;
    int error;

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo("localhost", "80", &hints, &found);
    if (error != 0) {
        doctor_says(NOTE, "localhost", "%s", gai_strerror(error));
        doctor_cure("write 127.0.0.1, or give /etc/hosts a line for it");
        return;
    }
    if (found->ai_family == AF_INET6)
        doctor_says(NOTE, "localhost",
                    "is ::1 first: a server that listens on "
                    "127.0.0.1 only refuses it");
    else
        doctor_says(GOOD, "localhost", "is 127.0.0.1");
    if (found->ai_family == AF_INET6)
        doctor_cure("write 127.0.0.1 where the READMEs do");
    freeaddrinfo(found);
}

/* ---- SO_REUSEPORT -------------------------------------------------------- */

/* How many of the connections went to the first of two listeners on a port. */
static int count_first(int first, int port)
{
    struct sockaddr_in a = loopback(port);
    int n = 0;

    for (int i = 0; i < CONNECTIONS; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), taken;
        struct pollfd set = {.fd = first, .events = POLLIN};

        if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
            poll(&set, 1, 0) > 0) {
            taken = accept(first, NULL, NULL);
            n++;
            close(taken);
        }
        close(fd);
    }
    return n;
}

static void look_at_reuseport(void)
{
    int first = listen_at(0, 1), second = -1, n;

    if (first >= 0)
        second = listen_at(port_of(first), 1);
    if (second < 0) {
        doctor_says(NOTE, "SO_REUSEPORT", "two sockets cannot share a port");
        doctor_cure("one experiment of chapter 10 is not for this machine");
    } else {
        n = count_first(first, port_of(first));
        doctor_says(n > 0 && n < CONNECTIONS ? GOOD : NOTE, "SO_REUSEPORT",
                    "of %d connections %d went to the first of two sockets",
                    CONNECTIONS, n);
        close(second);
    }
    if (first >= 0)
        close(first);
}

void doctor_network(void)
{
    look_at_ipv6();
    look_at_localhost();
    look_at_reuseport();
}
