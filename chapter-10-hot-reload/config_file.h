#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* config_file: the bytes of a small file, and a way to see that it is another.
 *
 * A time of change alone misses much: two edits within one tick of it, a file
 * that is replaced by an older one (mv, cp -p). So all that stat(2) has to say
 * is compared. */

struct config_stamp {
    int exists; /* if not, the rest is 0 */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

/* What the file is like now. */
void config_stamp(const char *path, struct config_stamp *out);
int config_stamp_equal(const struct config_stamp *a,
                       const struct config_stamp *b);

/* Reads a regular file of at most `max` bytes, and never waits for it: a FIFO
 * is refused. The stamp is taken before the first byte is read, and also of a
 * file that can't be: what is written meanwhile makes another. Returns NULL,
 * and the bytes in *text are the caller's to free; or why not, in the words of
 * strerror(3). */
const char *config_file_read(const char *path, size_t max, char **text,
                             size_t *len, struct config_stamp *stamp);

#endif
