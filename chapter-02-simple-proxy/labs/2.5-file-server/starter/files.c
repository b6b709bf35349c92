#include "files.h"

#include <string.h>

int files_path(struct slice request, char out[FILES_PATH_MAX])
{
    /* YOUR CODE: whoever asks for /../secret gets it. */
    if (request.len >= FILES_PATH_MAX)
        return 404;
    memcpy(out, request.at, request.len);
    out[request.len] = '\0';
    return 0;
}

const char *files_type(const char *path)
{
    /* YOUR CODE */
    (void)path;
    return "?";
}
