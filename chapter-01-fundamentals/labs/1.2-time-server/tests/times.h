#ifndef TIMES_H
#define TIMES_H

/* times: the server of this lab, and what it says. */

#include "expect.h"
#include "program.h"
#include "wire.h"

#include <string.h>

#define TIME_LEN 21 /* "2026-02-03T04:05:06Z\n" */

static inline struct program *start_server(void)
{
    return program_start(lab_program("time_server"), "0", NULL);
}

/* The line that comes, with every digit as '0' in `form`. */
static inline void receive_line(int fd, char line[TIME_LEN + 1],
                                char form[TIME_LEN + 1])
{
    wire_receive(fd, line, TIME_LEN);
    line[TIME_LEN] = '\0';
    for (int i = 0; i <= TIME_LEN; i++)
        form[i] = line[i] >= '0' && line[i] <= '9' ? '0' : line[i];
}

/* A line of the right form, and the end. */
static inline void expect_line(int fd, char line[TIME_LEN + 1])
{
    char form[TIME_LEN + 1];

    receive_line(fd, line, form);
    expect_text("the line, with every digit as 0", form,
                "0000-00-00T00:00:00Z\n");
    wire_expect_end(fd);
}

#endif
