#include "machine.h"

enum machine_verdict machine_take(struct machine *m, int request, int *next)
{
    if (m->busy < m->slots) {
        m->busy++;
        return MACHINE_WORKS;
    }
    if (m->waiting == m->room)
        return MACHINE_REFUSES;
    next[request] = MACHINE_NOBODY;
    if (m->waiting++ == 0)
        m->first = request;
    else
        next[m->last] = request;
    m->last = request;
    return MACHINE_QUEUES;
}

int machine_next(struct machine *m, const int *next)
{
    int request = m->first;

    if (m->waiting == 0) {
        m->busy--;
        return MACHINE_NOBODY;
    }
    m->waiting--;
    m->first = next[request];
    return request;
}

void machine_clear(struct machine *m)
{
    m->busy = m->waiting = 0;
    m->first = m->last = MACHINE_NOBODY;
}
