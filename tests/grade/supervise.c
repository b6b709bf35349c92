#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "leftovers.h"

enum {
    KEPT = 64 << 10,   /* bytes of the output that a report can show */
    LOOK_MS = 50,      /* how often the limits are looked at */
    KILLING_MS = 10000 /* for how long what does not die is killed again */
};

static volatile sig_atomic_t told_to_stop;

static void stop(int sig)
{
    (void)sig;
    told_to_stop = 1;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the supervisor ------------------------------------------------------ */

struct watch {
    const struct order *order;
    pid_t pid;
    int pipes[2]; /* output, verdict; -1: closed */
    struct ended ended;
    int64_t began;
    int reaped;
};

/* Takes what is there; at the end of the stream the pipe is closed. Returns the
 * number of bytes. */
static long drain(int *fd, struct text *kept, size_t most)
{
    char block[65536];
    long sum = 0;

    while (*fd >= 0) {
        ssize_t n = read(*fd, block, sizeof block);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (n <= 0) {
            close(*fd);
            *fd = -1;
            break;
        }
        sum += n;
        if (kept->len < most)
            text_add(kept, block,
                     kept->len + (size_t)n > most ? most - kept->len
                                                  : (size_t)n);
        if (sum > 8 << 20)
            break; /* the limits want to be looked at, too */
    }
    return sum;
}

static void take_output(struct watch *w)
{
    struct pollfd set[2] = {{.fd = w->pipes[0], .events = POLLIN},
                            {.fd = w->pipes[1], .events = POLLIN}};

    if (poll(set, 2, LOOK_MS) > 0) {
        w->ended.printed += drain(&w->pipes[0], &w->ended.output, KEPT);
        drain(&w->pipes[1], &w->ended.verdict, 4096);
    }
}

/* Orphans are reaped as well: a zombie is a process, too. */
static void reap(struct watch *w)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == w->pid) {
            w->ended.status = status;
            w->reaped = 1;
        }
}

static enum ending limit_reached(const struct watch *w)
{
    const struct order *o = w->order;

    if (told_to_stop)
        return INTERRUPTED;
    if (o->seconds > 0 && now_ms() - w->began > o->seconds * 1000L)
        return TOO_LATE;
    if (o->output > 0 && w->ended.printed > o->output)
        return TOO_MUCH;
    if (o->processes > 0 && leftovers_count(w->pid) > o->processes)
        return TOO_MANY;
    return ENDED;
}

static void watch_until_end(struct watch *w)
{
    while (!w->reaped && w->ended.ending == ENDED) {
        if (w->pipes[0] < 0 && w->pipes[1] < 0)
            poll(NULL, 0, 1);
        else
            take_output(w);
        reap(w);
        if (!w->reaped)
            w->ended.ending = limit_reached(w);
    }
    w->ended.ms = (long)(now_ms() - w->began);
}

/* Kills until nobody is left: what dies orphans its own children, which become
 * ours then. Returns how many there were at first. */
static int end_leftovers(struct watch *w)
{
    int64_t deadline = now_ms() + KILLING_MS;
    int first = leftovers_count(w->pid), left = first;

    while (left > 0 && now_ms() < deadline) {
        kill(-w->pid, SIGKILL);
        leftovers_kill(w->pid, "");
        reap(w);
        poll(NULL, 0, 1);
        left = leftovers_count(w->pid);
    }
    kill(-w->pid, SIGKILL);
    while (!w->reaped && now_ms() < deadline) {
        reap(w);
        poll(NULL, 0, 1);
    }
    return first;
}

static void tell(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            _exit(1);
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void report(int fd, const struct ended *e)
{
    tell(fd, e, sizeof *e);
    tell(fd, e->output.at, e->output.len);
    tell(fd, e->verdict.at, e->verdict.len);
}

static void catch_stop(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = stop;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static void be_supervisor(const struct order *order, int fd)
{
    struct watch w = {.order = order};
    int status;

    catch_stop();
    leftovers_adopt();
    leftovers_end_with_parent();
    w.began = now_ms();
    if ((w.pid = confine(order, w.pipes)) < 0)
        _exit(1);
    watch_until_end(&w);
    w.ended.left = end_leftovers(&w);
    w.ended.printed += drain(&w.pipes[0], &w.ended.output, KEPT);
    drain(&w.pipes[1], &w.ended.verdict, 4096);
    report(fd, &w.ended);
    status = told_to_stop;
    _exit(status);
}

/* ---- who asked for it ---------------------------------------------------- */

int supervise_start(struct supervised *s, const struct order *order)
{
    int ends[2];

    *s = (struct supervised){.report = -1};
    if (pipe(ends) != 0)
        return -1;
    fflush(NULL);
    s->supervisor = fork();
    if (s->supervisor == 0) {
        close(ends[0]);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        be_supervisor(order, ends[1]);
    }
    close(ends[1]);
    if (s->supervisor < 0) {
        close(ends[0]);
        s->supervisor = 0;
        return -1;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    s->report = ends[0];
    return 0;
}

static void take_report(struct supervised *s, struct ended *e)
{
    const char *at = s->told.at;

    *e = (struct ended){.ending = LOST};
    if (s->told.len >= sizeof *e) {
        struct ended told;

        memcpy(&told, at, sizeof told);
        at += sizeof told;
        *e = told;
        e->output = e->verdict = (struct text){0};
        if (s->told.len == sizeof told + told.output.len + told.verdict.len) {
            text_add(&e->output, at, told.output.len);
            text_add(&e->verdict, at + told.output.len, told.verdict.len);
        } else {
            e->ending = LOST;
        }
    }
    if (e->output.at == NULL)
        text_add(&e->output, "", 0);
    if (e->verdict.at == NULL)
        text_add(&e->verdict, "", 0);
}

/* Returns 1 when it has told all. */
static int hear(struct supervised *s)
{
    char block[65536];
    ssize_t n = read(s->report, block, sizeof block);

    if (n > 0)
        text_add(&s->told, block, (size_t)n);
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

static void finish(struct supervised *s, struct ended *e)
{
    take_report(s, e);
    free(s->told.at);
    close(s->report);
    while (waitpid(s->supervisor, NULL, 0) < 0 && errno == EINTR)
        continue;
    *s = (struct supervised){.report = -1};
}

/* Waits at most so long for one of them to tell more; returns the index of one
 * that has told all, or -1. */
static int hear_any(struct supervised *all, int count, int ms)
{
    struct pollfd set[SUPERVISED_MOST];

    for (int i = 0; i < count; i++)
        set[i] = (struct pollfd){.fd = all[i].report, .events = POLLIN};
    if (poll(set, (nfds_t)count, ms) <= 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (set[i].fd >= 0 && set[i].revents != 0 && hear(&all[i]))
            return i;
    return -1;
}

static int any_runs(const struct supervised *all, int count)
{
    for (int i = 0; i < count; i++)
        if (all[i].supervisor != 0)
            return 1;
    return 0;
}

int supervise_wait(struct supervised *all, int count, struct ended *ended)
{
    while (any_runs(all, count)) {
        int i = hear_any(all, count, 1000);

        if (i >= 0) {
            finish(&all[i], ended);
            return i;
        }
    }
    return -1;
}

struct ended supervise(const struct order *order)
{
    struct supervised s;
    struct ended ended = {.ending = LOST};

    if (supervise_start(&s, order) == 0)
        supervise_wait(&s, 1, &ended);
    return ended;
}

void ended_free(struct ended *ended)
{
    free(ended->output.at);
    free(ended->verdict.at);
}
