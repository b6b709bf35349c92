#include "ports.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text.h"

enum { FIRST = 7100, BEHIND = 8000, DIGITS = 4 };

/* Where the next whole number of four digits begins, at or behind `from`; -1 if
 * there is none. */
static long next_number(const char *text, long from)
{
    long len;

    for (; text[from] != '\0'; from += len > 0 ? len : 1) {
        len = (long)strspn(text + from, "0123456789");
        if (len == DIGITS)
            return from;
    }
    return -1;
}

static int value_of(const char *digits)
{
    char number[DIGITS + 1] = "";

    memcpy(number, digits, DIGITS);
    return (int)strtol(number, NULL, 10);
}

static void write_value(char *digits, int value)
{
    char number[12];

    text_put(number, sizeof number, "%04d", value);
    memcpy(digits, number, DIGITS);
}

static int bind4(int type, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int fd = socket(AF_INET, type, 0), on = 1;

    if (fd >= 0 && type == SOCK_STREAM) /* as servers do */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    a.sin_port = htons((uint16_t)port);
    a.sin_addr.s_addr = htonl(INADDR_ANY);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Whether a server could listen on the port of [::]; a machine without IPv6
 * takes nothing from it. */
static int free_on_ipv6(int port)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6};
    int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1, result;

    if (fd < 0)
        return 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    a.sin6_port = htons((uint16_t)port);
    a.sin6_addr = in6addr_any;
    result = bind(fd, (struct sockaddr *)&a, sizeof a);
    if (result < 0 && errno == EADDRNOTAVAIL)
        result = 0;
    close(fd);
    return result == 0;
}

/* Whether a server can listen on all interfaces. */
static int is_free(int port)
{
    int tcp = bind4(SOCK_STREAM, port);

    if (tcp < 0)
        return 0;
    close(tcp);
    return free_on_ipv6(port);
}

static int all_free(int base)
{
    int i = 0;

    while (i < PORTS_MAX && is_free(base + i))
        i++;
    return i == PORTS_MAX;
}

int ports_choose(struct ports *p)
{
    for (int base = FIRST; base + PORTS_MAX <= BEHIND; base += PORTS_MAX) {
        if ((p->guard = bind4(SOCK_DGRAM, base)) < 0)
            continue;
        fcntl(p->guard, F_SETFD, FD_CLOEXEC);
        p->base = base;
        if (all_free(base))
            return 0;
        close(p->guard);
    }
    p->base = 0;
    return -1;
}

void ports_release(struct ports *p)
{
    if (p->base > 0)
        close(p->guard);
    p->base = 0;
}

/* The place of a number of the README among the ports, or -1. */
static int place_of(int shown)
{
    if (shown >= 8080 && shown <= 8099)
        return shown - 8080;
    return shown >= 9001 && shown <= 9099 ? shown - 9001 + 20 : -1;
}

void ports_note(struct ports *p, const char *text)
{
    for (long at = 0; (at = next_number(text, at)) >= 0; at += DIGITS) {
        int place = place_of(value_of(text + at));

        if (place >= 0)
            p->used[place] = 1;
    }
}

void ports_to_real(const struct ports *p, char *text)
{
    for (long at = 0; (at = next_number(text, at)) >= 0; at += DIGITS) {
        int place = place_of(value_of(text + at));

        if (place >= 0)
            write_value(text + at, p->base + place);
    }
}

void ports_to_shown(const struct ports *p, char *text)
{
    for (long at = 0; (at = next_number(text, at)) >= 0; at += DIGITS) {
        int place = value_of(text + at) - p->base;

        if (place >= 0 && place < PORTS_MAX && p->used[place])
            write_value(text + at, place < 20 ? 8080 + place
                                              : 9001 + place - 20);
    }
}
