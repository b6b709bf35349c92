#include "signals.h"

#include "descriptor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int wake[2] = {-1, -1}; /* written to by the handler, read by the loop */
static volatile sig_atomic_t stops;
static volatile sig_atomic_t dump;
static volatile sig_atomic_t reload;

static void on_signal(int sig)
{
    int saved = errno; /* the interrupted code may be about to look at it */
    ssize_t ignored;

    if (sig == SIGUSR1)
        dump = 1;
    else if (sig == SIGHUP)
        reload = 1;
    else if (stops < 2)
        stops++;
    ignored = write(wake[1], "", 1); /* a full pipe is as good as one byte */
    (void)ignored;
    errno = saved;
}

static int handle(int sig, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART; /* the pipe wakes us, EINTR need not */
    return sigaction(sig, &action, NULL);
}

static int open_pipe(void)
{
    if (pipe(wake) != 0)
        return -1;
    return descriptor_prepare(wake[0]) != 0 || descriptor_prepare(wake[1]) != 0
               ? -1
               : 0;
}

int signals_open(void)
{
    if (open_pipe() != 0)
        return -1;
    if (handle(SIGINT, on_signal) != 0 || handle(SIGTERM, on_signal) != 0 ||
        handle(SIGUSR1, on_signal) != 0)
        return -1;
    return handle(SIGPIPE, SIG_IGN);
}

int signals_fd(void)
{
    return wake[0];
}

void signals_drain(void)
{
    char bytes[64];

    while (read(wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
}

int signals_stops(void)
{
    return stops;
}

int signals_take_dump(void)
{
    int asked = dump;

    dump = 0;
    return asked;
}

int signals_want_reload(void)
{
    return handle(SIGHUP, on_signal);
}

int signals_take_reload(void)
{
    int asked = reload;

    reload = 0;
    return asked;
}

int signals_renew(void)
{
    close(wake[0]);
    close(wake[1]);
    stops = dump = reload = 0;
    return open_pipe();
}
