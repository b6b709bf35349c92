#include "buffer.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

void buffer_init(struct buffer *b, char *memory, size_t capacity)
{
    b->data = memory;
    b->capacity = capacity;
    b->begin = b->end = 0;
}

void buffer_compact(struct buffer *b)
{
    if (b->begin == 0)
        return;
    memmove(b->data, buffer_at(b), buffer_size(b));
    b->end -= b->begin;
    b->begin = 0;
}

char *buffer_extend(struct buffer *b, size_t len)
{
    if (len > buffer_room(b))
        return NULL;
    if (b->end + len > b->capacity)
        buffer_compact(b);
    b->end += len;
    return b->data + b->end - len;
}

int buffer_append(struct buffer *b, const void *bytes, size_t len)
{
    char *at = buffer_extend(b, len);

    if (at == NULL)
        return -1;
    memcpy(at, bytes, len);
    return 0;
}

void buffer_consume(struct buffer *b, size_t n)
{
    assert(n <= buffer_size(b));
    b->begin += n;
    if (b->begin == b->end)
        b->begin = b->end = 0;
}

ssize_t buffer_receive(struct buffer *b, int fd)
{
    ssize_t n;

    assert(buffer_room(b) > 0); /* or recv() would say 0: "end of stream" */
    if (b->end >= b->capacity)
        buffer_compact(b);
    do
        n = recv(fd, b->data + b->end, b->capacity - b->end, 0);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        b->end += (size_t)n;
    return n;
}

ssize_t buffer_send(struct buffer *b, int fd, size_t n)
{
    ssize_t sent;

    assert(n <= buffer_size(b));
    do
        sent = send(fd, buffer_at(b), n, 0);
    while (sent < 0 && errno == EINTR);
    if (sent > 0)
        buffer_consume(b, (size_t)sent);
    return sent;
}
