#include "breaker.h"

#include <string.h>

void breaker_init(struct breaker *b, int max_failures, uint64_t window_ms,
                  uint64_t open_ms)
{
    memset(b, 0, sizeof *b);
    b->max_failures = max_failures;
    b->window_ms = window_ms;
    b->open_ms = open_ms;
}

enum breaker_ticket breaker_ask(struct breaker *b, uint64_t now_ms)
{
    if (b->state == BREAKER_CLOSED)
        return BREAKER_PASSED;
    if (b->state == BREAKER_ON_TRIAL || now_ms - b->opened_ms < b->open_ms)
        return BREAKER_REFUSED;
    b->state = BREAKER_ON_TRIAL;
    return BREAKER_TRIAL;
}

static void open_it(struct breaker *b, uint64_t now_ms)
{
    b->state = BREAKER_OPEN;
    b->opened_ms = now_ms;
    b->failures = 0;
}

/* Keeps those failures that still count, oldest first. */
static void forget_old(struct breaker *b, uint64_t now_ms)
{
    int kept = 0;

    for (int i = 0; i < b->failures; i++)
        if (now_ms - b->failed_ms[i] < b->window_ms)
            b->failed_ms[kept++] = b->failed_ms[i];
    b->failures = kept;
}

/* There is room: with max_failures in the list it would be open. */
static void note_failure(struct breaker *b, uint64_t now_ms)
{
    forget_old(b, now_ms);
    b->failed_ms[b->failures++] = now_ms;
    if (b->failures == b->max_failures)
        open_it(b, now_ms);
}

void breaker_report(struct breaker *b, enum breaker_ticket ticket, int was_well,
                    uint64_t now_ms)
{
    if (ticket == BREAKER_TRIAL) {
        if (was_well)
            b->state = BREAKER_CLOSED;
        else
            open_it(b, now_ms);
    } else if (b->state == BREAKER_CLOSED && !was_well) {
        note_failure(b, now_ms);
    }
}
