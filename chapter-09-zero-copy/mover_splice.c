#include "mover_splice.h"

#include "zero_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct splice_pipe {
    int ends[2];
    struct splice_pipe *next; /* among the spare ones */
};

/* ---- pipes -------------------------------------------------------------- */

static struct splice_pipe *make_pipe(struct splicer *sp)
{
    struct splice_pipe *p = malloc(sizeof *p);

    if (p == NULL)
        return NULL;
    if (zero_copy_pipe(p->ends, MOVER_SPLICE_PIPE) != 0) {
        sp->refused = errno == ENOSYS;
        free(p);
        return NULL;
    }
    sp->pipes++;
    return p;
}

static struct splice_pipe *take_pipe(struct splicer *sp)
{
    struct splice_pipe *p = sp->spare;

    if (p == NULL)
        return make_pipe(sp);
    sp->spare = p->next;
    sp->spares--;
    return p;
}

static void close_pipe(struct splicer *sp, struct splice_pipe *p)
{
    close(p->ends[0]);
    close(p->ends[1]);
    free(p);
    sp->pipes--;
}

static void keep_pipe(struct splicer *sp, struct splice_pipe *p)
{
    if (sp->spares == MOVER_SPLICE_SPARES) {
        close_pipe(sp, p);
        return;
    }
    p->next = sp->spare;
    sp->spare = p;
    sp->spares++;
}

/* ---- moving ------------------------------------------------------------- */

static int hold_pipe(struct splicer *sp, struct channel *c)
{
    if (c->held == NULL)
        c->held = take_pipe(sp);
    return c->held != NULL;
}

static int would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* Or it is the rest of one that was. */
static int is_large(const struct splicer *sp, const struct channel *c)
{
    return c->pass >= sp->min || (c->held != NULL && c->pass > 0);
}

/* Whether what comes next may go past the program. Bytes in the buffer, withheld
 * or not yet sent, are older; those that were sent and kept are not in the way. */
static int may_splice(const struct splicer *sp, const struct channel *c)
{
    return !sp->refused && is_large(sp, c) && c->can_read && !c->eof &&
           c->in >= 0 && c->out >= 0 && channel_is_flushed(c) &&
           buffer_size(&c->buf) == c->sent;
}

/* Fills the pipe, which is empty: so EAGAIN means that there is nothing to read.
 * 1 if bytes came, 0 if not. */
static int fill(struct splicer *sp, struct channel *c)
{
    const struct splice_pipe *p = c->held;
    size_t wanted = c->pass < MOVER_SPLICE_PIPE ? (size_t)c->pass
                                                : MOVER_SPLICE_PIPE;
    ssize_t n = zero_copy_splice(p->ends[1], c->in, wanted);

    if (n < 0 && errno == EINVAL) { /* it can still be read */
        sp->refused = 1;
        return 0;
    }
    c->can_read = n == (ssize_t)wanted;
    if (n <= 0) {
        c->broken = n < 0 && !would_block();
        c->eof = n == 0 || c->broken;
        return 0;
    }
    channel_forget_sent(c); /* what follows it can't be sent again */
    c->hidden = channel_spend(c, (size_t)n);
    return 1;
}

/* Empties the pipe as far as `out` takes it. 1 if bytes left, 0 if not, -1 on
 * failure. */
static int empty(struct splicer *sp, struct channel *c)
{
    const struct splice_pipe *p = c->held;
    ssize_t n;

    if (!c->can_write || c->out < 0 || c->hidden == 0)
        return 0;
    n = zero_copy_splice(c->out, p->ends[0], c->hidden);
    if (n < 0 && errno == EINVAL) { /* it can still be written */
        sp->refused = 1;
        return 0;
    }
    c->can_write = n == (ssize_t)c->hidden;
    if (n < 0)
        return would_block() ? 0 : -1;
    c->hidden -= (size_t)n;
    c->total += (uint64_t)n;
    sp->spliced += (uint64_t)n;
    return n > 0;
}

/* What lies in the pipe of a channel that can't splice any more goes on through
 * the buffer, as far as that has room. 0, or -1. */
static int bring_back(struct channel *c)
{
    const struct splice_pipe *p = c->held;
    size_t room = buffer_room(&c->buf);
    size_t n = c->hidden < room ? c->hidden : room;

    if (n == 0)
        return 0;
    if (read(p->ends[0], buffer_extend(&c->buf, n), n) != (ssize_t)n)
        return -1;
    c->hidden -= n;
    c->cleared += n;
    return 0;
}

static void let_go(struct splicer *sp, struct channel *c)
{
    if (c->held == NULL)
        return;
    if (c->hidden == 0)
        keep_pipe(sp, c->held);
    else
        close_pipe(sp, c->held); /* nobody else may get what is in it */
    c->held = NULL;
    c->hidden = 0;
}

static void splice_drop(struct channel *c)
{
    struct splicer *sp = c->mover->self;

    let_go(sp, c);
    bulk_drop(sp->bulk, c);
}

static enum moved splice_pump(struct channel *c)
{
    struct splicer *sp = c->mover->self;
    int in = 0, out = 0;

    if (may_splice(sp, c) && hold_pipe(sp, c))
        in = fill(sp, c);
    if (!sp->refused)
        out = empty(sp, c);
    if (sp->refused && bring_back(c) != 0)
        out = -1;
    if (c->hidden == 0 && (c->pass == 0 || c->pass >= sp->min || c->eof))
        let_go(sp, c); /* for the last min bytes it is kept */
    if (out == 0 && (sp->refused || (in == 0 && c->hidden == 0)))
        return bulk_pump(sp->bulk, c);
    return channel_verdict(c, in, out);
}

/* ---- the splicer -------------------------------------------------------- */

void splicer_init(struct splicer *sp, uint64_t min, struct bulk *bulk)
{
    const struct splicer none = {{sp, splice_pump, splice_drop}, bulk, min, 0,
                                 NULL, 0, 0, 0};

    *sp = none;
    sp->refused = min == 0;
}

void splicer_close(struct splicer *sp)
{
    struct splice_pipe *p;

    while ((p = sp->spare) != NULL) {
        sp->spare = p->next;
        close_pipe(sp, p);
    }
    sp->spares = 0;
}
