#ifndef SPLICE_RIG_H
#define SPLICE_RIG_H

/* splice_rig: a channel that splices, both its ends, and a hand in the system
 * calls between them.
 *
 * splice(2) and pipe2(2) are defined here, so the modules under test call these:
 * they do what the system does, unless a test says that they fail. The suite must
 * define _GNU_SOURCE and include fixture.h first. Where the system does not splice
 * (ZERO_COPY=portable), everything is copied, and `spliced_or_copied` says so. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../chapter-04/channel_ends.h"
#include "mover_splice.h"
#include "zero_copy_system.h"

static struct splicer splicer;
static struct bulk bulk;

static struct {
    int fill_error, empty_error, pipe_error; /* errno values; 0: as it comes */
    int fills, empties;
} calls;

#if defined(__linux__)
#include <sys/syscall.h>

static int is_pipe(int fd)
{
    return lseek(fd, 0, SEEK_CUR) < 0 && errno == ESPIPE &&
           fcntl(fd, F_GETPIPE_SZ) > 0;
}

ssize_t splice(int from, loff_t *from_offset, int to, loff_t *to_offset,
               size_t len, unsigned flags)
{
    int filling = is_pipe(to);
    int error = filling ? calls.fill_error : calls.empty_error;

    calls.fills += filling;
    calls.empties += !filling;
    if (error != 0) {
        errno = error;
        return -1;
    }
    return syscall(SYS_splice, from, from_offset, to, to_offset, len, flags);
}

int pipe2(int ends[2], int flags)
{
    if (calls.pipe_error == 0)
        return (int)syscall(SYS_pipe2, ends, flags);
    errno = calls.pipe_error;
    return -1;
}
#endif

/* Whether this build can splice at all. */
static inline int can_splice(void)
{
    return strcmp(zero_copy_system, "linux") == 0;
}

/* Bodies of at least `min` bytes are spliced, the others go through CAPACITY. */
static inline void open_splicing(uint64_t min)
{
    memset(&calls, 0, sizeof calls);
    open_channel(CAPACITY);
    bulk_init(&bulk);
    splicer_init(&splicer, min, &bulk);
    c.mover = &splicer.mover;
}

static inline void close_splicing(void)
{
    close_channel();
    splicer_close(&splicer);
    bulk_close(&bulk);
    assert_int_equal(splicer.pipes + bulk.lent, 0);
}

/* Pumps as long as anything moves; what it says then. */
static inline enum moved pump_on(void)
{
    enum moved moved;

    for (int i = 0; i < 10000; i++)
        if ((moved = pump()) != MOVED)
            return moved;
    failure("it moves without an end");
}

/* A letter for each place in the stream, so that order is seen. */
static inline char *letters(size_t len)
{
    static char text[4096];

    assert_true(len < sizeof text);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + (i + i / 26) % 26);
    text[len] = '\0';
    return text;
}

/* Nothing of what was spliced, or all: the build decides. */
static inline void expect_spliced(uint64_t bytes)
{
    assert_true(splicer.spliced == (can_splice() ? bytes : 0));
}

#endif
