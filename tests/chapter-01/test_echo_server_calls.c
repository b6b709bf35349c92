/* echo_server when its system calls fail, do less than asked, or are
 * interrupted.
 *
 * The server's source is compiled into this suite with its calls replaced by
 * those below, so no library has to be preloaded and it works everywhere. To
 * run it, the suite starts itself again, as `test_echo_server_calls SCRIPT
 * PORT`. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "peers.h"
#include "program.h"
#include "wire.h"

#define CANNOT_BE_TRIED 77 /* exit status: this system does not allow it */

/* ---- the script ---------------------------------------------------------- */

/* SCRIPT is one of
 *   CALL=ERROR          every second call fails so: the first, the third ...
 *   CALL=ERROR*N        the first N calls fail so, the others do not
 *   CALL=one            the call moves one byte only
 *   pselect=ready       it says at once that what it was asked about is ready
 *   any=SIGTERM*N       a signal arrives immediately before the Nth call
 *   first=descriptor*N  the lowest free descriptor is N, as after a parent that
 *                       left its own open */
static struct script {
    char call[32], what[32];
    int limit; /* the N, 0 if there is none */
    int count; /* of the calls that it is about */
} script;

static const struct {
    const char *name;
    int number;
} errors[] = {
    {"EINTR", EINTR},   {"EAGAIN", EAGAIN}, {"ECONNABORTED", ECONNABORTED},
    {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"ENOBUFS", ENOBUFS},
    {"EACCES", EACCES}, {"EINVAL", EINVAL}, {"EAFNOSUPPORT", EAFNOSUPPORT},
};

static void count_for_signal(void)
{
    if (strcmp(script.what, "SIGTERM") != 0 || ++script.count != script.limit)
        return;
    printf("SIGTERM now\n");
    raise(SIGTERM);
}

/* Sets errno and returns 1 if this call shall fail. */
static int fails(const char *call)
{
    count_for_signal();
    if (strcmp(script.call, call) != 0)
        return 0;
    script.count++;
    if (script.limit > 0 ? script.count > script.limit : script.count % 2 == 0)
        return 0;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(script.what, errors[i].name) == 0) {
            errno = errors[i].number;
            return 1;
        }
    return 0;
}

static size_t shortened(const char *call, size_t len)
{
    int cut = strcmp(script.call, call) == 0 && strcmp(script.what, "one") == 0;

    return cut && len > 1 ? 1 : len;
}

/* ---- the calls ----------------------------------------------------------- */

static int faulty_socket(int family, int type, int protocol)
{
    return fails("socket") ? -1 : socket(family, type, protocol);
}

static int faulty_setsockopt(int fd, int level, int name, const void *value,
                             socklen_t len)
{
    if (level == IPPROTO_IPV6 && fails("v6only"))
        return -1;
    return fails("setsockopt") ? -1 : setsockopt(fd, level, name, value, len);
}

static int faulty_bind(int fd, const struct sockaddr *address, socklen_t len)
{
    return fails("bind") ? -1 : bind(fd, address, len);
}

static int faulty_listen(int fd, int backlog)
{
    return fails("listen") ? -1 : listen(fd, backlog);
}

static int faulty_accept(int fd, struct sockaddr *address, socklen_t *len)
{
    return fails("accept") ? -1 : accept(fd, address, len);
}

static ssize_t faulty_recv(int fd, void *data, size_t size, int flags)
{
    return fails("recv") ? -1 : recv(fd, data, shortened("recv", size), flags);
}

static ssize_t faulty_send(int fd, const void *data, size_t len, int flags)
{
    return fails("send") ? -1 : send(fd, data, shortened("send", len), flags);
}

/* The log tells of each sleep. */
static int faulty_pselect(int n, fd_set *readable, fd_set *writable,
                          fd_set *broken, const struct timespec *limit,
                          const sigset_t *mask)
{
    if (fails("pselect"))
        return -1;
    if (strcmp(script.what, "ready") == 0)
        return 1;
    if (limit != NULL)
        printf("pause of %ld ms\n", limit->tv_nsec / 1000000L);
    else
        printf("it sleeps\n");
    return pselect(n, readable, writable, broken, limit, mask);
}

static int faulty_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return fails("sigprocmask") ? -1 : sigprocmask(how, set, old);
}

int server_main(int argc, char *argv[]);

#define main        server_main
#define socket      faulty_socket
#define setsockopt  faulty_setsockopt
#define bind        faulty_bind
#define listen      faulty_listen
#define accept      faulty_accept
#define recv        faulty_recv
#define send        faulty_send
#define pselect     faulty_pselect
#define sigprocmask faulty_sigprocmask
#include "../../chapter-01-fundamentals/echo_server.c"
#undef main /* the others may stay: in the suite itself the script is empty */

/* ---- the tests ----------------------------------------------------------- */

static char self[PATH_MAX]; /* the path of this suite */

static struct program *start_with(const char *text)
{
    return program_start(self, text, "0", NULL);
}

/* Two clients, messages below and above the size of a buffer, a half-close. */
static void expect_service(struct program *p)
{
    static char large[5000], back[sizeof large];

    memset(large, 'x', sizeof large);
    for (int client = 0; client < 2; client++) {
        int fd = wire_connect(program_port(p));

        expect_echo(fd, "hello");
        wire_send(fd, large, sizeof large);
        wire_receive(fd, back, sizeof back);
        assert_memory_equal(large, back, sizeof back);
        wire_send_text(fd, "bye");
        wire_shut(fd);
        wire_expect_text(fd, "bye");
        wire_expect_end(fd);
        wire_close(fd);
    }
}

static void goes_on_after_what_passes(void **state)
{
    static const char *const scripts[] = {
        "recv=EINTR",    "recv=EAGAIN",   "recv=one",
        "send=EINTR",    "send=EAGAIN",   "send=one",
        "accept=EINTR",  "accept=EAGAIN", "accept=ECONNABORTED",
        "pselect=EINTR", "accept=EMFILE", "accept=ENFILE",
        "accept=ENOBUFS"};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct program *p = start_with(scripts[i]);

        expect_service(p);
        program_stop(p);
    }
}

/* That client has gone, the next may be there: no reason to pause. */
static void takes_the_next_client_at_once_after_an_aborted_one(void **state)
{
    struct program *p = start_with("accept=ECONNABORTED*3");

    (void)state;
    expect_service(p);
    assert_null(strstr(program_output(p), "accept: "));
    assert_null(strstr(program_output(p), "pause"));
    program_stop(p);
}

/* Nobody is told each time, and nobody's CPU is burnt meanwhile. */
static void pauses_and_says_once_that_it_has_no_descriptor(void **state)
{
    struct program *p = start_with("accept=EMFILE*3");
    const char *first, *log;
    int fd = wire_connect(program_port(p)), pauses = 0;
    char line[96];

    (void)state;
    expect_echo(fd, "hello");
    wire_close(fd);
    log = program_output(p);
    snprintf(line, sizeof line, "echo_server: accept: %s\n", strerror(EMFILE));
    first = strstr(log, line);
    assert_non_null(first);
    assert_null(strstr(first + 1, line));
    while ((log = strstr(log, "pause of 100 ms\n")) != NULL) {
        pauses++;
        log++;
    }
    assert_int_equal(pauses, 3);
    program_stop(p);
}

/* ---- a signal at the worst moment ---------------------------------------- */

/* A client that says one line and is silent then; -1 if there is no server any
 * more, which is right when the signal came early. */
static int try_client(int port)
{
    struct sockaddr_in to;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons((uint16_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
        write(fd, "hello\n", 6) == 6)
        return fd;
    close(fd);
    return -1;
}

/* Waits until the script has sent its signal (1), or the server has served the
 * client's line, sleeps again, and there was no signal (0). */
static int signal_came(struct program *p)
{
    deadline_t deadline = deadline_in(10000);

    for (;;) {
        const char *log = program_output(p);
        const char *served = strstr(log, "Received: 6 bytes");

        if (strstr(log, "SIGTERM now\n") != NULL)
            return 1;
        if (served != NULL && strstr(served, "it sleeps\n") != NULL)
            return 0;
        if (!deadline_pause(deadline))
            fail_msg("neither served nor ended; it printed:\n%s", log);
    }
}

/* Before the k-th call, for every k: also between the test of the flag and the
 * sleep. A server that holds the signal back too briefly sleeps on for one. */
static void a_signal_may_arrive_before_any_call(void **state)
{
    int came = 1, k = 0;

    (void)state;
    while (came) {
        char text[32];
        struct program *p;
        int fd;

        snprintf(text, sizeof text, "any=SIGTERM*%d", ++k);
        p = start_with(text);
        fd = try_client(program_port(p));
        came = signal_came(p);
        if (!came)
            program_signal(p, SIGTERM);
        assert_int_equal(program_wait(p), 0);
        if (fd >= 0)
            wire_close(fd);
    }
    assert_true(k > 12); /* from socket() to the sleep after the echo */
}

/* A pselect() that finds its descriptor ready returns without letting a signal
 * in: with a busy client it may never sleep. Here it never does. */
static void a_signal_ends_a_server_that_never_sleeps(void **state)
{
    struct program *p = start_with("pselect=ready");
    int fd = wire_connect(program_port(p));

    (void)state;
    expect_echo(fd, "hello");
    program_signal(p, SIGTERM);
    assert_int_equal(program_wait(p), 0);
    wire_close(fd);
}

/* ---- at the start -------------------------------------------------------- */

static void falls_back_to_ipv4(void **state)
{
    static const char *const scripts[] = {"socket=EAFNOSUPPORT*1",
                                          "v6only=EINVAL*1"};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct program *p = start_with(scripts[i]);

        program_expect(p, "echo_server listening on 0.0.0.0:");
        expect_service(p);
        program_expect(p, "Client connected: 127.0.0.1:");
        program_stop(p);
    }
}

static void expect_failure(const char *text, const char *what, int number)
{
    const char *argv[] = {self, text, "0", NULL};
    struct run r = program_run(argv, NULL, 0);
    char line[128];

    if (r.status == CANNOT_BE_TRIED) {
        run_free(&r);
        skip();
    }
    snprintf(line, sizeof line, "echo_server: %s: %s\n", what,
             strerror(number));
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, line);
    assert_string_equal(r.out, "");
    run_free(&r);
}

static void says_what_failed_at_the_start(void **state)
{
    (void)state;
    expect_failure("socket=EMFILE*2", "open a socket", EMFILE);
    expect_failure("setsockopt=ENOBUFS*2", "open a socket", ENOBUFS);
    expect_failure("bind=EACCES*1", "bind to port 0", EACCES);
    expect_failure("listen=EINVAL*1", "listen", EINVAL);
}

/* ---- more descriptors than an fd_set has bits ---------------------------- */

static void refuses_a_listener_that_select_cannot_watch(void **state)
{
    (void)state;
    expect_failure("first=descriptor*1024", "open a socket", EMFILE);
}

static void refuses_a_client_that_select_cannot_watch(void **state)
{
    const char *argv[] = {self, "first=descriptor*1024", "0", NULL};
    struct run r = program_run(argv, NULL, 0);
    struct program *p;
    int fd;

    (void)state;
    run_free(&r);
    if (r.status == CANNOT_BE_TRIED)
        skip();
    p = start_with("first=descriptor*1023");
    fd = wire_connect(program_port(p));
    wire_expect_gone(fd);
    wire_close(fd);
    program_expect(p, "echo_server: accept: ");
    program_stop(p);
}

/* ---- as the server, or as the suite -------------------------------------- */

/* Takes all descriptors below this one, as a careless parent would. */
static void take_descriptors_below(int first)
{
    struct rlimit limit;
    int fd;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        limit.rlim_cur < (rlim_t)first + 16) {
        limit.rlim_cur = (rlim_t)first + 16;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            exit(CANNOT_BE_TRIED);
    }
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd + 1 < first);
}

static int run_server(int argc, char *argv[])
{
    if (sscanf(argv[0], "%31[^=]=%31[A-Za-z0-9]*%d", script.call, script.what,
               &script.limit) < 2)
        return CANNOT_BE_TRIED;
    if (strcmp(script.call, "first") == 0)
        take_descriptors_below(script.limit);
    return server_main(argc, argv);
}

static void find_self(const char *path)
{
    size_t len = 0;

    if (path[0] != '/' && getcwd(self, sizeof self - 1) != NULL) {
        len = strlen(self);
        self[len++] = '/';
    }
    snprintf(self + len, sizeof self - len, "%s", path);
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest tests[] = {
        fixture_test(goes_on_after_what_passes),
        fixture_test(takes_the_next_client_at_once_after_an_aborted_one),
        fixture_test(pauses_and_says_once_that_it_has_no_descriptor),
        fixture_test(a_signal_may_arrive_before_any_call),
        fixture_test(a_signal_ends_a_server_that_never_sleeps),
        fixture_test(falls_back_to_ipv4),
        fixture_test(says_what_failed_at_the_start),
        fixture_test(refuses_a_listener_that_select_cannot_watch),
        fixture_test(refuses_a_client_that_select_cannot_watch),
    };

    if (argc == 3)
        return run_server(argc - 1, argv + 1);
    find_self(argv[0]);
    return fixture_run("echo_server_calls", tests);
}
