#include "queue.h"

#include "balance.h"
#include "clock.h"
#include "service.h"

/* That the loop makes a turn is all it takes: service_turn() follows. */
static void look(void *owner)
{
    (void)owner;
}

void queue_init(struct service *service)
{
    list_init(&service->queue);
    timer_init(&service->look, look, service);
}

int queue_has(const struct session *s)
{
    return !list_is_empty(&s->turn);
}

void queue_wait(struct session *s)
{
    channel_rewind(&s->up, -1); /* nothing of it must get lost meanwhile */
    if (queue_has(s))
        return;
    list_append(&s->service->queue, &s->turn);
    s->connecting = 1;
    session_deadline(s, s->service->timeouts.queue_ms);
}

void queue_leave(struct session *s)
{
    if (!queue_has(s))
        return;
    list_remove(&s->turn);
    list_init(&s->turn);
    s->connecting = 0;
}

int queue_is_empty(const struct service *service)
{
    return list_is_empty(&service->queue);
}

static int somebody_is_free(const struct backend_set *set)
{
    static const struct backend_mask none;

    for (int i = 0; i < set->num_backends; i++)
        if (balance_is_usable(set, i, &none))
            return 1;
    return 0;
}

static void call(struct session *s)
{
    s->up.can_write = 1;
    s->engine->step(s);
}

/* Who finds nobody stays where he is: it may be he who was refused by the one that
 * is free, and he must not stand in the way of those behind him. */
void queue_serve(struct service *service)
{
    const struct watch *watch = &service->watch;
    struct list *at = service->queue.next, *end = &service->queue, *next;

    for (; at != end && somebody_is_free(service->set); at = next) {
        next = at->next;
        call(LIST_OWNER(at, struct session, turn));
    }
    watch->set_timer(watch->loop, &service->look,
                     queue_is_empty(service)
                         ? CLOCK_NEVER
                         : *watch->now_ms + QUEUE_LOOK_MS);
}
