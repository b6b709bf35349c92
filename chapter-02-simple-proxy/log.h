#ifndef LOG_H
#define LOG_H

/* log: one line for the person who runs the program.
 *
 * What a program has to say goes to standard output, what went wrong to
 * standard error, each as one whole line in one write(2): the lines of several
 * processes on one terminal or in one file do not tear. A line that is longer
 * than LOG_LINE_MAX is cut. Both add the newline. */

#define LOG_LINE_MAX 1024

#if defined(__GNUC__)
#define LOG_PRINTF(f, a) __attribute__((__format__(__printf__, f, a)))
#else
#define LOG_PRINTF(f, a)
#endif

void log_line(const char *format, ...) LOG_PRINTF(1, 2);

/* "PROGRAM: what was tried: reason" */
void log_error(const char *program, const char *format, ...) LOG_PRINTF(2, 3);

#endif
