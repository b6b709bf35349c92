#ifndef ENGINE_FILES_H
#define ENGINE_FILES_H

#include "file_open.h"
#include "http_head.h"
#include "service.h"

/* engine_files: requests that are answered from a directory.
 *
 *            +------- the next request is there already ------+
 *            v                                                |
 *   idle -> READ_HEAD -> SEND ---- has left ----> (next?) ----+--> idle
 *                |         |                                  +--> linger
 *                |         +--> the end: the client left, reads nothing, or the
 *                |              file became shorter
 *                +--> linger: refused, bad, too slow
 *
 * GET and HEAD, by file_path (what is asked for), file_open (whether it is there),
 * file_answer (what is said of it) and mover_file (how it leaves). A request with a
 * body is answered, and its connection closed: nobody here would read the body. */

struct file_server {
    struct service service; /* first: sessions find us by it */
    struct file_root root;
};

/* For the sessions of a struct file_server's service. */
extern const struct engine engine_files;

/* For any engine: answers the head `h` from a directory. `target` is the part of
 * its path that is the file's (file_path.h). The answer's head, the file or a short
 * text are put into `down`, for the engine to move until channel_is_flushed(). If
 * `keeps` is not set, the answer says that the connection will be closed. 0; or -1
 * after having refused it, when linger does the rest. */
int files_answer(struct session *s, const struct file_root *root,
                 struct slice target, const struct http_head *h, int keeps);

#endif
