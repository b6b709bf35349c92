#include "master.h"

#include "clock.h"
#include "errand.h"
#include "event_loop.h"
#include "generation.h"
#include "lb_admin.h"
#include "list.h"
#include "log.h"
#include "lookup.h"
#include "net.h"
#include "notify.h"
#include "server.h"
#include "signals.h"
#include "statistics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WATCH_FILE_MS 1000 /* between two looks at the file */

struct master {
    struct watcher on_signal; /* first: the loop hands us this */
    event_loop_t *loop;
    struct household house;
    config_t *last_read; /* a copy of what the file said, good or not */
    struct generation *current, *starting; /* either may be NULL */
    struct list ending;                    /* of generations, newest first */
    int number;                            /* of generations so far */
    struct lb_admin admin;
    struct lookup lookup;
    int is_routine;   /* it only asks what the names mean now */
    int reload_again; /* asked for while one is under way */
    struct timer start_limit, look_at_file, ask_names;
    int is_stopping;
    int status; /* to exit with */
    uint64_t started_ms;
};

static const struct watch *watch_of(const struct master *m)
{
    return &m->house.watch;
}

static void ring_in(struct master *m, struct timer *t, int ms)
{
    const struct watch *watch = watch_of(m);

    watch->set_timer(watch->loop, t,
                     ms < 0 ? CLOCK_NEVER : *watch->now_ms + (uint64_t)ms);
}

/* ---- beginning a generation --------------------------------------------- */

static int same_place(const config_t *a, const config_t *b)
{
    return a->listen_port == b->listen_port &&
           strcmp(a->listen_address, b->listen_address) == 0;
}

/* Another descriptor of the listener that there is, if the address is the same:
 * a second socket, and the queue of the first would die with it. -1 and errno. */
static int open_listener(const struct master *m, const config_t *c)
{
    if (m->current != NULL && same_place(m->current->config, c))
        return fcntl(m->current->listener, F_DUPFD_CLOEXEC, 0);
    return net_listen_at(c->listen_address, c->listen_port, SERVER_BACKLOG);
}

/* Takes over config and answers. 0; or -1, said, and nothing has changed. */
static int begin_generation(struct master *m, config_t *config,
                            struct answer *answers)
{
    int listener = open_listener(m, config);

    if (listener < 0) {
        log_error(m->house.program, "listen on %s port %d: %s",
                  config->listen_address, config->listen_port,
                  strerror(errno));
        goto no_listener;
    }
    m->starting = generation_create(&m->house, m->number + 1, config, answers,
                                    listener, m->current);
    if (m->starting == NULL) {
        log_error(m->house.program, "a new generation: %s", strerror(errno));
        goto no_generation;
    }
    m->number++;
    if (lb_admin_prepare(&m->admin, config, m->house.program, *watch_of(m)) !=
        0)
        goto no_admin;
    if (generation_start(m->starting) == 0) {
        ring_in(m, &m->start_limit, GENERATION_START_MS +
                                       config->health_check.timeout_ms);
        return 0;
    }
    log_error(m->house.program, "workers: %s", strerror(errno));
    lb_admin_cancel(&m->admin);
no_admin:
    generation_destroy(m->starting);
    m->starting = NULL;
    return -1;
no_generation:
    close(listener);
no_listener:
    config_free(config);
    free(answers);
    return -1;
}

/* ---- reloading ---------------------------------------------------------- */

static void reload(struct master *m);

static void look_at_names(struct master *m)
{
    ring_in(m, &m->ask_names,
            m->is_stopping ? -1 : m->current->config->resolve_interval_ms);
}

/* A reload is over, one way or the other: the next one may begin. */
static void conclude(struct master *m, int ok)
{
    metrics_add(m->house.metrics,
                ok ? m->current->filter.reloads_ok
                   : m->current->filter.reloads_failed, 1);
    if (ok)
        log_line("%s: generation %d serves", m->house.program,
                 m->current->number);
    else
        log_error(m->house.program, "reload: generation %d goes on",
                  m->current->number);
    notify("READY=1");
    look_at_names(m);
    if (m->reload_again && !m->is_stopping)
        reload(m);
}

static int is_busy(const struct master *m)
{
    return m->starting != NULL || lookup_is_under_way(&m->lookup);
}

/* Reads the file again; says what is wrong with it. NULL if it is not good. */
static config_t *read_file(struct master *m)
{
    config_t *fresh = config_load(m->current->config->file);

    config_free(m->last_read);
    m->last_read = config_copy(fresh);
    if (config_validate(fresh))
        return fresh;
    config_print_faults(fresh);
    config_free(fresh);
    return NULL;
}

static void reload(struct master *m)
{
    config_t *fresh;

    m->reload_again = is_busy(m);
    if (m->reload_again)
        return;
    notify("RELOADING=1");
    fresh = read_file(m);
    m->is_routine = 0;
    if (fresh != NULL)
        lookup_begin(&m->lookup, fresh);
    else
        conclude(m, 0);
}

/* What is wrong with the answers, or NULL. */
static const char *check_answers(const struct master *m, const config_t *config,
                                 struct answer *answers)
{
    int unknown = names_keep_old(config, answers, m->current->config,
                                 m->current->answers);

    if (unknown < 0)
        return NULL;
    log_error(m->house.program, "resolve %s", config->backends[unknown].host);
    return gai_strerror(answers[unknown].error);
}

/* The names of a configuration have been looked up. */
static void names_known(void *owner, config_t *config, struct answer *answers,
                        const char *why)
{
    struct master *m = owner;

    if (answers != NULL)
        why = check_answers(m, config, answers);
    if (why == NULL && m->is_routine &&
        names_same(answers, m->current->answers, config->num_backends))
        goto nothing_new;
    if (why == NULL) {
        if (begin_generation(m, config, answers) != 0)
            conclude(m, 0);
        return;
    }
    log_error(m->house.program, "resolve: %s", why);
    if (!m->is_routine)
        conclude(m, 0);
nothing_new:
    if (m->is_routine)
        look_at_names(m);
    config_free(config);
    free(answers);
}

/* It is time to ask what the names mean. */
static void ask_names(void *owner)
{
    struct master *m = owner;
    config_t *copy = is_busy(m) ? NULL : config_copy(m->current->config);

    if (copy == NULL) {
        look_at_names(m);
        return;
    }
    m->is_routine = 1;
    lookup_begin(&m->lookup, copy);
}

static void look_at_file(void *owner)
{
    struct master *m = owner;

    ring_in(m, &m->look_at_file, WATCH_FILE_MS);
    if (m->current->config->watch && m->last_read != NULL &&
        config_changed(m->last_read))
        reload(m);
}

/* ---- from one generation to the next ------------------------------------ */

static void end_old(struct master *m, int errand)
{
    for (struct list *at = m->ending.next; at != &m->ending; at = at->next)
        generation_end(LIST_OWNER(at, struct generation, link), errand);
}

/* All of the new one is ready: it serves from now on. */
static void commit(struct master *m)
{
    struct generation *old = m->current;

    ring_in(m, &m->start_limit, -1);
    m->current = m->starting;
    m->starting = NULL;
    generation_serve(m->current);
    lb_admin_commit(&m->admin, m->current->config, m->current->worker_count,
                    &m->current->filter);
    end_old(m, ERRAND_HURRY); /* at most the two newest live */
    if (old != NULL) {
        generation_end(old, ERRAND_RETIRE);
        list_push(&m->ending, &old->link);
        conclude(m, 1);
        return;
    }
    server_announce(m->house.program, m->current->listener);
    notify("READY=1");
    look_at_names(m);
}

static void give_up(struct master *m, const char *why)
{
    log_error(m->house.program, "generation %d: %s", m->starting->number, why);
    ring_in(m, &m->start_limit, -1);
    lb_admin_cancel(&m->admin);
    generation_destroy(m->starting);
    m->starting = NULL;
    if (m->current != NULL) {
        conclude(m, 0);
        return;
    }
    m->is_stopping = 1; /* there was never another */
    m->status = 1;
}

static void took_too_long(void *owner)
{
    give_up(owner, "not ready in time");
}

/* What has become possible by this turn of the loop. */
static void advance(struct master *m)
{
    struct list *next;

    if (m->starting != NULL) {
        generation_turn(m->starting);
        if (generation_has_failed(m->starting))
            give_up(m, "a worker ended before it was ready");
        else if (generation_is_ready(m->starting))
            commit(m);
    }
    if (m->current != NULL && !m->is_stopping)
        generation_turn(m->current);
    for (struct list *at = m->ending.next; at != &m->ending; at = next) {
        struct generation *g = LIST_OWNER(at, struct generation, link);

        next = at->next;
        if (generation_alive(g) > 0)
            continue;
        list_remove(at);
        generation_destroy(g);
    }
}

/* ---- signals ------------------------------------------------------------ */

static void print_all(const struct master *m)
{
    static struct backend_set sum; /* static: too large for some stacks */

    if (m->current == NULL)
        return;
    household_sum(&m->house, m->current->index, &sum);
    print_statistics(&sum, clock_now_ms() - m->started_ms, stdout);
    log_line("Generation: %d, workers: %d", m->number,
             generation_alive(m->current));
}

static void end_all(struct master *m, int errand)
{
    end_old(m, errand);
    if (m->current != NULL)
        generation_end(m->current, errand);
}

static void stop(struct master *m)
{
    notify("STOPPING=1");
    m->is_stopping = m->admin.view.facts.draining = 1;
    lookup_cancel(&m->lookup);
    ring_in(m, &m->look_at_file, -1);
    ring_in(m, &m->ask_names, -1);
    ring_in(m, &m->start_limit, -1);
    generation_destroy(m->starting);
    m->starting = NULL;
    lb_admin_cancel(&m->admin);
    log_line("%s: draining", m->house.program);
    end_all(m, ERRAND_DRAIN);
}

static void signal_ready(struct watcher *w, int fd, unsigned events)
{
    struct master *m = (struct master *)w;

    (void)fd;
    (void)events;
    signals_drain();
    if (signals_take_dump())
        print_all(m);
    if (signals_stops() > 0 && !m->is_stopping)
        stop(m);
    if (signals_stops() > 1)
        end_all(m, ERRAND_HURRY);
    if (signals_take_reload() && m->current != NULL && !m->is_stopping) {
        generation_tell(m->current, ERRAND_REOPEN);
        reload(m);
    }
}

/* ---- the program -------------------------------------------------------- */

/* 0; or -1 and errno. */
static int prepare(struct master *m, const char *program)
{
    struct watch watch;

    m->loop = event_loop_create(MAX_EVENTS);
    if (m->loop == NULL || signals_open() != 0 || signals_want_reload() != 0)
        return -1;
    watch = event_loop_watch(m->loop);
    if (household_open(&m->house, program, watch) != 0)
        return -1;
    m->admin.view.facts.program = program;
    m->admin.view.facts.started = process_wall_clock();
    m->started_ms = *watch.now_ms;
    m->on_signal.ready = signal_ready;
    timer_init(&m->start_limit, took_too_long, m);
    timer_init(&m->look_at_file, look_at_file, m);
    timer_init(&m->ask_names, ask_names, m);
    list_init(&m->ending);
    lookup_init(&m->lookup, watch, names_known, m);
    return watch.set(watch.loop, signals_fd(), WATCH_READ, &m->on_signal);
}

/* The first generation: nobody is served yet, so it may wait for the names. 0, or
 * -1, said. */
static int begin(struct master *m, config_t *config)
{
    struct answer *answers =
        calloc((size_t)config->num_backends, sizeof *answers);
    int unknown;

    m->last_read = config_copy(config);
    if (answers == NULL) {
        log_error(m->house.program, "start: %s", strerror(errno));
        config_free(config);
        return -1;
    }
    names_ask(config, answers);
    unknown = names_keep_old(config, answers, NULL, NULL);
    if (unknown < 0)
        return begin_generation(m, config, answers);
    log_error(m->house.program, "resolve %s: %s",
              config->backends[unknown].host,
              gai_strerror(answers[unknown].error));
    config_free(config);
    free(answers);
    return -1;
}

static int is_finished(const struct master *m)
{
    return m->is_stopping && list_is_empty(&m->ending) &&
           (m->current == NULL || generation_alive(m->current) == 0);
}

static void run(struct master *m)
{
    ring_in(m, &m->look_at_file, WATCH_FILE_MS);
    while (!is_finished(m)) {
        if (event_loop_run(m->loop, -1) < 0) {
            log_error(m->house.program, "waiting for events: %s",
                      strerror(errno));
            m->status = 1;
            break;
        }
        advance(m);
        lb_admin_turn(&m->admin);
    }
}

static void take_apart(struct master *m)
{
    print_all(m);
    lookup_cancel(&m->lookup);
    lb_admin_close(&m->admin);
    generation_destroy(m->starting);
    generation_destroy(m->current);
    while (!list_is_empty(&m->ending)) {
        struct list *first = m->ending.next;

        list_remove(first);
        generation_destroy(LIST_OWNER(first, struct generation, link));
    }
    config_free(m->last_read);
    household_close(&m->house);
    event_loop_destroy(m->loop);
}

int master_run(const char *program, config_t *config)
{
    static struct master m; /* static: too large for some stacks */

    if (prepare(&m, program) != 0) {
        log_error(program, "start: %s", strerror(errno));
        config_free(config);
        return 1;
    }
    m.status = 0;
    if (begin(&m, config) == 0)
        run(&m);
    else
        m.status = 1;
    take_apart(&m);
    return m.status;
}
