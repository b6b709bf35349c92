#include "household.h"

#include "rate_limiter.h"
#include "shared.h"

#include <stdlib.h>
#include <string.h>

static size_t clients_size(void)
{
    return client_table_size(RATE_LIMITER_CLIENTS);
}

int household_open(struct household *h, const char *program, struct watch watch)
{
    memset(h, 0, sizeof *h);
    h->program = program;
    h->watch = watch;
    h->board = board_open();
    h->ended = calloc(1, sizeof *h->ended);
    h->memory[0] = shared_map(clients_size());
    h->memory[1] = shared_map(metrics_memory(BOARD_ROWS + 1));
    if (h->board == NULL || h->ended == NULL || h->memory[0] == NULL ||
        h->memory[1] == NULL)
        return -1;
    h->clients = client_table_init(h->memory[0], RATE_LIMITER_CLIENTS);
    h->metrics = metrics_place(h->memory[1], BOARD_ROWS + 1);
    return h->clients != NULL && h->metrics != NULL ? 0 : -1;
}

void household_sum(const struct household *h, int set, struct backend_set *sum)
{
    const struct board *board = h->board;

    memset(sum, 0, sizeof *sum);
    board_add_up(sum, &board->sets[set].backends);
    board_add_up(sum, h->ended);
    for (int i = 0; i < BOARD_ROWS; i++)
        if (board->generation[i] >= 0)
            board_add_up(sum, &board->rows[i]);
}

void household_close(struct household *h)
{
    metrics_destroy(h->metrics);
    shared_unmap(h->memory[0], clients_size());
    shared_unmap(h->memory[1], metrics_memory(BOARD_ROWS + 1));
    free(h->ended);
    board_close(h->board);
}
