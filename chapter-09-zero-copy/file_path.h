#ifndef FILE_PATH_H
#define FILE_PATH_H

#include "slice.h"

/* file_path: which file a request asks for, as a name below a directory.
 *
 *     /a%20b/index.html?x=1   ->  a b/index.html
 *     /docs//                 ->  docs, a directory
 *
 * A pure function: escapes are decoded once, the query is dropped, empty segments
 * are skipped. What could mean another file to somebody else is refused, not
 * repaired: dot segments (a client resolves them before it asks: RFC 3986,
 * 5.2.4), encoded slashes, NUL. So no result begins with a slash or has a segment
 * "." or "..". */

#define FILE_PATH_MAX 4096

struct file_path {
    char name[FILE_PATH_MAX]; /* NUL-terminated; "" is the directory itself */
    int is_directory;         /* it ended in a slash */
};

/* `target` is what http_head.path says, or what follows a prefix of it. 0, or the
 * status to answer with: 400, or 404 for what is too long to be there. */
int file_path_decode(struct slice target, struct file_path *out);

#endif
