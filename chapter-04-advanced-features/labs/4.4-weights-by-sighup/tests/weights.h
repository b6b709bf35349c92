#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "backend.h"

/* weights: the backends' weights from a file, all of them or none.
 *
 * A line is "HOST:PORT WEIGHT", with one or more spaces or tabs between; empty
 * lines and those that begin with '#' do not count. The last line may lack its
 * newline. Backends that are not named keep their weight. Names are those of
 * struct backend. */

#define WEIGHTS_LINE  512 /* bytes of a line at most, with its newline */
#define WEIGHTS_ERROR 256

/* 0: the weights are set, and every current_weight is 0: what was saved up there
 * was in the old ones. Or -1: nothing has changed, and what is wrong is in
 * `error`, with the number of the line:
 *
 *     2: no such backend: 127.0.0.1:9009
 *     1: a weight is 1 to 1000
 *     2: named twice: 127.0.0.1:9001
 *     7: line too long
 *
 * or, if the file cannot be read, strerror(errno) alone. */
int weights_load(const char *path, struct backend_set *set,
                 char error[WEIGHTS_ERROR]);

#endif
