#ifndef SCRIPTED_BACKEND_H
#define SCRIPTED_BACKEND_H

/* scripted_backend: a child process that takes one connection, reads a request
 * and says what the test wants, in pieces, with pauses.
 *
 * Include it after fixture.h. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "deadline.h"
#include "expect.h"
#include "http_check.h"
#include "wire.h"

struct script {
    const char *says;
    size_t piece; /* bytes sent at a time; 0: all at once */
    int pause_ms; /* between two pieces */
    int stays;    /* does not close: until it is killed */
};

struct scripted {
    struct backend backend;
    int listener, port, heard; /* heard: a pipe with the request */
    pid_t pid;
};

/* ---- the child: it may not use cmocka ----------------------------------- */

static inline int script_accept(int listener)
{
    deadline_poll(listener, POLLIN, deadline_in(10000));
    return accept(listener, NULL, NULL);
}

/* The request, up to its empty line, is passed on to the test. */
static inline void script_hear(int fd, int heard)
{
    char data[2048];
    size_t len = 0;

    while (len < sizeof data - 1) {
        ssize_t n;

        deadline_poll(fd, POLLIN, deadline_in(10000));
        n = recv(fd, data + len, sizeof data - 1 - len, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        data[len] = '\0';
        if (strstr(data, "\r\n\r\n") != NULL)
            break;
    }
    if (write(heard, data, len) < 0)
        _exit(1);
}

static inline void script_play(const struct script *s, int listener, int heard)
{
    int fd = script_accept(listener);
    size_t len = strlen(s->says), piece = s->piece > 0 ? s->piece : len;

    signal(SIGPIPE, SIG_IGN);
    alarm(30);
    script_hear(fd, heard);
    for (size_t at = 0; at < len; at += piece) {
        send(fd, s->says + at, piece < len - at ? piece : len - at, 0);
        poll(NULL, 0, s->pause_ms);
    }
    while (s->stays)
        pause();
    _exit(0);
}

/* ---- the test's side ---------------------------------------------------- */

static inline void backend_at(struct backend *b, int port)
{
    memset(b, 0, sizeof *b);
    snprintf(b->name, sizeof b->name, "127.0.0.1:%d", port);
    assert_int_equal(net_resolve("127.0.0.1", port, &b->addresses), 0);
}

static inline struct scripted scripted_start(const struct script *s)
{
    struct scripted it;
    int ends[2];

    it.listener = wire_listen(&it.port);
    assert_int_equal(pipe(ends), 0);
    it.heard = ends[0];
    it.pid = fork();
    assert_true(it.pid >= 0);
    if (it.pid == 0)
        script_play(s, it.listener, ends[1]);
    close(ends[1]);
    backend_at(&it.backend, it.port);
    return it;
}

static inline void scripted_end(struct scripted *it)
{
    kill(it->pid, SIGKILL);
    waitpid(it->pid, NULL, 0);
    close(it->heard);
    wire_close(it->listener);
}

/* What a check of such a backend says within so many scaled milliseconds. */
static inline int check_within(const struct script *s, int ms)
{
    struct scripted it = scripted_start(s);
    int scaled_ms = deadline_left(deadline_in(ms));
    int ok = check_backend_http(&it.backend, "/health",
                                clock_now_ms() + (uint64_t)scaled_ms);

    scripted_end(&it);
    return ok;
}

static inline void expect_result(const char *says, int expected)
{
    struct script s = {says, 0, 0, 0};
    char line[64];
    size_t len = strcspn(says, "\r\n");

    len = len < sizeof line ? len : sizeof line - 1;
    memcpy(line, says, len);
    line[len] = '\0';
    expect_int(about("the check of one that says \"%s\"", line),
               check_within(&s, 5000), expected);
}

#endif
