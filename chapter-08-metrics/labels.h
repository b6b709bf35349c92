#ifndef LABELS_H
#define LABELS_H

#include "slice.h"

#include <stddef.h>

/* labels: what tells the series of one metric apart.
 *
 *     backend="server1",status="200"
 *
 * A value may hold any UTF-8; in the text a backslash, a quote and a newline are
 * written \\, \" and \n. One set of labels can be written in many ways (in any
 * order, with spaces, with a comma at the end), and to Prometheus a label with an
 * empty value is no label at all. If each spelling became a series of its own,
 * the same thing would be counted in two places; so there is one canonical
 * spelling, and everything is brought into it first. */

#define LABELS_MAX      8   /* labels of one series */
#define LABELS_TEXT_MAX 768 /* bytes of the canonical text, its NUL included */

/* Whether it may be the name of a metric: [a-zA-Z_:][a-zA-Z0-9_:]*; of a label:
 * [a-zA-Z_][a-zA-Z0-9_]*, not beginning with "__", which is Prometheus' own. */
int labels_metric_name(const char *name);
int labels_name(const char *name, size_t len);

/* Writes the canonical spelling of `labels` (NULL: none): sorted by name, empty
 * ones left out, no spaces. 0, or -1 if they are malformed: not of the form
 * above, a name twice, a bad name, no UTF-8, too many or too long. */
int labels_canonical(const char *labels, char out[LABELS_TEXT_MAX]);

/* Finds one by name in canonical labels: 1, and its value as it is written
 * there, escaped; or 0. */
int labels_find(const char *canonical, const char *name, struct slice *value);

/* Appends NAME="VALUE" to labels that are put together in `out` (begin with an
 * empty string), escaped; bytes that are no UTF-8 become '?'. If it does not
 * fit, the value is cut. */
void labels_add(char out[LABELS_TEXT_MAX], const char *name, const char *value);

#endif
