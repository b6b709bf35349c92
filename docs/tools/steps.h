#ifndef STEPS_H
#define STEPS_H

#include "markdown.h"

/* steps: what a reader does with the console blocks of a README, one by one.
 *
 * In a block ```console WORDS the lines are
 *     $ command        typed at the prompt; "> " lines directly below go on
 *     text⏎            typed into the program that runs in the foreground
 *     ^C, ^D           pressed
 *     anything else    what the terminal shows then
 * Output that stands before the first of these is further output of what was
 * started earlier in that terminal. The words are
 *     2                the terminal, 1 to 9 ("terminal 2" is good, too); 1
 *     numbers          any number stands for any, blanks for any blanks
 *     unordered        the output of a command may come in any order
 *     fails            the commands of this block end with a status but 0
 *     noports          no port is replaced in this block
 *     wait=SECONDS     how long the output may take instead of 10 seconds
 *     needs=A,B        skipped unless these programs are in PATH; also root,
 *                      linux, macos
 * The shell's own notices of jobs ("[1] 4711", "[1]+  Done ..") are dropped. */

enum step_kind {
    STEP_COMMAND,
    STEP_TYPED,
    STEP_INTERRUPT,
    STEP_END,
    STEP_SHOW
};

struct step {
    enum step_kind kind;
    int line;     /* in the README, from 1 */
    int terminal; /* from 0 */
    char *text;   /* the command or what is typed; NULL for the others */
    struct lines shown; /* the tag of each is its line in the README */
    unsigned match; /* MATCH_... (see match.h) */
    int fails, noports;
    int wait; /* seconds; 0: not said */
};

struct steps {
    struct step *at;
    int count;
};

/* Reads all console blocks. Faults in them go to the tally, and blocks whose
 * needs are not met are named and left out. */
void steps_read(struct steps *s, const struct lines *doc, struct tally *t);
void steps_free(struct steps *s);

/* The step that comes next in the terminal of step i, or NULL. */
const struct step *steps_next(const struct steps *s, int i);

/* Whether a line is a shell's notice about a background job. */
int steps_is_job_notice(const char *line);

#endif
