/* Limits, and what the kernel can do. */
#define _GNU_SOURCE 1 /* splice() */

#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ENOUGH_FILES = 1024, MANY_FILES = 20000, PIECE = 4096 };

/* ---- limits -------------------------------------------------------------- */

static void look_at_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= ENOUGH_FILES)
        doctor_says(GOOD, "descriptors", "%llu, up to %llu when asked for",
                    (unsigned long long)limit.rlim_cur,
                    (unsigned long long)limit.rlim_max);
    else
        doctor_says(NOTE, "descriptors", "%llu: too few for the load tests",
                    (unsigned long long)limit.rlim_cur);
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < ENOUGH_FILES)
        doctor_cure("ulimit -n %llu, in the shell that you work in",
                    (unsigned long long)limit.rlim_max);
    else if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < MANY_FILES)
        doctor_cure("chapter 5's experiment with 10,000 connections needs "
                    "20,000: fewer will do");
}

static void look_at_backlog(void)
{
    FILE *f = fopen("/proc/sys/net/core/somaxconn", "r");
    int most = 0;

    if (f == NULL)
        return;
    if (fscanf(f, "%d", &most) == 1)
        doctor_says(most >= 128 ? GOOD : NOTE, "listen queue",
                    "at most %d handshakes wait (somaxconn)", most);
    fclose(f);
}

void doctor_limits(void)
{
    look_at_descriptors();
    look_at_backlog();
}

/* ---- the kernel ---------------------------------------------------------- */

static void look_at_timers(void)
{
    struct timespec before, after;
    double ms;

    clock_gettime(CLOCK_MONOTONIC, &before);
    for (int i = 0; i < 20; i++)
        poll(NULL, 0, 1);
    clock_gettime(CLOCK_MONOTONIC, &after);
    ms = (double)(after.tv_sec - before.tv_sec) * 1000 +
         (double)(after.tv_nsec - before.tv_nsec) / 1e6;
    if (ms / 20 < 5)
        doctor_says(GOOD, "timers", "a wait for 1 ms takes %.1f ms", ms / 20);
    else
        doctor_says(NOTE, "timers", "a wait for 1 ms takes %.1f ms", ms / 20);
    if (ms / 20 >= 5)
        doctor_cure("this machine is busy, or emulated: "
                    "export LB_TEST_TIMEOUT_SCALE=3");
}

#ifdef __linux__
/* A few KiB from a pipe into a socket, inside the kernel. */
static int splice_works(int pipes[2], int sockets[2])
{
    static const char data[PIECE];

    return write(pipes[1], data, sizeof data) == PIECE &&
           splice(pipes[0], NULL, sockets[0], NULL, PIECE, 0) == PIECE;
}

static void look_at_splice(void)
{
    int pipes[2], sockets[2], works = 0;

    if (pipe(pipes) != 0)
        return;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0) {
        works = splice_works(pipes, sockets);
        close(sockets[0]);
        close(sockets[1]);
    }
    if (works)
        doctor_says(GOOD, "zero copy", "splice() moves bytes");
    else
        doctor_says(NOTE, "zero copy", "splice(): %s", strerror(errno));
    if (!works)
        doctor_cure("chapter 9 copies then (make ZERO_COPY=portable)");
    close(pipes[0]);
    close(pipes[1]);
}
#else
static void look_at_splice(void)
{
    doctor_says(NOTE, "zero copy",
                "no splice() on this system: sockets are "
                "copied, files go by sendfile()");
}
#endif

void doctor_kernel(void)
{
    look_at_splice();
    look_at_timers();
}
