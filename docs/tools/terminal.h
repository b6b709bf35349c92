#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/types.h>

#include "text.h"

/* terminal: shells on pseudo-terminals, as a reader would have them open.
 *
 * Each has a /bin/sh with job control. Programs see a terminal: their output
 * comes in the order and at the time that a reader sees it, ^C reaches what
 * runs in the foreground and nothing else. What is typed is not echoed. The
 * commands reach the shell by a pipe, so that no program can read them; its
 * prompt comes with the output, behind all that the command printed. */

enum { TERMINALS = 9 }; /* at most; they are numbered from 1 in a README */

struct terminal {
    pid_t shell;       /* 0: not open; leads a session of its own */
    int master, slave; /* slave: held open, so that no output is lost */
    int commands;      /* pipe to the shell */
    struct text out;   /* all that was printed, without the prompts */
    int at_prompt;     /* the last command has ended ... */
    size_t prompt_at;  /* ... and `out` was so long then ... */
    int status;        /* ... and this was its exit status */
    int reading_prompt;
    int interrupted; /* ^C was typed since the last command */
    int has_begun;   /* the first prompt has come; all before is forgotten */
    int gone;        /* the shell itself has ended */
};

/* Opens a terminal in a directory. Returns 0, or -1 and errno. */
int terminal_open(struct terminal *t, const char *directory,
                  char *const environment[]);

/* Gives the shell a command (may be several lines). Returns 0, or -1. */
int terminal_command(struct terminal *t, const char *command);

/* Types into what runs in the foreground. Returns 0, or -1. */
int terminal_type(struct terminal *t, const char *keys);
int terminal_is_busy(const struct terminal *t); /* something runs there */

/* Whether the shell itself has ended (it was told to `exit`). */
int terminal_is_gone(struct terminal *t);

/* Waits at most so many milliseconds for output of any of them and takes it. */
void terminals_read(struct terminal *all, int count, int ms);

/* Kills everything that was started in them, also in the background, waits for
 * its end, and closes them. */
void terminals_end(struct terminal *all, int count);

#endif
