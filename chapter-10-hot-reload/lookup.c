#include "lookup.h"

#include "child.h"
#include "clock.h"
#include "descriptor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the process that asks ---------------------------------------------- */

static void write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            return;
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void ask_and_exit(const struct lookup *l, int to)
{
    names_ask(l->config, l->answers);
    write_all(to, l->answers, l->want);
    _exit(0);
}

/* ---- the master --------------------------------------------------------- */

void lookup_init(struct lookup *l, struct watch watch,
                 void (*done)(void *owner, config_t *config,
                              struct answer *answers, const char *why),
                 void *owner)
{
    memset(l, 0, sizeof *l);
    l->watch = watch;
    l->fd = -1;
    l->done = done;
    l->owner = owner;
}

static void stop(struct lookup *l)
{
    if (l->pid > 0) {
        kill(l->pid, SIGKILL); /* it has nothing that could be lost */
        child_reap(l->pid);
        l->watch.set_timer(l->watch.loop, &l->limit, CLOCK_NEVER);
    }
    if (l->fd >= 0) {
        l->watch.set(l->watch.loop, l->fd, 0, NULL);
        close(l->fd);
    }
    l->pid = 0;
    l->fd = -1;
}

static void conclude(struct lookup *l, const char *why)
{
    config_t *config = l->config;
    struct answer *answers = l->answers;

    stop(l);
    l->config = NULL;
    l->answers = NULL;
    if (why != NULL) {
        free(answers);
        answers = NULL;
    }
    l->done(l->owner, config, answers, why);
}

static void answers_ready(struct watcher *w, int fd, unsigned events)
{
    struct lookup *l = (struct lookup *)w;
    ssize_t n = read(fd, (char *)l->answers + l->have, l->want - l->have);

    (void)events;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        l->have += (size_t)n;
    if (l->have == l->want)
        conclude(l, NULL);
    else if (n <= 0)
        conclude(l, "the process that asks the resolver has died");
}

static void took_too_long(void *owner)
{
    conclude(owner, "the resolver does not answer");
}

/* 0, or -1 and errno. */
static int start_process(struct lookup *l)
{
    int ends[2];

    if (pipe(ends) != 0)
        return -1;
    if (descriptor_prepare(ends[0]) != 0 ||
        (l->pid = child_fork(&ends[1], 1)) < 0) {
        l->pid = 0;
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    if (l->pid == 0)
        ask_and_exit(l, ends[1]);
    close(ends[1]);
    l->fd = ends[0];
    return l->watch.set(l->watch.loop, l->fd, WATCH_READ, &l->watcher);
}

void lookup_begin(struct lookup *l, config_t *config)
{
    l->config = config;
    l->have = 0;
    l->want = (size_t)config->num_backends * sizeof *l->answers;
    l->answers = calloc((size_t)config->num_backends, sizeof *l->answers);
    l->watcher.ready = answers_ready;
    timer_init(&l->limit, took_too_long, l);
    if (l->answers == NULL || start_process(l) != 0) {
        conclude(l, strerror(errno));
        return;
    }
    l->watch.set_timer(l->watch.loop, &l->limit,
                       *l->watch.now_ms + LOOKUP_LIMIT_MS);
}

int lookup_is_under_way(const struct lookup *l)
{
    return l->pid > 0;
}

void lookup_cancel(struct lookup *l)
{
    stop(l);
    config_free(l->config);
    free(l->answers);
    l->config = NULL;
    l->answers = NULL;
}
