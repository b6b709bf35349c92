#include <poll.h>
#include <stdlib.h>

#include "deadline.h"
#include "failure.h"
#include "stream.h"
#include "wire.h"

#define SLOW_BELOW  65536
#define NO_ROOM_MS  150 /* no room for so long: the other side does not read */

static unsigned char byte_at(size_t at)
{
    return (unsigned char)(at * 7 + (at >> 8) * 13 + (at >> 16) * 101);
}

static unsigned char *allocate(size_t len)
{
    unsigned char *bytes = malloc(len);

    if (bytes == NULL)
        failure("out of memory for %zu bytes", len);
    return bytes;
}

unsigned char *stream_make(size_t len)
{
    unsigned char *stream = allocate(len);

    for (size_t i = 0; i < len; i++)
        stream[i] = byte_at(i);
    return stream;
}

void stream_check(const void *data, size_t from, size_t len)
{
    const unsigned char *byte = data;

    for (size_t i = 0; i < len; i++)
        if (byte[i] != byte_at(from + i))
            failure("byte %zu of the stream is not what was sent", from + i);
}

void stream_receive(int fd, size_t from, size_t to, size_t piece)
{
    unsigned char *data = allocate(piece);

    while (from < to) {
        size_t n = to - from < piece ? to - from : piece;

        wire_receive(fd, data, n);
        stream_check(data, from, n);
        from += n;
        if (piece < SLOW_BELOW)
            deadline_pause(deadline_in(1));
    }
    free(data);
}

size_t stream_fill(int fd, const unsigned char *stream, size_t len)
{
    size_t sent = 0;

    do
        sent += wire_send_some(fd, stream + sent, len - sent);
    while (sent < len && deadline_poll(fd, POLLOUT, deadline_in(NO_ROOM_MS)));
    return sent;
}
