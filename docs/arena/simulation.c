#include "simulation.h"

#include "player.h"
#include "events.h"
#include "machine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S    1e9
#define NS_PER_MS   1e6
#define LONGEST_NS  1e13 /* of a request: a million of them fit into 64 bits */
#define CLIENT_TEXT 16
#define FAST_S      1.0 /* as lb: between checks of one that is in doubt */

enum { STREAM_ARRIVALS, STREAM_WORK, STREAM_SENDERS }; /* see chance.h */
enum kind { ARRIVAL, DONE, GIVEN_UP, CHECK, LOOK, FALLS_ILL, RECOVERS };
/* (in the order of happen()'s table) */

struct request {
    uint64_t began_ns, given_ns; /* the whole, and the last attempt */
    double work; /* 1: the mean */
    int client, player;
    int backend; /* in its player's set */
    int machine;  /* that has it; MACHINE_NOBODY */
    int retries;
    uint32_t attempt; /* what was planned for an earlier one is void */
    struct backend_mask tried;
};

struct world {
    const struct settings *s;
    const struct balance *how;
    struct result *result;
    struct events events;
    struct request *requests;
    int *next; /* links of the machines' queues */
    struct player *players;
    struct machine machines[MAX_BACKENDS];
    int load[MAX_BACKENDS]; /* requests that all balancers have there */
    int is_ill[MAX_BACKENDS];
    struct chance arrivals, work, senders;
    double gap_ns; /* the mean, between two arrivals */
    uint64_t now_ns;
};

static void plan(struct world *w, double in_ns, enum kind kind, int who,
                 uint32_t tag)
{
    struct event e = {0, 0, 0, 0, 0};

    e.at_ns = w->now_ns + (uint64_t)(in_ns < LONGEST_NS ? in_ns : LONGEST_NS);
    e.kind = (int)kind;
    e.who = who;
    e.tag = tag;
    events_push(&w->events, e);
}

/* ---- one attempt -------------------------------------------------------- */

static struct backend *backend_of(struct world *w, const struct request *r)
{
    return &w->players[r->player].set.backends[r->backend];
}

static void give(struct world *w, struct request *r, struct backend *b)
{
    struct player *player = &w->players[r->player];

    r->backend = (int)(b - player->set.backends);
    r->machine = player->machine_of[r->backend];
    r->given_ns = w->now_ns;
    r->attempt++;
    b->active_connections++;
    w->load[r->machine]++;
    w->result->given[r->machine]++;
}

static void take_back(struct world *w, struct request *r, int ok)
{
    struct backend *b = backend_of(w, r);

    b->active_connections--;
    backend_account(b, ok, 0, 0, (w->now_ns - r->given_ns) / 1000000);
    w->load[r->machine]--;
    r->machine = MACHINE_NOBODY;
    r->attempt++;
    player_report(&w->players[r->player], r->backend, ok, w->now_ns / 1000000);
}

static void begin_work(struct world *w, int number)
{
    const struct request *r = &w->requests[number];
    double pace = w->machines[r->machine].pace;

    plan(w, r->work * w->s->service_ms * NS_PER_MS * pace, DONE, number,
         r->attempt);
}

/* It met a backend that is ill. Whether it is settled; if not, another backend
 * may help. An error is an answer, as it is for lb, but nobody is glad. */
static int meet_fault(struct world *w, int number)
{
    struct request *r = &w->requests[number];

    switch (w->s->fault) {
    case FAULT_HANG:
        plan(w, w->s->timeout_ms * NS_PER_MS, GIVEN_UP, number, r->attempt);
        return 1;
    case FAULT_ERROR:
        take_back(w, r, 1);
        w->result->lost++;
        return 1;
    case FAULT_REFUSE:
        break;
    }
    return 0;
}

/* Whether the backend that it was given to has taken it. */
static int offer(struct world *w, int number)
{
    struct machine *machine = &w->machines[w->requests[number].machine];
    enum machine_verdict verdict;

    if (machine->is_ill)
        return meet_fault(w, number);
    verdict = machine_take(machine, number, w->next);
    if (verdict == MACHINE_WORKS)
        begin_work(w, number);
    return verdict != MACHINE_REFUSES;
}

static struct backend *pick(struct world *w, const struct request *r)
{
    struct player *player = &w->players[r->player];
    char client[CLIENT_TEXT];

    snprintf(client, sizeof client, "10.%d.%d.%d", r->client >> 16 & 255,
             r->client >> 8 & 255, r->client & 255);
    if (w->s->stale_ms == 0)
        player_learn_load(player, w->load);
    return select_backend(w->how, &player->set, client, &r->tried);
}

/* Whether there is another attempt, after one that has failed. */
static int may_retry(struct world *w, struct request *r)
{
    backend_mask_add(&r->tried, r->backend);
    take_back(w, r, 0);
    if (r->retries == w->s->retries)
        return 0;
    r->retries++;
    w->result->retried++;
    return 1;
}

static void dispatch(struct world *w, int number)
{
    struct request *r = &w->requests[number];

    do {
        struct backend *b = pick(w, r);

        if (b == NULL)
            break;
        give(w, r, b);
        if (offer(w, number))
            return;
    } while (may_retry(w, r));
    w->result->lost++;
}

/* ---- what happens ------------------------------------------------------- */

static void plan_arrival(struct world *w)
{
    if (w->result->arrived < (size_t)w->s->requests)
        plan(w, w->gap_ns * chance_exponential(&w->arrivals), ARRIVAL, 0, 0);
}

static void arrive(struct world *w, int who)
{
    int number = (int)w->result->arrived++;
    struct request *r = &w->requests[number];

    (void)who;
    memset(r, 0, sizeof *r);
    r->began_ns = w->now_ns;
    r->work = w->s->latency->draw(&w->work);
    r->client = (int)chance_below(&w->senders, (uint32_t)w->s->clients);
    r->player = (int)chance_below(&w->senders, (uint32_t)w->s->balancers);
    r->machine = MACHINE_NOBODY;
    plan_arrival(w);
    dispatch(w, number);
}

static void done(struct world *w, int number)
{
    struct request *r = &w->requests[number];
    int follower = machine_next(&w->machines[r->machine], w->next);

    take_back(w, r, 1);
    result_add(w->result, w->now_ns - r->began_ns);
    if (follower != MACHINE_NOBODY)
        begin_work(w, follower);
}

static void give_up(struct world *w, int number)
{
    if (may_retry(w, &w->requests[number]))
        dispatch(w, number);
    else
        w->result->lost++;
}

/* All that it has meets the fault, too. */
static void fall_ill(struct world *w, int machine)
{
    machine_clear(&w->machines[machine]);
    w->machines[machine].is_ill = w->is_ill[machine] = 1;
    for (int i = 0; i < (int)w->result->arrived; i++) {
        struct request *r = &w->requests[i];

        if (r->machine != machine)
            continue;
        r->attempt++;
        if (!meet_fault(w, i))
            give_up(w, i);
    }
}

static void recover(struct world *w, int machine)
{
    w->machines[machine].is_ill = w->is_ill[machine] = 0;
}

static void check(struct world *w, int player)
{
    int soon = player_check(&w->players[player], w->is_ill,
                            w->now_ns / 1000000);
    double next_s = soon && w->s->check_s > FAST_S ? FAST_S : w->s->check_s;

    w->result->checks += (size_t)w->s->subset;
    plan(w, next_s * NS_PER_S, CHECK, player, 0);
}

static void look(struct world *w, int who)
{
    (void)who;
    for (int i = 0; i < w->s->balancers; i++)
        player_learn_load(&w->players[i], w->load);
    plan(w, w->s->stale_ms * NS_PER_MS, LOOK, 0, 0);
}

static void happen(struct world *w, const struct event *e)
{
    static void (*const handle[])(struct world *w, int who) = {
        arrive, done, give_up, check, look, fall_ill, recover};
    int is_void = (e->kind == DONE || e->kind == GIVEN_UP) &&
                  w->requests[e->who].attempt != e->tag;

    w->now_ns = e->at_ns;
    if (is_void)
        return;
    handle[e->kind](w, e->who);
}

/* ---- a run -------------------------------------------------------------- */

static void make_machines(struct world *w)
{
    for (int i = 0; i < w->s->backends; i++) {
        struct machine *machine = &w->machines[i];

        machine_clear(machine);
        machine->slots = w->s->slots * w->s->weights[i];
        machine->room = w->s->queue;
        machine->pace = i == 0 ? w->s->slow : 1;
        w->result->weights[i] = w->s->weights[i];
    }
    w->result->backends = w->s->backends;
}

static void plan_the_rest(struct world *w)
{
    const struct settings *s = w->s;
    double check_ns = s->check_s * NS_PER_S;

    for (int i = 0; i < s->balancers; i++) /* not all at once */
        plan(w, check_ns * (i + 1) / s->balancers, CHECK, i, 0);
    if (s->stale_ms > 0)
        plan(w, 0, LOOK, 0, 0);
    if (s->back_s > 0) {
        plan(w, s->fail_s * NS_PER_S, FALLS_ILL, s->backends - 1, 0);
        plan(w, s->back_s * NS_PER_S, RECOVERS, s->backends - 1, 0);
    }
}

static void begin(struct world *w)
{
    uint64_t seed = (uint64_t)w->s->seed;

    w->gap_ns = NS_PER_S / settings_rate(w->s);
    w->arrivals = chance_stream(seed, STREAM_ARRIVALS);
    w->work = chance_stream(seed, STREAM_WORK);
    w->senders = chance_stream(seed, STREAM_SENDERS);
    make_machines(w);
    for (int i = 0; i < w->s->balancers; i++)
        player_begin(&w->players[i], w->s, i);
    plan_arrival(w);
    plan_the_rest(w);
}

static void run(struct world *w)
{
    struct result *r = w->result;
    struct event e;

    while (r->answered + r->lost < (size_t)w->s->requests &&
           events_pop(&w->events, &e))
        happen(w, &e);
    r->ended_ns = w->now_ns;
    for (int i = 0; i < w->s->backends; i++)
        assert(w->load[i] == 0); /* nobody was forgotten */
    result_sort(r);
}

/* At a time there is one event planned for each request, those that a fault has
 * made void, one for each balancer, and a few more. */
static int world_open(struct world *w)
{
    const struct settings *s = w->s;
    size_t requests = (size_t)s->requests;

    w->requests = malloc(requests * sizeof *w->requests);
    w->next = malloc(requests * sizeof *w->next);
    w->players = calloc((size_t)s->balancers, sizeof *w->players);
    if (w->requests == NULL || w->next == NULL || w->players == NULL)
        return -1;
    return events_open(&w->events,
                       requests + (size_t)settings_all_slots(s) +
                           (size_t)s->balancers + 8);
}

static void world_close(struct world *w)
{
    events_close(&w->events);
    free(w->players);
    free(w->next);
    free(w->requests);
}

int simulate(const struct settings *s, const struct balance *how,
             struct result *r)
{
    struct world w;
    int status = -1;

    memset(&w, 0, sizeof w);
    w.s = s;
    w.how = how;
    w.result = r;
    if (result_open(r, (size_t)s->requests) == 0 && world_open(&w) == 0) {
        begin(&w);
        run(&w);
        status = 0;
    }
    world_close(&w);
    return status;
}
