#define _XOPEN_SOURCE 700 /* posix_openpt() */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "leftovers.h"

enum {
    PROMPT_BEGINS = '\036',
    PROMPT_ENDS = '\037',
    COLUMNS = 80,
    ROWS = 24,
    ROUNDS = 64, /* of reading, before somebody looks at what has come, */
    QUIET = 2,   /* or this many milliseconds without any */
    KILL_TRIES = 500,
    KILL_PAUSE = 10 /* milliseconds */
};

/* The shell is interactive, for only such a one outlives every ^C. Its prompt
 * tells where the output of a command ends, and the status of the command. */
static const char set_up[] =
    "set +o emacs +o vi; [ -z \"$BASH_VERSION\" ] || set +H\n"
    "PS2=; PS1='\036$?\037'\n";

/* No echo, no change of newlines: the output as it was written. ^C, ^D and
 * line editing stay. */
static int set_quiet(int slave)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
    struct termios mode;

    if (tcgetattr(slave, &mode) < 0)
        return -1;
    mode.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL);
    mode.c_oflag &= (tcflag_t)~OPOST;
    ioctl(slave, TIOCSWINSZ, &size);
    return tcsetattr(slave, TCSANOW, &mode);
}

static int open_pair(struct terminal *t)
{
    t->slave = -1;
    if ((t->master = posix_openpt(O_RDWR | O_NOCTTY)) < 0)
        return -1;
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    if (grantpt(t->master) < 0 || unlockpt(t->master) < 0 ||
        (t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY)) < 0 ||
        set_quiet(t->slave) < 0) {
        close(t->master);
        if (t->slave >= 0)
            close(t->slave);
        return -1;
    }
    fcntl(t->slave, F_SETFD, FD_CLOEXEC);
    return 0;
}

static void default_signals(void)
{
    static const int all[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                              SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU};
    struct sigaction plain;
    sigset_t none;

    memset(&plain, 0, sizeof plain);
    plain.sa_handler = SIG_DFL;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sigaction(all[i], &plain, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: makes the terminal its own and becomes the shell. */
static void become_shell(struct terminal *t, int commands,
                         const char *directory, char *const environment[])
{
    int tty;

    default_signals();
    setsid();
    tty = open(ptsname(t->master), O_RDWR);
#ifdef TIOCSCTTY
    ioctl(tty, TIOCSCTTY, 0);
#endif
    if (chdir(directory) < 0 || dup2(commands, 0) < 0 || dup2(tty, 1) < 0 ||
        dup2(tty, 2) < 0)
        _exit(127);
    if (tty > 2)
        close(tty);
    execle("/bin/sh", "sh", "-i", (char *)NULL, environment);
    _exit(127);
}

static int write_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

int terminal_open(struct terminal *t, const char *directory,
                  char *const environment[])
{
    int pipes[2];

    *t = (struct terminal){0};
    text_add(&t->out, "", 0);
    if (open_pair(t) < 0)
        return -1;
    if (pipe(pipes) == 0) {
        fcntl(pipes[1], F_SETFD, FD_CLOEXEC);
        if ((t->shell = fork()) == 0) {
            close(pipes[1]);
            become_shell(t, pipes[0], directory, environment);
        }
        t->commands = pipes[1];
        close(pipes[0]);
        if (t->shell > 0 && write_all(t->commands, set_up, strlen(set_up)) == 0)
            return 0;
        close(pipes[1]);
    }
    close(t->master);
    close(t->slave);
    t->shell = 0;
    return -1;
}

int terminal_command(struct terminal *t, const char *command)
{
    static const char end[] = "' </dev/tty\n";
    struct text line = {0};
    int result;

    text_add(&line, "eval '", 6);
    for (const char *at = command; *at != '\0'; at++)
        text_add(&line, *at == '\'' ? "'\\''" : at, *at == '\'' ? 4 : 1);
    text_add(&line, end, sizeof end - 1);
    t->at_prompt = 0;
    t->interrupted = 0;
    result = write_all(t->commands, line.at, line.len);
    free(line.at);
    return result;
}

int terminal_type(struct terminal *t, const char *keys)
{
    t->interrupted |= strchr(keys, '\003') != NULL;
    return write_all(t->master, keys, strlen(keys));
}

int terminal_is_busy(const struct terminal *t)
{
    pid_t foreground = tcgetpgrp(t->master);

    return foreground > 0 && foreground != t->shell;
}

int terminal_is_gone(struct terminal *t)
{
    int status;

    if (!t->gone)
        t->gone = waitpid(t->shell, &status, WNOHANG) != 0;
    return t->gone;
}

static void take_prompt(struct terminal *t)
{
    if (!t->has_begun)
        t->out.len = 0;
    t->out.at[t->out.len] = '\0';
    t->has_begun = 1;
    t->reading_prompt = 0;
    t->at_prompt = 1;
    t->prompt_at = t->out.len;
}

static void take_byte(struct terminal *t, char c)
{
    if (c == PROMPT_BEGINS) {
        t->reading_prompt = 1;
        t->status = 0;
    } else if (!t->reading_prompt) {
        if (c != '\0')
            text_add(&t->out, &c, 1);
    } else if (c == PROMPT_ENDS) {
        take_prompt(t);
    } else {
        t->status = 10 * t->status + (c - '0');
    }
}

static void read_some(struct terminal *t)
{
    char block[4096];
    ssize_t n = read(t->master, block, sizeof block);

    for (ssize_t i = 0; i < n; i++)
        take_byte(t, block[i]);
}

void terminals_read(struct terminal *all, int count, int ms)
{
    struct pollfd wait[TERMINALS];
    int which[TERMINALS], n = 0;

    for (int i = 0; i < count; i++) {
        if (all[i].shell == 0)
            continue;
        wait[n] = (struct pollfd){.fd = all[i].master, .events = POLLIN};
        which[n++] = i;
    }
    for (int rounds = 0; rounds < ROUNDS; rounds++) {
        if (poll(wait, (nfds_t)n, rounds == 0 ? ms : QUIET) <= 0)
            return;
        for (int i = 0; i < n; i++)
            if (wait[i].revents & POLLIN)
                read_some(&all[which[i]]);
    }
}

/* Kills what is left of a terminal. What was killed takes a moment to go, so
 * this asks again. */
static void kill_all(const struct terminal *t)
{
    for (int tries = 0; tries < KILL_TRIES; tries++) {
        int left = leftovers_kill(t->shell, ptsname(t->master));

        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (left == 0)
            return;
        poll(NULL, 0, KILL_PAUSE);
    }
}

void terminals_end(struct terminal *all, int count)
{
    for (int i = 0; i < count; i++) {
        if (all[i].shell == 0)
            continue;
        if (!all[i].gone)
            kill(all[i].shell, SIGSTOP); /* it starts nothing more */
        kill_all(&all[i]);
        close(all[i].commands);
        close(all[i].master);
        close(all[i].slave);
        free(all[i].out.at);
        all[i] = (struct terminal){0};
    }
}
