#ifndef FAKE_RESOLVER_H
#define FAKE_RESOLVER_H

/* fake_resolver: getaddrinfo(3) and freeaddrinfo(3) in the hands of the test.
 * The linker takes these instead of the library's. Include it in one file of a
 * suite.
 *
 *   10.0.0.1   any address: itself
 *   many       three addresses, which come in another order each time
 *   fails      there is no answer now
 *   hangs      never answers
 *   dies       takes the process with it
 *   else       127.0.0.1 */

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fake_asked; /* so many times */
static int fake_fails; /* the name server is not there: nothing has an answer */

static inline struct addrinfo *fake_answer(const char *ip, int port,
                                           struct addrinfo *next)
{
    struct sockaddr_in *in;
    struct addrinfo *info = calloc(1, sizeof *info + sizeof *in);

    if (info == NULL)
        abort();
    in = (struct sockaddr_in *)(void *)(info + 1);
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, ip, &in->sin_addr) != 1)
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    info->ai_family = AF_INET;
    info->ai_socktype = SOCK_STREAM;
    info->ai_addr = (struct sockaddr *)in;
    info->ai_addrlen = sizeof *in;
    info->ai_next = next;
    return info;
}

static inline struct addrinfo *fake_many(int port)
{
    static const char *const ip[] = {"10.0.0.2", "10.0.0.3", "10.0.0.1"};
    struct addrinfo *list = NULL;

    for (int i = 0; i < 3; i++)
        list = fake_answer(ip[(fake_asked + i) % 3], port, list);
    return list;
}

int getaddrinfo(const char *host, const char *service,
                const struct addrinfo *hints, struct addrinfo **found)
{
    int port = atoi(service);

    (void)hints;
    fake_asked++;
    if (fake_fails || strcmp(host, "fails") == 0)
        return EAI_AGAIN;
    if (strcmp(host, "dies") == 0)
        _exit(7);
    while (strcmp(host, "hangs") == 0)
        pause();
    *found = strcmp(host, "many") == 0 ? fake_many(port)
                                       : fake_answer(host, port, NULL);
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;

        free(list);
        list = next;
    }
}

#endif
