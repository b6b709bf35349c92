#include "idle_pool.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void idle_pool_init(struct idle_pool *p, int max, uint64_t ttl_ms)
{
    p->max = max;
    p->ttl_ms = ttl_ms;
    p->count = 0;
}

/* Takes the i-th out and closes the gap. Returns its descriptor. */
static int take_out(struct idle_pool *p, int i)
{
    int fd = p->conn[i].fd;

    p->count--;
    memmove(&p->conn[i], &p->conn[i + 1],
            (size_t)(p->count - i) * sizeof *p->conn);
    return fd;
}

static void close_one(struct idle_pool *p, int i)
{
    close(take_out(p, i));
}

static int is_too_old(const struct idle_pool *p, const struct idle_conn *c,
                      uint64_t now_ms)
{
    return now_ms - c->since_ms >= p->ttl_ms;
}

/* Neither a byte nor an end has come, nor an error. */
static int is_silent(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

int idle_pool_take(struct idle_pool *p, int backend, uint64_t now_ms)
{
    for (int i = p->count - 1; i >= 0; i--) {
        const struct idle_conn *c = &p->conn[i];

        if (c->backend != backend)
            continue;
        if (!is_too_old(p, c, now_ms) && is_silent(c->fd))
            return take_out(p, i);
        close_one(p, i);
    }
    return -1;
}

void idle_pool_give(struct idle_pool *p, int backend, int fd, int healthy,
                    uint64_t now_ms)
{
    if (!healthy || p->max == 0) {
        close(fd);
        return;
    }
    if (p->count == p->max)
        close_one(p, 0);
    p->conn[p->count++] = (struct idle_conn){fd, backend, now_ms};
}

/* The oldest stand in front: the first that is young enough ends it. */
int idle_pool_expire(struct idle_pool *p, uint64_t now_ms)
{
    int closed = 0;

    while (p->count > 0 && is_too_old(p, &p->conn[0], now_ms)) {
        close_one(p, 0);
        closed++;
    }
    return closed;
}

int idle_pool_evict(struct idle_pool *p, int backend)
{
    int before = p->count;

    for (int i = p->count - 1; i >= 0; i--)
        if (p->conn[i].backend == backend)
            close_one(p, i);
    return before - p->count;
}

void idle_pool_close(struct idle_pool *p)
{
    while (p->count > 0)
        close_one(p, p->count - 1);
}
