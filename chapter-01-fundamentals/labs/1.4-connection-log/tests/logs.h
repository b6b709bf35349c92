#ifndef LOGS_H
#define LOGS_H

/* logs: the server of this lab, and what stands in its file. */

#include "deadline.h"
#include "expect.h"
#include "program.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

#define LOG "clients.log" /* each test has a directory of its own */

static inline struct program *start_server(const char *file)
{
    return program_start(lab_program("logging_server"), "0", file, NULL);
}

/* All of the file, "" if there is none. Valid until the next call. */
static inline const char *log_text(void)
{
    static char text[16384];
    FILE *f = fopen(LOG, "r");
    size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;

    if (f != NULL)
        fclose(f);
    text[n] = '\0';
    return text;
}

/* Waits for a line that ends like this, and returns what stands before the end of
 * that line; "found nothing" fails the test. */
static inline const char *log_expect(const char *what, const char *end)
{
    deadline_t deadline = deadline_in(3000);
    const char *at;

    while ((at = strstr(log_text(), end)) == NULL && deadline_pause(deadline))
        ;
    if (at == NULL)
        expect_text(about("%s (found nothing like it in 3 s): the file", what),
                    log_text(), end);
    return at;
}

/* A client that says hello, gets it back, and is seen in the log. */
static inline int connect_and_talk(struct program *p)
{
    int fd = wire_connect(program_port(p));

    wire_send_text(fd, "hello\n");
    expect_receive("the echo of hello", fd, "hello\n", 6);
    return fd;
}

static inline void leave(int fd)
{
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
}

#endif
