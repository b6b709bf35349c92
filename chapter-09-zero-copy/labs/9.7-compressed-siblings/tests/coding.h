#ifndef CODING_H
#define CODING_H

#include "http_head.h"

/* coding: whether a client would rather have FILE.gz than FILE.
 *
 * It says so in Accept-Encoding (RFC 9110, sections 12.5.3 and 12.4.2):
 *
 *     fields   = #( codings [ weight ] )     codings = token / "*"
 *     weight   = OWS ";" OWS "q=" qvalue
 *     qvalue   = "0" [ "." 0*3DIGIT ]  /  "1" [ "." 0*3"0" ]
 *
 * Several fields are one list. Names, and the q, are written in any case; no
 * weight is 1. "*" is every coding that the list does not name. "identity" is
 * the file as it is. If a name comes twice the first counts. An element that is
 * malformed is left out, as if it were not there. Pure functions. */

/* How much these fields like a coding, in thousandths: 0 (refused) to 1000. -1:
 * it is not mentioned, nor is "*". "x-gzip" is another name of gzip (8.4.1.3).
 */
int coding_quality(const struct http_head *h, struct slice coding);

/* Whether FILE.gz is to be sent, if there is one: gzip is accepted, and
 * identity is not liked better. One that is not mentioned is liked less than
 * any other. */
int coding_prefers_gzip(const struct http_head *h);

#endif
