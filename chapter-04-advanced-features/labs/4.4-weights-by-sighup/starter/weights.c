#include "weights.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int weights_load(const char *path, struct backend_set *set,
                 char error[WEIGHTS_ERROR])
{
    char line[WEIGHTS_LINE + 1];
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        snprintf(error, WEIGHTS_ERROR, "%s", strerror(errno));
        return -1;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        /* YOUR CODE. This one reads the lines, and believes none. */
        (void)set;
    }
    fclose(file);
    return 0;
}
