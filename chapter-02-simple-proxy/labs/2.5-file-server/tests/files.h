#ifndef FILES_H
#define FILES_H

#include "slice.h"

#include <stddef.h>

/* files: which file a request means, and what is in it. Pure: nothing is opened. */

#define FILES_PATH_MAX 1024 /* bytes of a path, its NUL included */

/* Makes of the path of a request ("/a/b%20c?x") one that is relative to the
 * directory of the server ("a/b c"): what stands behind '?' is dropped, %XX
 * decoded, and then segments that are empty or "." are left out. If nothing or
 * a '/' is at the end, "index.html" is added. 0, or the status to answer with:
 *   400  a '%' without two hexadecimal digits, or a byte 0
 *   404  a segment is "..", or the path is too long */
int files_path(struct slice request, char out[FILES_PATH_MAX]);

/* By the end of the name, in either case: .html .css .js .txt .png .jpg .json;
 * application/octet-stream for all others. */
const char *files_type(const char *path);

#endif
