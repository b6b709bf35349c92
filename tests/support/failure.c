#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "failure.h"

void failure(const char *format, ...)
{
    va_list arguments;

    fputs("ERROR: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(stderr);
    fail();
    abort(); /* fail() jumps; the compiler does not know */
}

/* One byte as it stands in C text: at most four characters. */
static int escape_byte(unsigned char c, char out[5])
{
    static const char special[] = "\r\n\t\\\"", letters[] = "rnt\\\"";
    const char *at = c != '\0' ? strchr(special, c) : NULL;

    if (at != NULL)
        return snprintf(out, 5, "\\%c", letters[at - special]);
    if (c < ' ' || c > '~')
        return snprintf(out, 5, "\\x%02x", c);
    return snprintf(out, 5, "%c", c);
}

const char *escaped(const void *data, size_t len, char *out, size_t size)
{
    const unsigned char *bytes = data;
    size_t n = 0;
    const char *end = "\"";

    out[n++] = '"';
    for (size_t i = 0; i < len; i++) {
        char one[5];
        int k = escape_byte(bytes[i], one);

        if (n + (size_t)k + sizeof "...\"" > size) {
            end = "...\"";
            break;
        }
        memcpy(out + n, one, (size_t)k);
        n += (size_t)k;
    }
    snprintf(out + n, size - n, "%s", end);
    return out;
}
