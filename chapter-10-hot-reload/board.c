#include "board.h"

#include "shared.h"

#include <string.h>

struct board *board_open(void)
{
    struct board *board = shared_map(sizeof *board);

    if (board == NULL)
        return NULL;
    for (int i = 0; i < BOARD_ROWS; i++)
        board->generation[i] = -1;
    return board;
}

void board_close(struct board *board)
{
    shared_unmap(board, sizeof *board);
}

/* Only as many as there are: the rest of the array is never touched. */
static void copy_set(struct backend_set *to, const struct backend_set *from)
{
    to->current_index = 0;
    to->dice = from->dice;
    for (int i = 0; i < from->num_backends; i++) {
        struct backend *b = &to->backends[i];

        *b = from->backends[i];
        b->current_weight = b->active_connections = b->active_elsewhere = 0;
        memset(&b->stats, 0, sizeof b->stats);
    }
    to->num_backends = from->num_backends;
    to->num_backups = from->num_backups;
}

int board_take_set(struct board *board)
{
    for (int i = 0; i < BOARD_SETS; i++)
        if (!board->sets[i].in_use) {
            board->sets[i].in_use = 1;
            return i;
        }
    return -1;
}

void board_free_set(struct board *board, int set)
{
    board->sets[set].in_use = 0;
}

int board_take_row(struct board *board, int generation)
{
    for (int i = 0; i < BOARD_ROWS; i++) {
        if (board->generation[i] >= 0)
            continue;
        copy_set(&board->rows[i], &board->sets[generation].backends);
        board->rows[i].dice += (uint64_t)i; /* not all throw the same */
        board->generation[i] = generation;
        return i;
    }
    return -1;
}

void board_free_row(struct board *board, int row)
{
    board->generation[row] = -1;
    board->rows[row].num_backends = 0;
}

/* ---- statistics ---------------------------------------------------------- */

static struct backend *same_name(struct backend_set *set, const char *name)
{
    for (int i = 0; i < set->num_backends; i++)
        if (strcmp(set->backends[i].name, name) == 0)
            return &set->backends[i];
    return NULL;
}

static void add_stats(struct backend_stats *to, const struct backend_stats *more)
{
    double good = (double)(to->total_requests - to->failed_requests);
    double more_good = (double)(more->total_requests - more->failed_requests);

    if (good + more_good > 0)
        to->avg_response_time = (to->avg_response_time * good +
                                 more->avg_response_time * more_good) /
                                (good + more_good);
    to->total_requests += more->total_requests;
    to->failed_requests += more->failed_requests;
    to->bytes_in += more->bytes_in;
    to->bytes_out += more->bytes_out;
    for (int i = 0; i < BACKEND_FAILURES; i++)
        to->failures[i] += more->failures[i];
}

void board_add_up(struct backend_set *total, const struct backend_set *row)
{
    for (int i = 0; i < row->num_backends; i++) {
        const struct backend *b = &row->backends[i];
        struct backend *to = same_name(total, b->name);

        if (to == NULL && total->num_backends < MAX_BACKENDS) {
            to = &total->backends[total->num_backends++];
            *to = *b;
            to->active_connections = 0;
            memset(&to->stats, 0, sizeof to->stats);
        }
        if (to == NULL)
            continue;
        to->active_connections += b->active_connections;
        add_stats(&to->stats, &b->stats);
    }
}

/* ---- for workers -------------------------------------------------------- */

void board_learn_health(struct board *board, int row)
{
    struct backend_set *mine = &board->rows[row];
    const struct backend_set *known =
        &board->sets[board->generation[row]].backends;

    for (int i = 0; i < mine->num_backends; i++)
        mine->backends[i].is_healthy = known->backends[i].is_healthy;
}

void board_learn_load(struct board *board, int row)
{
    struct backend_set *mine = &board->rows[row];
    int generation = board->generation[row];

    for (int i = 0; i < mine->num_backends; i++)
        mine->backends[i].active_elsewhere = 0;
    for (int r = 0; r < BOARD_ROWS; r++) {
        if (r == row || board->generation[r] != generation)
            continue;
        for (int i = 0; i < mine->num_backends; i++)
            mine->backends[i].active_elsewhere +=
                board->rows[r].backends[i].active_connections;
    }
}
