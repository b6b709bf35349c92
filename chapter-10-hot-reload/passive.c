#include "passive.h"

/* 0, 1 s, 2 s, 4 s, ... */
static int hold_ms(int times)
{
    int ms = PASSIVE_HOLD_MS;

    if (times == 0)
        return 0;
    while (--times > 0 && ms < PASSIVE_HOLD_MAX_MS)
        ms *= 2;
    return ms;
}

int passive_failed(struct passive *p, uint64_t now_ms, int fall)
{
    if (now_ms - p->last_ms >= PASSIVE_FORGET_MS)
        p->streak = p->times = 0;
    p->last_ms = now_ms;
    p->streak++;
    if (p->times == 0 && p->streak < fall)
        return -1;
    p->streak = 0;
    return hold_ms(p->times++);
}

void passive_succeeded(struct passive *p)
{
    p->streak = 0;
}
