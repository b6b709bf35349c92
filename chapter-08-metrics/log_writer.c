#include "log_writer.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So many bytes a pipe that is writable takes without waiting (pipe(7)). */
#if defined(PIPE_BUF)
#define PIECE PIPE_BUF
#else
#define PIECE 512
#endif

/* ---- trouble ------------------------------------------------------------ */

static void begin_trouble(struct log_writer *w, const char *why)
{
    if (w->troubled)
        return;
    log_error(w->program, "access log %s: %s", w->path, why);
    w->troubled = 1;
    w->lost_before = w->lost;
}

static void end_trouble(struct log_writer *w)
{
    if (w->troubled)
        log_error(w->program, "access log %s: goes on, %" PRIu64 " lines lost",
                  w->path, w->lost - w->lost_before);
    w->troubled = 0;
}

/* ---- the file ----------------------------------------------------------- */

/* The descriptor, or -1 and errno. It never waits for a FIFO's reader: without
 * one, that is ENXIO. */
static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC,
                0644);
}

static void use(struct log_writer *w, int fd)
{
    struct stat st;

    if (w->fd >= 0)
        close(w->fd);
    w->fd = fd;
    w->is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    w->refusing = 0;
}

/* Standard output may be somebody else's, too, so we can't make it non-blocking:
 * it is asked first, and given no more than it is sure to take. */
static int takes_something(const struct log_writer *w)
{
    struct pollfd on = {w->fd, POLLOUT, 0};

    return w->is_file || poll(&on, 1, 0) > 0;
}

/* One write(2). How many bytes went; 0 if none can at the moment; -1, errno. */
static ssize_t write_some(const struct log_writer *w, const char *at,
                          size_t len)
{
    ssize_t n;

    if (!takes_something(w))
        return 0;
    if (!w->is_file && len > PIECE)
        len = PIECE;
    do
        n = write(w->fd, at, len);
    while (n < 0 && errno == EINTR);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : n;
}

/* ---- the buffer --------------------------------------------------------- */

static void ring_in(struct log_writer *w, int ms)
{
    w->watch.set_timer(w->watch.loop, &w->timer,
                       *w->watch.now_ms + (uint64_t)ms);
}

/* Writes until all has gone or nothing goes; returns how much went. */
static size_t write_out(struct log_writer *w)
{
    size_t gone = 0;
    ssize_t n = 1;

    while (gone < w->len && n > 0) {
        n = write_some(w, w->buffer + gone, w->len - gone);
        if (n > 0)
            gone += (size_t)n;
    }
    w->failing = n < 0;
    if (n < 0)
        begin_trouble(w, strerror(errno));
    else if (gone == w->len)
        end_trouble(w);
    return gone;
}

/* Whether there is somebody to write to: a FIFO may have got a reader. */
static int is_open(struct log_writer *w)
{
    int fd = w->fd < 0 ? open_path(w->path) : w->fd;

    w->failing = fd < 0;
    if (fd < 0)
        begin_trouble(w, strerror(errno));
    else if (w->fd < 0)
        use(w, fd);
    return fd >= 0;
}

void log_writer_flush(struct log_writer *w)
{
    size_t gone;

    if (w->len == 0)
        return;
    gone = is_open(w) ? write_out(w) : 0;
    w->len -= gone;
    memmove(w->buffer, w->buffer + gone, w->len);
    w->refusing = w->len > 0;
    if (w->len > 0)
        ring_in(w, w->failing ? LOG_WRITER_FLUSH_MS : LOG_WRITER_RETRY_MS);
    else
        w->watch.set_timer(w->watch.loop, &w->timer, CLOCK_NEVER);
}

void log_writer_put(struct log_writer *w, const char *line, size_t len)
{
    if (w->len + len > LOG_WRITER_BUFFER) {
        begin_trouble(w, "whoever reads it is too slow");
        w->lost++;
        return;
    }
    if (w->len == 0)
        ring_in(w, LOG_WRITER_FLUSH_MS);
    memcpy(w->buffer + w->len, line, len);
    w->len += len;
    if (w->len >= LOG_WRITER_BUFFER / 2 && !w->refusing)
        log_writer_flush(w);
}

/* ---- opening and closing ------------------------------------------------ */

static void time_is_up(void *owner)
{
    log_writer_flush(owner);
}

int log_writer_open(struct log_writer *w, const char *program,
                    const char *path, struct watch watch)
{
    int fd = open_path(path);

    w->program = program;
    w->path = path;
    w->watch = watch;
    w->fd = -1;
    if (fd < 0 && errno != ENXIO) {
        log_error(program, "access log %s: %s", path, strerror(errno));
        return -1;
    }
    if (fd >= 0)
        use(w, fd);
    timer_init(&w->timer, time_is_up, w);
    w->buffer = malloc(LOG_WRITER_BUFFER);
    if (w->buffer != NULL)
        return 0;
    log_error(program, "access log: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

void log_writer_reopen(struct log_writer *w)
{
    int fd;

    log_writer_flush(w);
    fd = open_path(w->path);
    if (fd >= 0)
        use(w, fd);
    else
        log_error(w->program, "access log %s: %s", w->path, strerror(errno));
}

void log_writer_close(struct log_writer *w)
{
    if (w->buffer == NULL)
        return;
    log_writer_flush(w);
    w->watch.set_timer(w->watch.loop, &w->timer, CLOCK_NEVER);
    if (w->fd >= 0)
        close(w->fd);
    free(w->buffer);
    w->buffer = NULL;
}
