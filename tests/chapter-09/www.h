#ifndef WWW_H
#define WWW_H

/* www: a directory with files for the time of a test. Include it after fixture.h.
 *
 * Each name is remembered and removed by www_close(), the last one first. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "stream.h"

#define WWW_NAMES    64
#define WWW_NAME_MAX 600

static struct {
    char directory[64];
    char made[WWW_NAMES][WWW_NAME_MAX];
    int count;
} www;

/* The whole name of something in the directory. */
static inline const char *www_name(const char *name)
{
    static char whole[WWW_NAME_MAX];

    snprintf(whole, sizeof whole, "%s/%s", www.directory, name);
    return whole;
}

static inline const char *www_remember(const char *name)
{
    char *made = www.made[www.count++];

    assert_true(www.count <= WWW_NAMES);
    strcpy(made, www_name(name));
    return made;
}

static inline void www_open(void)
{
    strcpy(www.directory, "/tmp/www.XXXXXX");
    www.count = 0;
    if (mkdtemp(www.directory) == NULL)
        failure("no directory %s", www.directory);
}

static inline void www_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(www_remember(name), "w");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static inline void www_text(const char *name, const char *text)
{
    www_file(name, text, strlen(text));
}

/* A file with so many bytes of the stream. */
static inline void www_stream(const char *name, size_t len)
{
    unsigned char *stream = stream_make(len);

    www_file(name, stream, len);
    free(stream);
}

static inline void www_directory(const char *name)
{
    assert_int_equal(mkdir(www_remember(name), 0755), 0);
}

static inline void www_link(const char *name, const char *to)
{
    assert_int_equal(symlink(to, www_remember(name)), 0);
}

static inline void www_fifo(const char *name)
{
    assert_int_equal(mkfifo(www_remember(name), 0644), 0);
}

static inline void www_close(void)
{
    while (www.count > 0)
        remove(www.made[--www.count]);
    if (rmdir(www.directory) != 0)
        failure("%s is not empty", www.directory);
}

#endif
