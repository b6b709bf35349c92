#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Adds to the line of `used` bytes; returns its new length. */
static size_t add(char *line, size_t used, const char *format, va_list args)
    LOG_PRINTF(3, 0);

static size_t add(char *line, size_t used, const char *format, va_list args)
{
    int n = vsnprintf(line + used, LOG_LINE_MAX - used, format, args);

    if (n < 0)
        return used;
    return (size_t)n < LOG_LINE_MAX - used ? used + (size_t)n
                                           : LOG_LINE_MAX - 1;
}

/* A log that cannot be written must not stop the traffic: the result of
 * write(2) is looked at only because the compiler wants us to. */
static void put(int fd, char *line, size_t len)
{
    line[len] = '\n';
    if (write(fd, line, len + 1) < 0)
        return;
}

void log_line(const char *format, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;
    size_t len;

    va_start(args, format);
    len = add(line, 0, format, args);
    va_end(args);
    put(STDOUT_FILENO, line, len);
}

void log_error(const char *program, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;
    int n = snprintf(line, sizeof line, "%s: ", program);
    size_t len = n > 0 && (size_t)n < sizeof line ? (size_t)n : 0;

    va_start(args, format);
    len = add(line, len, format, args);
    va_end(args);
    put(STDERR_FILENO, line, len);
}
