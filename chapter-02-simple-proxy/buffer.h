#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>
#include <sys/types.h>

/* buffer: bytes that have been received and not yet been sent on.
 *
 *        0        begin           end         capacity
 *        |  sent    |  what we hold |   free     |
 *
 * Bytes come in at `end` and leave at `begin`. When it is empty both go back to
 * 0, so most of the time nothing is ever moved; only when the end is reached
 * while there is room at the front, the bytes are moved down.
 * The memory is the caller's and must outlive the buffer. Nothing here blocks
 * if the descriptor does not. */

struct buffer {
    char *data;
    size_t capacity;
    size_t begin, end; /* 0 <= begin <= end <= capacity */
};

void buffer_init(struct buffer *b, char *memory, size_t capacity);

static inline size_t buffer_size(const struct buffer *b)
{
    return b->end - b->begin;
}

/* How many more bytes it can take. None, too, when somebody with more memory
 * than that has put in more than it could take. */
static inline size_t buffer_room(const struct buffer *b)
{
    return buffer_size(b) < b->capacity ? b->capacity - buffer_size(b) : 0;
}

/* The first byte it holds. Every call that adds bytes may move them. */
static inline char *buffer_at(const struct buffer *b)
{
    return b->data + b->begin;
}

/* Adds all the bytes: 0, or -1 if they do not fit (then nothing is added). */
int buffer_append(struct buffer *b, const void *bytes, size_t len);

/* Adds len bytes that the caller writes at once: where they go, or NULL if they
 * do not fit (then nothing is added). */
char *buffer_extend(struct buffer *b, size_t len);

/* Makes all the room there is lie behind `end`. */
void buffer_compact(struct buffer *b);

/* Drops the first n bytes; n <= buffer_size(). */
void buffer_consume(struct buffer *b, size_t n);

/* One recv(2) of as much as there is room for (there must be some): the number
 * of bytes, 0 at the end of the stream, -1 and errno. EINTR is retried. */
ssize_t buffer_receive(struct buffer *b, int fd);

/* One send(2) of the first n bytes; drops what was taken. -1 and errno, EINTR
 * is retried. n <= buffer_size(). */
ssize_t buffer_send(struct buffer *b, int fd, size_t n);

#endif
