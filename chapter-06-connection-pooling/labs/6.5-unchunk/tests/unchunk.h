#ifndef UNCHUNK_H
#define UNCHUNK_H

#include "http_frame.h"

/* unchunk: takes the chunks off a body.
 *
 *     5\r\nhello\r\n0\r\n\r\n   ->   hello
 *
 * For whoever needs the data itself: a client of HTTP/1.0, a cache, a filter.
 * http_frame says where lines and data end and what is malformed; this moves
 * the data together. A pure function: what comes in pieces is given in pieces.
 */

/* Unpacks what there is of a chunked body, in place: the data is moved to the
 * front of bytes. Returns how many bytes of data that are. *used says how many
 * bytes were looked at and are not to be given again; those behind them are as
 * they were, and are given again, with what follows them.
 *
 * The body ends where http_frame_is_done(f); it is malformed if f->why: what
 * came before the fault is unpacked. f as for http_frame_scan(): a body that is
 * no more than so many bytes is data as it is. */
size_t http_unchunk(struct http_frame *f, char *bytes, size_t len,
                    size_t *used);

#endif
