#include "mover_bulk.h"

#include <stdlib.h>

struct bulk_block {
    struct bulk_block *next; /* among the spare ones */
    struct buffer own;       /* the borrower's, which is empty meanwhile */
    char bytes[BULK_BLOCK + CHANNEL_GROWTH];
};

static int is_borrower(const struct channel *c)
{
    return c->buf.capacity == BULK_BLOCK;
}

static struct bulk_block *take_block(struct bulk *b)
{
    struct bulk_block *block = b->spare;

    if (b->lent == BULK_BLOCKS)
        return NULL;
    if (block != NULL) {
        b->spare = block->next;
        b->spares--;
    } else {
        block = malloc(sizeof *block);
    }
    b->lent += block != NULL;
    return block;
}

static void keep_block(struct bulk *b, struct bulk_block *block)
{
    b->lent--;
    if (b->spares == BULK_SPARES) {
        free(block);
        return;
    }
    block->next = b->spare;
    b->spare = block;
    b->spares++;
}

/* With a block, or, if there is none to be had, without. */
static void borrow(struct bulk *b, struct channel *c)
{
    struct bulk_block *block = take_block(b);

    if (block == NULL)
        return;
    block->own = c->buf;
    buffer_init(&c->buf, block->bytes, BULK_BLOCK);
}

static void give_back(struct bulk *b, struct channel *c)
{
    struct bulk_block *block =
        (struct bulk_block *)(void *)(c->buf.data -
                                      offsetof(struct bulk_block, bytes));

    c->buf = block->own;
    keep_block(b, block);
}

static int is_worth_it(const struct channel *c)
{
    return c->pass >= BULK_MIN && buffer_size(&c->buf) == 0 && c->can_read &&
           !c->eof && c->in >= 0;
}

enum moved bulk_pump(struct bulk *b, struct channel *c)
{
    enum moved moved;

    if (!is_borrower(c) && is_worth_it(c))
        borrow(b, c);
    moved = mover_copy.pump(c);
    if (is_borrower(c) && buffer_size(&c->buf) == 0)
        give_back(b, c);
    return moved;
}

void bulk_drop(struct bulk *b, struct channel *c)
{
    if (is_borrower(c))
        give_back(b, c);
}

static enum moved pump(struct channel *c)
{
    return bulk_pump(c->mover->self, c);
}

static void drop(struct channel *c)
{
    bulk_drop(c->mover->self, c);
}

void bulk_init(struct bulk *b)
{
    const struct bulk none = {{b, pump, drop}, NULL, 0, 0};

    *b = none;
}

void bulk_close(struct bulk *b)
{
    struct bulk_block *block;

    while ((block = b->spare) != NULL) {
        b->spare = block->next;
        free(block);
    }
    b->spares = 0;
}
