#include "generation.h"

#include "child.h"
#include "clock.h"
#include "errand.h"
#include "health.h"
#include "health_http.h"
#include "log.h"
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A worker that dies sooner than this after its birth makes us wait before the
 * next one, each time twice as long. */
#define LIFE_MS      5000
#define PAUSE_MS     100
#define PAUSE_MAX_MS 10000

static struct board_set *known(const struct generation *g)
{
    return &g->house->board->sets[g->index];
}

/* ---- workers ------------------------------------------------------------ */

static void leave_seat(struct worker_seat *seat)
{
    struct household *house = seat->generation->house;

    house->watch.set(house->watch.loop, seat->errands, 0, NULL);
    close(seat->errands);
    board_add_up(house->ended, &house->board->rows[seat->row]);
    metrics_fold_row(house->metrics, seat->row + 1);
    board_free_row(house->board, seat->row);
    seat->pid = 0;
    seat->errands = -1;
}

/* A request has failed: the backend is checked at once; or its requests take it
 * down, but not the last one: it would help nobody. (What is under way when it
 * goes down fails, too: that is no news.) */
static void hear_of_failure(struct generation *g, int index)
{
    struct backend_set *set = &known(g)->backends;
    const struct health_policy *policy = &g->prober.policy;
    struct backend *b = &set->backends[index];
    int hold_ms;

    if (!b->is_healthy)
        return;
    hold_ms = passive_failed(&g->passive[index], *g->house->watch.now_ms,
                             policy->fall);
    if (hold_ms < 0 || backend_healthy_count(set) == 1) {
        prober_suspect(&g->prober, b);
        return;
    }
    if (backend_report(b, 0, 1, policy->rise))
        health_announce(b);
    prober_hold(&g->prober, b, hold_ms);
}

static void hear_of_backend(struct generation *g, const struct errand *errand)
{
    if (g->is_ending || errand->value < 0 ||
        errand->value >= known(g)->backends.num_backends)
        return;
    if (errand->kind == ERRAND_FAILED)
        hear_of_failure(g, errand->value);
    else if (errand->kind == ERRAND_RECOVERED)
        passive_succeeded(&g->passive[errand->value]);
}

static void run_errand(struct worker_seat *seat, const struct errand *errand)
{
    struct generation *g = seat->generation;

    if (errand->kind == ERRAND_READY) {
        seat->is_ready = 1;
        if (g->serves)
            errand_send(seat->errands, ERRAND_SERVE, 0);
    } else {
        hear_of_backend(g, errand);
    }
}

/* Replaces a worker that died: at once, unless it did not live long. */
static void replace(struct worker_seat *seat)
{
    struct generation *g = seat->generation;
    const struct watch *watch = &g->house->watch;
    uint64_t now_ms = *watch->now_ms;

    if (now_ms - seat->born_ms >= LIFE_MS)
        seat->pause_ms = 0;
    watch->set_timer(watch->loop, &seat->again,
                     now_ms + (uint64_t)seat->pause_ms);
    seat->pause_ms = seat->pause_ms == 0 ? PAUSE_MS : 2 * seat->pause_ms;
    if (seat->pause_ms > PAUSE_MAX_MS)
        seat->pause_ms = PAUSE_MAX_MS;
}

/* Its end of the pair is closed: it has ended, or is about to. */
static void bury(struct worker_seat *seat)
{
    struct generation *g = seat->generation;
    struct household *house = g->house;
    char fate[CHILD_TEXT];
    pid_t pid = seat->pid;
    int status = child_reap(pid);

    leave_seat(seat);
    if (g->is_ending)
        return;
    log_error(house->program, "worker %ld %s", (long)pid,
              child_fate(status, fate));
    if (seat->is_ready)
        replace(seat);
}

static void errand_ready(struct watcher *w, int fd, unsigned events)
{
    struct worker_seat *seat = (struct worker_seat *)w;
    struct errand errand;
    int got;

    (void)events;
    while ((got = errand_receive(fd, &errand)) > 0)
        run_errand(seat, &errand);
    if (got < 0)
        bury(seat);
}

static void become_worker(const struct worker_seat *seat, int errands)
{
    struct generation *g = seat->generation;
    const struct worker_job job = {
        .program = g->house->program,
        .config = g->config,
        .board = g->house->board,
        .row = seat->row,
        .listener = g->listener,
        .errands = errands,
        .clients = g->house->clients,
        .filter = &g->filter,
    };

    exit(worker_run(&job));
}

/* 0, or -1 and errno. */
static int fill_seat(struct worker_seat *seat)
{
    struct generation *g = seat->generation;
    const struct watch *watch = &g->house->watch;
    int ends[2], keep[2];

    if (errand_pair(ends) != 0)
        return -1;
    seat->row = board_take_row(g->house->board, g->index);
    if (seat->row < 0) {
        errno = EAGAIN;
        goto no_row;
    }
    keep[0] = g->listener;
    keep[1] = ends[1];
    seat->pid = child_fork(keep, 2);
    if (seat->pid < 0)
        goto no_process;
    if (seat->pid == 0)
        become_worker(seat, ends[1]);
    close(ends[1]);
    seat->errands = ends[0];
    seat->born_ms = *watch->now_ms;
    if (watch->set(watch->loop, ends[0], WATCH_READ, &seat->on_errand) == 0)
        return 0;
    kill(seat->pid, SIGKILL);
    child_reap(seat->pid);
    leave_seat(seat);
    return -1;
no_process:
    seat->pid = 0;
    board_free_row(g->house->board, seat->row);
no_row:
    close(ends[0]);
    close(ends[1]);
    return -1;
}

static void fill_again(void *owner)
{
    struct worker_seat *seat = owner;

    if (fill_seat(seat) == 0)
        return;
    log_error(seat->generation->house->program, "worker: %s", strerror(errno));
    replace(seat);
}

static int count_workers(const config_t *c)
{
    long cores = 1;

    if (c->workers != CONFIG_WORKERS_AUTO)
        return c->workers;
#if defined(_SC_NPROCESSORS_ONLN)
    cores = sysconf(_SC_NPROCESSORS_ONLN);
#endif
    if (cores < 1)
        return 1;
    return cores < GENERATION_WORKERS ? (int)cores : GENERATION_WORKERS;
}

static void make_seats(struct generation *g)
{
    g->worker_count = count_workers(g->config);
    for (int i = 0; i < g->worker_count; i++) {
        struct worker_seat *seat = &g->seats[i];

        seat->on_errand.ready = errand_ready;
        seat->generation = g;
        seat->errands = -1;
        timer_init(&seat->again, fill_again, seat);
    }
}

static void kill_all(void *owner)
{
    struct generation *g = owner;

    for (int i = 0; i < g->worker_count; i++)
        if (g->seats[i].pid > 0)
            kill(g->seats[i].pid, SIGKILL);
}

/* ---- making ------------------------------------------------------------- */

/* What is known of a backend does not end with the generation; nor does one that
 * was up come back because of it. */
static void inherit_health(struct generation *g, const struct generation *before)
{
    static const struct board_set nothing;
    const struct board_set *old = before != NULL ? known(before) : &nothing;
    struct board_set *set = known(g);

    for (int i = 0; i < set->backends.num_backends; i++) {
        struct backend *b = &set->backends.backends[i];
        const struct backend *was = names_find(&old->backends, b);

        set->up_since_ms[i] = 0;
        g->was_healthy[i] = 1;
        if (was == NULL)
            continue;
        g->was_healthy[i] = (uint8_t)was->is_healthy;
        b->is_healthy = was->is_healthy;
        b->checks = was->checks;
        b->streak = was->streak;
        b->stats.checks_ok = was->stats.checks_ok;
        b->stats.checks_failed = was->stats.checks_failed;
        set->up_since_ms[i] = old->up_since_ms[was - old->backends.backends];
        g->passive[i] = before->passive[was - old->backends.backends];
    }
}

static void begin_checks(struct generation *g)
{
    const config_t *c = g->config;
    int interval_ms = c->health_check.interval_ms;

    prober_init(&g->prober, g->house->watch, &known(g)->backends);
    g->prober.policy = (struct health_policy){
        .interval_ms = interval_ms,
        .fast_ms = interval_ms < PROBE_FAST_MS ? interval_ms : PROBE_FAST_MS,
        .timeout_ms = c->health_check.timeout_ms,
        .fall = c->health_check.unhealthy_threshold,
        .rise = c->health_check.healthy_threshold,
    };
    if (c->health_check.path[0] != '\0') {
        g->prober.policy.accepted = health_http_ask;
        g->prober.policy.path = c->health_check.path;
    }
}

struct generation *generation_create(struct household *house, int number,
                                     config_t *config, struct answer *answers,
                                     int listener,
                                     const struct generation *before)
{
    struct generation *g = calloc(1, sizeof *g);
    int left_out;

    if (g == NULL)
        return NULL;
    g->house = house;
    g->number = number;
    g->index = board_take_set(house->board);
    g->config = config;
    g->answers = answers;
    g->listener = listener;
    if (g->index < 0) {
        free(g);
        errno = EAGAIN;
        return NULL;
    }
    left_out = names_make_set(config, answers, &known(g)->backends);
    if (left_out > 0)
        log_error(house->program, "%d addresses too many: %d are used",
                  left_out, MAX_BACKENDS);
    known(g)->backends.dice = *house->watch.now_ms + (uint64_t)number;
    inherit_health(g, before);
    if (metrics_filter_init(&g->filter, house->metrics, &known(g)->backends,
                            house->program) != 0)
        log_error(house->program, "metrics: no room for all backends");
    timer_init(&g->limit, kill_all, g);
    make_seats(g);
    begin_checks(g);
    return g;
}

int generation_start(struct generation *g)
{
    for (int i = 0; i < g->worker_count; i++)
        if (fill_seat(&g->seats[i]) != 0)
            return -1;
    return 0;
}

/* ---- how it is ---------------------------------------------------------- */

int generation_is_ready(const struct generation *g)
{
    for (int i = 0; i < g->worker_count; i++)
        if (!g->seats[i].is_ready)
            return 0;
    return prober_knows_all(&g->prober);
}

void generation_serve(struct generation *g)
{
    g->serves = 1;
    generation_tell(g, ERRAND_SERVE);
}

int generation_has_failed(const struct generation *g)
{
    for (int i = 0; i < g->worker_count; i++)
        if (!g->seats[i].is_ready && g->seats[i].pid == 0)
            return 1;
    return 0;
}

int generation_alive(const struct generation *g)
{
    int alive = 0;

    for (int i = 0; i < g->worker_count; i++)
        alive += g->seats[i].pid > 0;
    return alive;
}

/* Takes note of backends that came back; tells whether any health has changed
 * since the last time. */
static int note_changes(struct generation *g)
{
    struct board_set *set = known(g);
    int changed = 0;

    for (int i = 0; i < set->backends.num_backends; i++) {
        const struct backend *b = &set->backends.backends[i];

        if (b->is_healthy == g->was_healthy[i])
            continue;
        changed = 1;
        g->was_healthy[i] = (uint8_t)b->is_healthy;
        if (b->is_healthy && b->checks > 1)
            set->up_since_ms[i] = *g->house->watch.now_ms;
    }
    return changed;
}

void generation_turn(struct generation *g)
{
    if (note_changes(g))
        generation_tell(g, ERRAND_HEALTH);
}

/* ---- the end ------------------------------------------------------------ */

void generation_tell(struct generation *g, int errand)
{
    for (int i = 0; i < g->worker_count; i++)
        if (g->seats[i].pid > 0)
            errand_send(g->seats[i].errands, (enum errand_kind)errand, 0);
}

static void no_more(struct generation *g)
{
    const struct watch *watch = &g->house->watch;

    if (g->is_ending)
        return;
    g->is_ending = 1;
    prober_close(&g->prober);
    for (int i = 0; i < g->worker_count; i++)
        watch->set_timer(watch->loop, &g->seats[i].again, CLOCK_NEVER);
    if (g->listener >= 0)
        close(g->listener);
    g->listener = -1;
}

void generation_end(struct generation *g, int errand)
{
    const struct watch *watch = &g->house->watch;
    int ms = GENERATION_HURRY_MS;

    if (errand != ERRAND_HURRY)
        ms += g->config->drain_timeout_ms;
    no_more(g);
    generation_tell(g, errand);
    watch->set_timer(watch->loop, &g->limit, *watch->now_ms + (uint64_t)ms);
}

void generation_destroy(struct generation *g)
{
    if (g == NULL)
        return;
    no_more(g);
    g->house->watch.set_timer(g->house->watch.loop, &g->limit, CLOCK_NEVER);
    kill_all(g);
    for (int i = 0; i < g->worker_count; i++) {
        struct worker_seat *seat = &g->seats[i];

        if (seat->pid == 0)
            continue;
        child_reap(seat->pid);
        leave_seat(seat);
    }
    board_free_set(g->house->board, g->index);
    config_free(g->config);
    free(g->answers);
    free(g);
}
