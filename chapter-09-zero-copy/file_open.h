#ifndef FILE_OPEN_H
#define FILE_OPEN_H

#include "file_path.h"

#include <sys/stat.h>

/* file_open: a file below a directory, and never one outside it.
 *
 * The name is walked segment by segment, each opened relative to the directory
 * before it and never through a symbolic link: there is no moment between a check
 * and its use. Symbolic links count as not there, wherever they point to (the
 * directory itself may be reached by one). What is no regular file is refused; a
 * FIFO without a writer does not stop us. Sources: open(2), openat(2). */

#define FILE_INDEX "index.html" /* what a directory answers with */

struct file_root {
    int fd; /* of the directory */
};

/* 0, or -1 and errno. */
int file_root_open(struct file_root *root, const char *directory);
void file_root_close(struct file_root *root);

struct found_file {
    int fd; /* the caller's; does not block */
    struct stat stat;
    int is_index; /* FILE_INDEX of the directory that was asked for */
};

/* 200 and the file; or 301 (a directory: ask with a slash), 403, 404, 500, 503
 * (no descriptor or memory is left). */
int file_open(const struct file_root *root, const struct file_path *path,
              struct found_file *out);

#endif
