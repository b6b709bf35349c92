#ifndef RANGES_H
#define RANGES_H

#include "slice.h"

#include <stdint.h>

/* ranges: which parts of a file a Range field asks for; several of them, too.
 *
 *     bytes=0-99        the first hundred bytes
 *     bytes=500-        all from byte 500 on
 *     bytes=-20         the last twenty
 *     bytes=0-0, -1     the first and the last byte
 *
 * A pure function of the field's value and the file's size. The unit is written
 * in either case; spaces and tabs may stand around each element, and nowhere
 * else; empty elements are skipped, but at least one must be there. A position is
 * digits only; one of more than 64 bits lies behind the end of every file. If one
 * element is malformed (also: its last before its first) the whole field is.
 *
 * A client that asks for the same bytes again and again, or for hundreds of small
 * parts, costs more to serve than the whole file: more than RANGES_MAX elements,
 * or two that share a byte, are refused.
 *
 * Source: RFC 9110, sections 14.1.1, 14.1.2 and 14.2. */

#define RANGES_MAX 8

struct range {
    uint64_t from, length; /* length is at least 1 */
};

/* > 0: so many ranges in out, in the field's order, cut off at the end of the
 * file; those that lie behind it, and the last 0 bytes, are left out: 206.
 * RANGES_NONE: well-formed, but nothing of it is in the file: 416. RANGES_WHOLE:
 * malformed, another unit, or refused, so the field is ignored: 200. */
#define RANGES_NONE  0
#define RANGES_WHOLE (-1)
int ranges_parse(struct slice value, uint64_t size,
                 struct range out[RANGES_MAX]);

#endif
