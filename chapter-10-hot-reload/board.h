#ifndef BOARD_H
#define BOARD_H

#include "backend.h"

#include <stdint.h>

/* board: what the processes of one lb know of each other: a scoreboard in shared
 * memory.
 *
 *     master writes  ->  sets[]: the backends of each generation, their health
 *     worker writes  ->  rows[]: its own copy, what it does with them
 *     both read          all of it
 *
 * Each word has one writer, so nothing is locked; a reader may see a number that
 * is a moment old. A worker picks backends from its own row: there is health, as
 * the master found it, and how busy they are, here and in the other workers.
 *
 * The indices of the backends are the same in a generation's set and in the rows
 * of its workers. Memory that no backend uses is never touched. */

#define BOARD_SETS 6   /* generations: one serves, one begins, the others end */
#define BOARD_ROWS 255 /* workers */

struct board_set {
    int in_use;
    struct backend_set backends;          /* the master's: see prober */
    uint64_t up_since_ms[MAX_BACKENDS];   /* when it came back; 0: always there */
};

struct board {
    int generation[BOARD_ROWS]; /* of each row: the index of its set; -1: free */
    struct board_set sets[BOARD_SETS];
    struct backend_set rows[BOARD_ROWS];
};

/* All rows free. NULL and errno. */
struct board *board_open(void);
void board_close(struct board *board);

/* For the master: a set for a generation, the index; -1 if there is none left. And
 * takes it back. */
int board_take_set(struct board *board);
void board_free_set(struct board *board, int set);

/* For the master: a row for a worker of this generation, with the backends of its
 * set; -1 if there is none left. And takes it back when the worker has ended. */
int board_take_row(struct board *board, int generation);
void board_free_row(struct board *board, int row);

/* Adds the statistics of a row to those of the backends of the same name, and
 * those of names that are new. */
void board_add_up(struct backend_set *total, const struct backend_set *row);

/* For a worker: copies the health of its generation's backends into its row. */
void board_learn_health(struct board *board, int row);

/* For a worker: how busy each backend is elsewhere, into its row. */
void board_learn_load(struct board *board, int row);

#endif
