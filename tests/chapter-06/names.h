#ifndef NAMES_H
#define NAMES_H

/* names: a resolver that knows what the test tells it, in place of the system's
 * getaddrinfo(3): the program's own definition comes before the library's. So a
 * name has the addresses that a test wants, and nobody is asked. */

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NAMES_MAX 4

static struct {
    int error; /* what it answers, if not 0 */
    int count;
    struct addrinfo info[NAMES_MAX];
    struct sockaddr_in at[NAMES_MAX];
} names;

static inline void names_forget(int error)
{
    memset(&names, 0, sizeof names);
    names.error = error;
}

/* The name has one more address: this port of 127.0.0.1, as the next one. With a
 * length that is too short for it, connect(2) fails at once, with EINVAL. */
static inline void names_add(int port, int is_bad)
{
    struct addrinfo *info = &names.info[names.count];
    struct sockaddr_in *at = &names.at[names.count];

    at->sin_family = AF_INET;
    at->sin_port = htons((uint16_t)port);
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    info->ai_family = AF_INET;
    info->ai_addr = (struct sockaddr *)at;
    info->ai_addrlen = is_bad ? sizeof at->sin_family + 1 : sizeof *at;
    if (names.count > 0)
        names.info[names.count - 1].ai_next = info;
    names.count++;
}

int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints,
                struct addrinfo **restrict found)
{
    (void)host;
    (void)service;
    (void)hints;
    *found = names.count > 0 ? names.info : NULL;
    return names.error;
}

void freeaddrinfo(struct addrinfo *found)
{
    (void)found;
}

#endif
