#ifndef ENGINE_SINGLE_H
#define ENGINE_SINGLE_H

#include "session.h"

/* engine_single: one request and its answer, then the connection is closed.
 *
 *                 refused, bad, too slow
 *       +----------------------------------------------> linger
 *       |             |              |                   (error answer)
 *   READ_HEAD ---> CONNECT ------> RELAY -------------> closed, or linger if
 *    whole head     |    ^          |    answer sent     the client still sends
 *    rewritten      +----+----------+
 *                 next backend (refused, or died before it answered)
 *
 * The head is read, checked and rewritten; everything after it is moved both
 * ways unread. The backend is asked to close (`Connection: close`), and that is
 * how the end of the answer is known. Reading the answer's framing instead is
 * what chapter 6 is about. */

extern const struct engine engine_single;

#endif
