#include "player.h"

#include <stdio.h>
#include <string.h>

#define FALL 3 /* as lb's unhealthy_threshold and healthy_threshold */
#define RISE 2

enum { STREAM_DICE = 1000, STREAM_SHUFFLE = 2000 }; /* see chance.h */

static void shuffle(int *list, int count, struct chance *c)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)chance_below(c, (uint32_t)i + 1);
        int kept = list[i];

        list[i] = list[other];
        list[other] = kept;
    }
}

static void choose_subset(struct player *b, const struct settings *s, int n)
{
    int pieces = s->backends / s->subset, all[MAX_BACKENDS];
    uint64_t shuffles = STREAM_SHUFFLE + (uint64_t)(n / pieces);
    struct chance c = chance_stream((uint64_t)s->seed, shuffles);

    for (int i = 0; i < s->backends; i++)
        all[i] = i;
    if (s->subset < s->backends)
        shuffle(all, s->backends, &c);
    memcpy(b->machine_of, all + n % pieces * s->subset,
           (size_t)s->subset * sizeof *all);
}

void player_begin(struct player *b, const struct settings *s, int n)
{
    struct chance dice =
        chance_stream((uint64_t)s->seed, STREAM_DICE + (uint64_t)n);

    memset(b, 0, sizeof *b);
    b->set.dice = chance_bits(&dice);
    if (s->spread)
        b->set.current_index = (int)chance_below(&dice, (uint32_t)s->subset);
    choose_subset(b, s, n);
    for (int i = 0; i < s->subset; i++) {
        int machine = b->machine_of[i];
        char text[64];

        snprintf(text, sizeof text, "10.1.0.%d:80:%d", machine,
                 s->weights[machine]);
        backend_set_add(&b->set, text, BACKEND_WEIGHT_MAX);
        backend_report(&b->set.backends[i], 1, FALL, RISE);
    }
}

void player_learn_load(struct player *b, const int *load)
{
    for (int i = 0; i < b->set.num_backends; i++) {
        struct backend *is = &b->set.backends[i];

        is->active_elsewhere = load[b->machine_of[i]] - is->active_connections;
    }
}

int player_check(struct player *b, const int *is_ill, uint64_t now_ms)
{
    int doubts = 0;

    for (int i = 0; i < b->set.num_backends; i++) {
        struct backend *is = &b->set.backends[i];

        if (now_ms >= b->held_until_ms[i])
            backend_report(is, !is_ill[b->machine_of[i]], FALL, RISE);
        doubts += !is->is_healthy || is->streak > 0;
    }
    return doubts > 0;
}

void player_report(struct player *b, int i, int ok, uint64_t now_ms)
{
    struct backend *backend = &b->set.backends[i];
    int hold_ms;

    if (ok) {
        passive_succeeded(&b->passive[i]);
        return;
    }
    if (!backend->is_healthy)
        return;
    hold_ms = passive_failed(&b->passive[i], now_ms, FALL);
    if (hold_ms < 0 || backend_healthy_count(&b->set) == 1)
        return;
    backend_report(backend, 0, 1, RISE);
    b->held_until_ms[i] = now_ms + (uint64_t)hold_ms;
}
