#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "program.h"
#include "program_launch.h"
#include "program_poll.h"

#define MAX_PROGRAMS  64
#define MAX_ARGUMENTS 600
#define MAX_OUTPUT    (16u << 20) /* what a program prints beyond is dropped */
#define READY_MS      10000
#define END_MS        30000

/* What came out of one pipe. The text belongs to the program's slot. */
struct capture {
    int fd; /* -1: at its end, or never there */
    char *text;
    size_t len, size;
};

/* A slot is in use while pid is not 0. The table is static because a failed
 * test is left by longjmp: whoever comes after must find what it started. */
struct program {
    volatile sig_atomic_t pid; /* also read by a signal handler */
    char name[256];
    int input; /* -1: closed */
    int port;
    struct capture out, err;
};

static struct program programs[MAX_PROGRAMS];

/* ---- output ------------------------------------------------------------- */

static void capture_begin(struct capture *c, int fd)
{
    c->fd = fd >= 0 ? descriptors_nonblocking(fd) : -1;
    c->len = 0;
    c->size = 4096;
    c->text = calloc(1, c->size);
    if (c->text == NULL)
        failure("out of memory");
}

static void capture_close(struct capture *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static void capture_keep(struct capture *c, const char *data, size_t len)
{
    if (c->len + len > MAX_OUTPUT)
        return;
    if (c->len + len + 1 > c->size) {
        size_t size = (c->len + len + 1) * 2;
        char *text = realloc(c->text, size);

        if (text == NULL)
            return;
        c->text = text;
        c->size = size;
    }
    memcpy(c->text + c->len, data, len);
    c->len += len;
    c->text[c->len] = '\0';
}

/* Reads all that is there now. */
static void capture_read(struct capture *c)
{
    char data[16384];

    while (c->fd >= 0) {
        ssize_t n = read(c->fd, data, sizeof data);

        if (n > 0)
            capture_keep(c, data, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            capture_close(c);
        else if (errno == EAGAIN)
            return;
    }
}

static nfds_t add_capture(struct capture *c, struct pollfd *set,
                          struct capture **from, nfds_t n)
{
    if (c->fd < 0)
        return n;
    set[n] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
    from[n] = c;
    return n + 1;
}

void program_poll(struct pollfd *wanted, int timeout_ms)
{
    struct pollfd set[1 + 2 * MAX_PROGRAMS];
    struct capture *from[1 + 2 * MAX_PROGRAMS];
    nfds_t first = 0, n;

    if (wanted != NULL) {
        wanted->revents = 0;
        set[first++] = *wanted;
    }
    n = first;
    for (int i = 0; i < MAX_PROGRAMS; i++)
        if (programs[i].pid != 0) {
            n = add_capture(&programs[i].out, set, from, n);
            n = add_capture(&programs[i].err, set, from, n);
        }
    if (poll(set, n, timeout_ms) <= 0)
        return; /* the time is up, or a signal came */
    if (wanted != NULL)
        wanted->revents = set[0].revents;
    for (nfds_t i = first; i < n; i++)
        if (set[i].revents != 0)
            capture_read(from[i]);
}

/* ---- the table ---------------------------------------------------------- */

static struct program *free_slot(void)
{
    for (int i = 0; i < MAX_PROGRAMS; i++)
        if (programs[i].pid == 0)
            return &programs[i];
    failure("more than %d programs at once", MAX_PROGRAMS);
}

static void release(struct program *p)
{
    capture_close(&p->out);
    capture_close(&p->err);
    free(p->out.text);
    free(p->err.text);
    p->out.text = p->err.text = NULL;
    if (p->input >= 0)
        close(p->input);
    p->input = -1;
    p->pid = 0;
}

void program_kill_from_handler(void)
{
    for (int i = 0; i < MAX_PROGRAMS; i++)
        if (programs[i].pid > 0)
            kill(programs[i].pid, SIGKILL);
}

int program_end_all(void)
{
    int count = 0;

    for (int i = 0; i < MAX_PROGRAMS; i++)
        if (programs[i].pid != 0) {
            program_kill(&programs[i]);
            count++;
        }
    return count;
}

/* ---- start -------------------------------------------------------------- */

static int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY);

    if (fd < 0)
        failure("/dev/null: %s", strerror(errno));
    return descriptors_private(fd);
}

/* With `input` the program's standard input is a pipe, else /dev/null; with
 * `apart` its standard error is not mixed into the output. */
static struct program *start(const char *const argv[], int input, int apart)
{
    struct program *p = free_slot();
    int in[2] = { -1, -1 }, out[2], err[2] = { -1, -1 };

    if (input)
        launch_pipe(in);
    else
        in[0] = open_null();
    launch_pipe(out);
    if (apart)
        launch_pipe(err);
    snprintf(p->name, sizeof p->name, "%s", argv[0]);
    p->port = 0;
    p->pid = launch(argv, (int[]){ in[0], out[1], apart ? err[1] : out[1] });
    close(in[0]);
    close(out[1]);
    if (apart)
        close(err[1]);
    p->input = input ? descriptors_nonblocking(in[1]) : -1;
    capture_begin(&p->out, out[0]);
    capture_begin(&p->err, err[0]);
    return p;
}

/* " listening on ..." behind the first word of a line, or NULL: an admin port is
 * announced, too, but that is not what makes a program ready. */
static const char *ready_line(const char *output)
{
    const char *at = output;

    while ((at = strstr(at, " listening on ")) != NULL) {
        const char *word = at;

        while (word > output && word[-1] != ' ' && word[-1] != '\n')
            word--;
        if (word == output || word[-1] == '\n')
            return at;
        at++;
    }
    return NULL;
}

/* "PROGRAM listening on ADDRESS:PORT\n": the port, or 0 if it is not there. */
static int ready_port(const char *output)
{
    const char *line = ready_line(output);
    const char *end = line != NULL ? strchr(line, '\n') : NULL;
    const char *at = end;
    char *stop;
    long port;

    if (end == NULL)
        return 0;
    while (at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (at[-1] != ':')
        failure("no port in the ready line: %s", line);
    port = strtol(at, &stop, 10);
    if (stop != end || port < 1 || port > 65535)
        failure("no port in the ready line: %s", line);
    return (int)port;
}

static int await_ready(struct program *p)
{
    deadline_t deadline = deadline_in(READY_MS);

    while ((p->port = ready_port(p->out.text)) == 0) {
        if (p->out.fd < 0)
            return 0;
        if (deadline_left(deadline) == 0)
            failure("%s did not say \"listening on ADDRESS:PORT\"; "
                    "it printed:\n%s",
                    p->name, p->out.text);
        program_poll(NULL, deadline_left(deadline));
    }
    return 1;
}

struct program *program_start_args(const char *const argv[])
{
    struct program *p = start(argv, 0, 0);

    if (!await_ready(p)) {
        char *output, name[sizeof p->name];
        int status;

        memcpy(name, p->name, sizeof name);
        status = program_wait_output(p, &output);
        failure("%s ended with status %d before it was ready; it printed:\n%s",
                name, status, output);
    }
    return p;
}

struct program *program_start(const char *path, ...)
{
    const char *argv[MAX_ARGUMENTS] = { path };
    int n = 0;
    va_list arguments;

    va_start(arguments, path);
    while (argv[n] != NULL && n + 1 < MAX_ARGUMENTS)
        argv[++n] = va_arg(arguments, const char *);
    va_end(arguments);
    if (argv[n] != NULL)
        failure("too many arguments for %s", path);
    return program_start_args(argv);
}

struct program *program_spawn(const char *const argv[])
{
    return start(argv, 1, 0);
}

/* ---- input and output --------------------------------------------------- */

/* Returns 0, or -1 if the program has closed its input. */
static int feed(struct program *p, const void *data, size_t len)
{
    const char *at = data;
    deadline_t deadline = deadline_in(READY_MS);

    while (len > 0) {
        ssize_t n = write(p->input, at, len);

        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno == EPIPE) {
            return -1;
        } else if (errno != EAGAIN && errno != EINTR) {
            failure("writing to %s: %s", p->name, strerror(errno));
        } else if (deadline_poll(p->input, POLLOUT, deadline) == 0) {
            failure("%s does not read its input; it printed:\n%s", p->name,
                    p->out.text);
        }
    }
    return 0;
}

void program_input(struct program *p, const void *data, size_t len)
{
    if (p->input < 0)
        failure("the input of %s is closed or no pipe", p->name);
    if (feed(p, data, len) != 0)
        failure("%s closed its input; it printed:\n%s", p->name,
                program_output(p));
}

void program_end_input(struct program *p)
{
    if (p->input >= 0)
        close(p->input);
    p->input = -1;
}

int program_port(const struct program *p)
{
    return p->port;
}

pid_t program_pid(const struct program *p)
{
    return p->pid;
}

const char *program_output(struct program *p)
{
    capture_read(&p->out);
    return p->out.text;
}

const char *program_expect_in(struct program *p, const char *text, int ms)
{
    deadline_t deadline = deadline_in(ms);
    const char *at;

    while ((at = strstr(program_output(p), text)) == NULL) {
        if (p->out.fd < 0 || deadline_left(deadline) == 0)
            failure("%s %s without printing \"%s\"; it printed:\n%s", p->name,
                    p->out.fd < 0 ? "ended" : "went on", text, p->out.text);
        program_poll(NULL, deadline_left(deadline));
    }
    return at;
}

const char *program_expect(struct program *p, const char *text)
{
    return program_expect_in(p, text, READY_MS);
}

/* ---- end ---------------------------------------------------------------- */

void program_signal(struct program *p, int sig)
{
    if (kill(p->pid, sig) != 0)
        failure("signal %d to %s: %s", sig, p->name, strerror(errno));
}

void program_freeze(struct program *p)
{
    siginfo_t what;

    program_signal(p, SIGSTOP);
    while (waitid(P_PID, (id_t)p->pid, &what, WSTOPPED) != 0)
        if (errno != EINTR)
            failure("waiting for %s to stop: %s", p->name, strerror(errno));
}

/* Its output ends a moment before the process does, or long after, if a child
 * of its own still holds the pipe: only waitpid() is to be believed. */
static int await_end(struct program *p)
{
    deadline_t deadline = deadline_in(END_MS);
    int status;
    pid_t ended;

    while ((ended = waitpid(p->pid, &status, WNOHANG)) == 0)
        if (!deadline_pause(deadline))
            failure("%s does not end; it printed:\n%s", p->name, p->out.text);
    if (ended < 0)
        failure("waiting for %s: %s", p->name, strerror(errno));
    capture_read(&p->out);
    capture_read(&p->err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_wait_output(struct program *p, char **output)
{
    int status = await_end(p);

    if (output != NULL) {
        *output = p->out.text;
        p->out.text = NULL;
    }
    release(p);
    return status;
}

int program_wait(struct program *p)
{
    return program_wait_output(p, NULL);
}

void program_stop(struct program *p)
{
    char *output, name[sizeof p->name];
    int status;

    memcpy(name, p->name, sizeof name);
    program_signal(p, SIGTERM);
    status = program_wait_output(p, &output);
    if (status != 0)
        failure("%s exited with %d, not 0, after SIGTERM; it printed:\n%s",
                name, status, output);
    free(output);
}

void program_kill(struct program *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    release(p);
}

struct run program_run(const char *const argv[], const void *input, size_t len)
{
    struct program *p = start(argv, 1, 1);
    struct run r;

    if (len > 0)
        feed(p, input, len); /* a program need not read all of it */
    program_end_input(p);
    r.status = await_end(p);
    r.out = p->out.text;
    r.out_len = p->out.len;
    r.err = p->err.text;
    r.err_len = p->err.len;
    p->out.text = p->err.text = NULL;
    release(p);
    return r;
}

void run_free(struct run *r)
{
    free(r->out);
    free(r->err);
    r->out = r->err = NULL;
}
