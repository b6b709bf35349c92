#ifndef GUESTS_H
#define GUESTS_H

/* guests: clients of the chat. */

#include "expect.h"
#include "program.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static inline struct program *start_chat(void)
{
    return program_start(lab_program("chat_server"), "0", NULL);
}

static inline void expect_hears(int number, int fd, const char *text)
{
    expect_receive(about("what client %d hears", number), fd, text,
                   strlen(text));
}

/* Clients 1 to `count`, each of which has heard of those behind it. */
static inline void join(struct program *p, int *fds, int count)
{
    for (int i = 0; i < count; i++) {
        char text[32];

        fds[i] = wire_connect(program_port(p));
        snprintf(text, sizeof text, "* %d joined\n", i + 1);
        for (int k = 0; k < i; k++)
            expect_hears(k + 1, fds[k], text);
    }
}

static inline void end_chat(struct program *p, int *fds, int count)
{
    for (int i = 0; i < count; i++)
        wire_close(fds[i]);
    program_stop(p);
}

#endif
