#ifndef REPLAY_H
#define REPLAY_H

#include <signal.h>

#include "text.h"

/* replay: types the commands of a README and compares what comes.
 *
 * The rules, for one terminal (steps.h says how a block is read):
 *
 * 1. All that a terminal prints is shown in its blocks, in that order, from the
 *    first command to the last shown line. Only a line "…" leaves lines out; as
 *    the last line of a step it also stands for all that comes until something
 *    is typed there again, or until the line shown next.
 * 2. When a command is typed, the one before has come back to the prompt, with
 *    nothing printed before the prompt that was not shown. What comes behind
 *    the prompt is output of background jobs: it may be shown at once or later.
 * 3. A command may go on running while its terminal's next block shows more
 *    output, types into it, or presses ^C or ^D. One that has shown something
 *    (a server its ready line) may run to the end if nothing more happens in
 *    its terminal and blocks of other terminals follow. After a last ^C or ^D
 *    the prompt must come back.
 * 4. A command ends with status 0, unless its block says `fails`, ^C ended it,
 *    or the next command of the terminal shows $?.
 * 5. What is shown comes within 10 seconds (`wait=` says otherwise; 120 seconds
 *    for a command with `make`), times LB_TEST_TIMEOUT_SCALE.
 *
 * The first fault ends the replay of a README: what follows depends on it. */

/* Replays one README in a copy of the tree at root. Faults go to the tally.
 * Returns -1, and has said why, when it could not try; else 0. Everything that
 * was started or made is gone at its return. */
int replay(const struct lines *doc, const char *root, struct tally *t);

/* Set by a signal handler: the replay ends early. */
extern volatile sig_atomic_t replay_stopped;

#endif
