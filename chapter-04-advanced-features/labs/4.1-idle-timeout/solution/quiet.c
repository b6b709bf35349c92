#include "quiet.h"

#include "clock.h"

static void set_timer(struct quiet *q, uint64_t at_ms)
{
    q->watch->set_timer(q->watch->loop, &q->timer, at_ms);
}

/* The last line of each way: over() may have freed *q. */
static void ring(void *self)
{
    struct quiet *q = self;

    if (quiet_ms(q) < q->limit_ms)
        set_timer(q, q->moved_ms + q->limit_ms);
    else
        q->over(q->owner);
}

void quiet_begin(struct quiet *q, const struct watch *watch, uint64_t limit_ms,
                 void (*over)(void *owner), void *owner)
{
    q->watch = watch;
    q->limit_ms = limit_ms;
    q->moved_ms = *watch->now_ms;
    q->over = over;
    q->owner = owner;
    timer_init(&q->timer, ring, q);
    if (limit_ms > 0)
        set_timer(q, q->moved_ms + limit_ms);
}

void quiet_moved(struct quiet *q, ssize_t n)
{
    if (n > 0)
        q->moved_ms = *q->watch->now_ms;
}

uint64_t quiet_ms(const struct quiet *q)
{
    return *q->watch->now_ms - q->moved_ms;
}

void quiet_end(struct quiet *q)
{
    set_timer(q, CLOCK_NEVER);
}
