#ifndef METRICS_H
#define METRICS_H

#include "histogram.h"
#include "text.h"

#include <stddef.h>
#include <stdint.h>

/* metrics: numbers about a running program, for others to collect.
 *
 *   family    a name, what it means, its kind         lb_requests_total
 *   series    one of its sets of labels      {backend="b1",status="200"}
 *   cell      where a number lies
 *
 * A counter only goes up (how fast is for the reader to work out); a gauge is
 * what something is at the moment; a histogram is described in histogram.h.
 *
 * There are two ways in. By name, for what happens seldom:
 *     metrics_counter_inc(m, "jobs_total", "kind=\"a\"");
 * which checks the name, brings the labels into one order and looks the series
 * up, each time. And by handle, for what happens with every request:
 *     metric_t jobs = metrics_series(m, "jobs_total", "kind=\"a\"");  once
 *     metrics_add(m, jobs, 1);                        a load, an add, a store
 *
 * Everything lies in one block without pointers, so it can lie in memory that
 * several processes share, at different addresses. Each process writes numbers
 * into a row of its own, without a lock; whoever reads adds the rows up.
 *
 *            cells:   0     1     2    ...
 *   row 0           [ 7 ][ 120 ][ 3 ]       the process that made it, and what
 *   row 1           [ 0 ][  98 ][ 5 ]       those have counted that have ended
 *   row 2           [ 1 ][ 101 ][ 0 ]
 *
 * Nothing grows: families, series, cells and names have their bounds, so no
 * client and no backend can fill the memory. What finds no room, or is
 * malformed, or of another kind than its family, is counted in
 * `metrics_lost_total` and is otherwise without effect: metrics must not be able
 * to stop the program that they are about.
 *
 * Numbers are 64 bits, aligned: on 64-bit machines a reader never sees half of
 * one. Nothing here knows a socket or a clock. Sources: Prometheus, "Exposition
 * formats" (text format 0.0.4) and "Metric and label naming". */

typedef struct metrics metrics_t;

/* A series; 0, which is `metrics_lost_total`, where there is none. Good for as
 * long as the memory is, in every process that shares it. */
typedef uint32_t metric_t;

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

#define METRICS_FAMILIES_MAX 64
#define METRICS_SERIES_MAX   8192
#define METRICS_CELLS_MAX    16384
#define METRICS_TEXT_MAX     (1 << 20) /* bytes of all labels */
#define METRICS_NAME_MAX     64        /* bytes, the NUL included */
#define METRICS_HELP_MAX     192
#define METRICS_ROWS_MAX     256

/* ---- making ------------------------------------------------------------- */

/* In memory of its own, with one row. NULL and errno. */
metrics_t *metrics_create(void);

/* In memory that the caller has: metrics_memory(rows) bytes, all zero, aligned
 * for a uint64_t, of which only what is used is ever touched. This process
 * writes row 0. NULL and errno. */
size_t metrics_memory(int rows);
metrics_t *metrics_place(void *memory, int rows);

/* Another process, or another mapping, joins: it writes this row, which nobody
 * else does. NULL and errno (EINVAL: no such row, or nothing was placed here). */
metrics_t *metrics_attach(void *memory, int row);

/* After fork(2): this process writes that row from now on. 0, or -1: no such
 * row. */
int metrics_use_row(metrics_t *m, int row);

/* The process that wrote this row has ended: adds what it counted to our own
 * row, so that no counter goes down, and forgets its gauges. The row is then free
 * for another one. For the process of row 0. */
void metrics_fold_row(metrics_t *m, int row);

/* Lets go of it. Memory that was placed stays the caller's. NULL is allowed. */
void metrics_destroy(metrics_t *m);

/* ---- families and series ------------------------------------------------ */

/* Says what a name means. `help` is for people; a histogram has `count`
 * ascending bounds, the others NULL and 0. 0 (also if it has been said before,
 * just like this), or -1: a bad name, known as something else, no room. */
int metrics_describe(metrics_t *m, enum metrics_kind kind, const char *name,
                     const char *help, const double *bounds, int count);

/* The series of a name that has been described, with these labels (labels.h; NULL
 * or "": none); made if it is new. 0 if that can't be. */
metric_t metrics_series(metrics_t *m, const char *name, const char *labels);

/* Goes through the series of a name: the first if `after` is 0, then the next; 0
 * at the end. And the canonical labels of a series, in m's memory. */
metric_t metrics_next(const metrics_t *m, const char *name, metric_t after);
const char *metrics_labels(const metrics_t *m, metric_t series);

/* ---- counting, by handle ------------------------------------------------ */

void metrics_add(metrics_t *m, metric_t counter, uint64_t n);
void metrics_set(metrics_t *m, metric_t gauge, double value);
void metrics_observe(metrics_t *m, metric_t histogram, double value);

/* For a counter that is kept somewhere else in this process: it stands at
 * `total` now. */
void metrics_mirror(metrics_t *m, metric_t counter, uint64_t total);

/* ---- counting, by name -------------------------------------------------- */

/* A name that nobody has described is described by its first use, without help;
 * a histogram then has the bounds metrics_default_bounds. */
extern const double metrics_default_bounds[14];

void metrics_counter_inc(metrics_t *m, const char *name, const char *labels);
void metrics_gauge_set(metrics_t *m, const char *name, double value,
                       const char *labels);
void metrics_histogram_observe(metrics_t *m, const char *name, double value,
                               const char *labels);

/* ---- reading ------------------------------------------------------------ */

/* Adds up the rows. What follows reads the sums of that moment. */
void metrics_gather(metrics_t *m);

uint64_t metrics_count(const metrics_t *m, metric_t counter);
double metrics_value(const metrics_t *m, metric_t gauge);

/* The bounds point into m. A handle that is no histogram gives one without
 * bounds. */
void metrics_histogram(const metrics_t *m, metric_t histogram,
                       struct histogram *out);

/* Gathers, and writes everything in the text format 0.0.4. Ask out->failed. */
void metrics_render(metrics_t *m, struct text *out);

/* The same, into a descriptor: for a program without a loop. A descriptor that
 * takes nothing is given up after METRICS_EXPOSE_MS. */
#define METRICS_EXPOSE_MS 5000
void metrics_expose(metrics_t *m, int fd);

#endif
