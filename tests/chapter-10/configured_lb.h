#ifndef CONFIGURED_LB_H
#define CONFIGURED_LB_H

/* configured_lb: lb with a configuration that the test writes, and backends that
 * the test plays. Include it after fixture.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "scratch_file.h"
#include "wire.h"

#define CONFIGURED_BACKENDS 4

struct configured_lb {
    struct scratch scratch;
    struct program *program;
    int port;
    int backends;
    int at[CONFIGURED_BACKENDS];   /* their listeners */
    int ports[CONFIGURED_BACKENDS];
};

/* So many listeners; configured_start() may then name their ports. */
static inline void configured_listen(struct configured_lb *lb, int backends)
{
    lb->backends = backends;
    for (int i = 0; i < backends; i++)
        lb->at[i] = wire_listen(&lb->ports[i]);
}

/* Starts it with {"listen_port": 0, ...}: the rest is given, as for printf. */
__attribute__((format(printf, 2, 3)))
static inline void configured_start(struct configured_lb *lb,
                                    const char *format, ...)
{
    char rest[4096], text[4200];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(rest, sizeof rest, format, args);
    va_end(args);
    assert_in_range(len, 0, sizeof rest - 1);
    len = snprintf(text, sizeof text, "{\"listen_port\": 0, %s}", rest);
    scratch_make(&lb->scratch);
    scratch_write(lb->scratch.file, text, (size_t)len);
    lb->program = program_start(LB_PART "/lb", "-c", lb->scratch.file, NULL);
    lb->port = program_port(lb->program);
}

static inline void configured_stop(struct configured_lb *lb)
{
    program_stop(lb->program);
    for (int i = 0; i < lb->backends; i++)
        wire_close(lb->at[i]);
    scratch_remove(&lb->scratch);
}

/* The head of the next request on a connection that has come: 1; 0, and it is
 * closed, if it is only a check (nothing comes on it). */
static inline int configured_is_request(int fd, char *head, size_t size)
{
    if (wire_receive_up_to(fd, head, 1) == 1) {
        wire_receive_until(fd, "\r\n\r\n", head + 1, size - 1);
        return 1;
    }
    wire_close(fd);
    return 0;
}

/* The next request that comes to a backend: its connection, and its head. */
static inline int configured_take(struct configured_lb *lb, int backend,
                                  char *head, size_t size)
{
    int fd;

    do
        fd = wire_accept(lb->at[backend]);
    while (!configured_is_request(fd, head, size));
    return fd;
}

#define CONFIGURED_GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define CONFIGURED_YES "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"

#endif
