#ifndef QUOTE_H
#define QUOTE_H

#include "text.h"

/* quote: text that a submission may have chosen, made harmless for the formats
 * that hold it. Bytes that are neither printable ASCII nor UTF-8 become \xNN.
 */

/* Appends formatted text, however long. */
void text_printf(struct text *t, const char *format, ...) TEXT_FORMAT(2, 3);

/* For a terminal: at most so many lines of at most `width` columns, each behind
 * `indent`; what is left out is said. */
void quote_lines(struct text *t, const char *s, const char *indent, int lines,
                 int width);

void quote_json(struct text *t, const char *s); /* with its quotes */
void quote_xml(struct text *t, const char *s);
void quote_tap(struct text *t, const char *s);  /* a description */
void quote_cell(struct text *t, const char *s); /* of a Markdown table */

#endif
