#ifndef LOG_WRITER_H
#define LOG_WRITER_H

#include "watch.h"

#include <stddef.h>
#include <stdint.h>

/* log_writer: lines into a file, without ever waiting for it.
 *
 *   line --> [ buffer ] --> file, pipe, FIFO, standard output
 *              |    when it is half full, or a second old
 *              +--> lost, and counted, when there is no room
 *
 * A log is not worth a request: if the disk is full, the reader of a pipe slow or
 * gone, or a FIFO without one, lines stay in the buffer as long as they fit, and
 * the next ones are dropped, whole. That is said once, and when it is over, how
 * many were lost. (A file on a disk that hangs is beyond this: write(2) to a file
 * waits whatever its flags say. That takes a thread, or another process at the
 * end of a pipe.)
 *
 * The path is opened again by log_writer_reopen(), for programs that rotate logs:
 * they rename the file, then say so. Sources: open(2), fifo(7), pipe(7). */

#define LOG_WRITER_BUFFER   (256 * 1024)
#define LOG_WRITER_FLUSH_MS 1000 /* a line is at most so old when it is written */
#define LOG_WRITER_RETRY_MS 20   /* when a pipe was full */

struct log_writer {
    const char *program, *path; /* path "-": standard output */
    struct watch watch;
    struct timer timer; /* of the next flush; set while there is something */
    int fd;       /* -1: could not be opened, or is not open */
    int is_file;  /* a regular one: takes everything at once */
    int refusing; /* it took less than we had: no more before the timer */
    int failing;  /* ... since it can't: no disk, no reader */
    int troubled; /* lines are in danger, and that was said */
    uint64_t lost, lost_before; /* lines, and when the trouble began */
    char *buffer;
    size_t len;
};

/* Opens the path, appending, and makes it if it is not there. A FIFO without a
 * reader is tried again later. *w must be all zero; the strings must outlive it.
 * 0, or -1, said. */
int log_writer_open(struct log_writer *w, const char *program,
                    const char *path, struct watch watch);

/* Adds a line, which ends in a newline. */
void log_writer_put(struct log_writer *w, const char *line, size_t len);

/* Writes what can be written now. */
void log_writer_flush(struct log_writer *w);

/* Writes what it has and opens the path anew. If that fails, which is said, it
 * goes on with what is open. */
void log_writer_reopen(struct log_writer *w);

/* Writes what can still be written, and closes. Does nothing if it is not open. */
void log_writer_close(struct log_writer *w);

#endif
