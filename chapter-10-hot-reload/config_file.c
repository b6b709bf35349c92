#include "config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#define MODIFIED st_mtimespec
#else
#define MODIFIED st_mtim /* POSIX.1-2008 */
#endif

static void take_stamp(const struct stat *s, struct config_stamp *out)
{
    memset(out, 0, sizeof *out);
    out->exists = 1;
    out->device = s->st_dev;
    out->inode = s->st_ino;
    out->size = s->st_size;
    out->modified = s->MODIFIED;
}

void config_stamp(const char *path, struct config_stamp *out)
{
    struct stat s;

    if (stat(path, &s) == 0)
        take_stamp(&s, out);
    else
        memset(out, 0, sizeof *out);
}

int config_stamp_equal(const struct config_stamp *a,
                       const struct config_stamp *b)
{
    return a->exists == b->exists && a->device == b->device &&
           a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

/* Up to the end, or one byte more than there may be. 0, or -1 and errno. */
static int read_up_to(int fd, char *text, size_t room, size_t *len)
{
    ssize_t n;

    *len = 0;
    do {
        n = read(fd, text + *len, room - *len);
        if (n > 0)
            *len += (size_t)n;
    } while ((n > 0 && *len < room) || (n < 0 && errno == EINTR));
    return n < 0 ? -1 : 0;
}

static const char *read_whole(int fd, size_t max, char **text, size_t *len)
{
    const char *why = NULL;

    *text = malloc(max + 1);
    if (*text == NULL)
        return strerror(ENOMEM);
    if (read_up_to(fd, *text, max + 1, len) != 0)
        why = strerror(errno);
    else if (*len > max)
        why = strerror(EFBIG);
    if (why != NULL)
        free(*text);
    return why;
}

const char *config_file_read(const char *path, size_t max, char **text,
                             size_t *len, struct config_stamp *stamp)
{
    /* Without O_NONBLOCK opening a FIFO waits for a writer, for ever. */
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const char *why;
    struct stat s;
    int fd;

    config_stamp(path, stamp);
    fd = open(path, flags);
    if (fd < 0)
        return strerror(errno);
    if (fstat(fd, &s) != 0) {
        why = strerror(errno);
    } else {
        take_stamp(&s, stamp);
        why = S_ISREG(s.st_mode) ? read_whole(fd, max, text, len)
                                 : "not a regular file";
    }
    close(fd);
    return why;
}
