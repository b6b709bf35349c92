#include "mover_file.h"

#include "zero_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct sent_file {
    int fd;
    off_t at;
    uint64_t left;
    const struct mover *before; /* the channel's own */
};

static size_t at_most(uint64_t n, size_t max)
{
    return n < max ? (size_t)n : max;
}

static void file_drop(struct channel *c)
{
    struct sent_file *f = c->held;

    c->mover = f->before;
    c->held = NULL;
    c->hidden = 0;
    close(f->fd);
    free(f);
    c->mover->drop(c);
}

/* One sendfile(). 1 if bytes left, 0 if not, -1 if out has failed. */
static int send_some(struct channel *c)
{
    struct sent_file *f = c->held;
    size_t wanted = at_most(f->left, MOVER_FILE_TURN);
    ssize_t n;

    if (!c->can_write || c->out < 0 || f->left == 0)
        return 0;
    n = zero_copy_file_to_socket(c->out, f->fd, &f->at, wanted);
    c->can_write = n == (ssize_t)wanted && f->left <= MOVER_FILE_TURN;
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
    if (n == 0) { /* it ends here by now */
        c->eof = c->broken = 1;
        f->left = 0;
    }
    f->left -= (uint64_t)n;
    c->total += (uint64_t)n;
    c->hidden = at_most(f->left, SIZE_MAX / 2);
    return n > 0;
}

/* The head first, then the file, then things are as they were before. */
static enum moved file_pump(struct channel *c)
{
    enum moved moved = c->cleared > 0 ? mover_copy.pump(c) : MOVED;

    if (moved == OUT_FAILED || c->cleared > 0)
        return moved;
    moved = channel_verdict(c, 0, send_some(c));
    if (c->hidden == 0)
        file_drop(c);
    return moved;
}

static const struct mover mover_file = {NULL, file_pump, file_drop};

int mover_file_begin(struct channel *c, int fd, uint64_t from, uint64_t length)
{
    struct sent_file *f = malloc(sizeof *f);

    if (f == NULL) {
        close(fd);
        return -1;
    }
    f->fd = fd;
    f->at = (off_t)from;
    f->left = length;
    f->before = c->mover;
    c->mover = &mover_file;
    c->held = f;
    c->hidden = at_most(length, SIZE_MAX / 2);
    return 0;
}
