/* echo_client when its system calls fail, do less than asked, or are
 * interrupted: the client's side of test_echo_server_calls.c, which says how it
 * works. The suite starts itself again, as `test_echo_client_calls SCRIPT HOST
 * PORT`. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "fixture.h"
#include "peers.h"
#include "program.h"
#include "wire.h"

/* ---- the script ---------------------------------------------------------- */

/* SCRIPT is one of
 *   CALL=ERROR          every second call fails so: the first, the third ...
 *   CALL=ERROR*N        the first N calls fail so, the others do not
 *   CALL=one            the call moves one byte only
 *   CALL=SIGINT         a signal arrives before the first such call */
static struct script {
    char call[32], what[32];
    int limit; /* the N, 0 if there is none */
    int count; /* of the calls that it is about */
} script;

static const struct {
    const char *name;
    int number;
} errors[] = {
    {"EINTR", EINTR},   {"EAGAIN", EAGAIN},           {"EMFILE", EMFILE},
    {"EINVAL", EINVAL}, {"ENETUNREACH", ENETUNREACH},
};

/* Sets errno and returns 1 if this call shall fail. */
static int fails(const char *call)
{
    if (strcmp(script.call, call) != 0)
        return 0;
    if (strcmp(script.what, "SIGINT") == 0)
        raise(SIGINT);
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

static int faulty_connect(int fd, const struct sockaddr *to, socklen_t len)
{
    return fails("connect") ? -1 : connect(fd, to, len);
}

static int faulty_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    return fails("poll") ? -1 : poll(fds, n, timeout);
}

static ssize_t faulty_read(int fd, void *data, size_t size)
{
    return fails("read") ? -1 : read(fd, data, shortened("read", size));
}

/* "send" is a write to the socket. It must not sleep: poll() only promised room
 * for one byte, and the server may be waiting for us to read. */
static ssize_t faulty_write(int fd, const void *data, size_t len)
{
    if (fails("write") || (fd != STDOUT_FILENO && fails("send")))
        return -1;
    if (fd != STDOUT_FILENO && (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0)
        fprintf(stderr, "a write to the server that can sleep\n");
    return write(fd, data, shortened("write", len));
}

/* Here every host has two addresses, which are the same. */
static int faulty_getaddrinfo(const char *host, const char *port,
                              const struct addrinfo *hints,
                              struct addrinfo **out)
{
    static struct addrinfo both[2];
    static struct sockaddr_storage address;
    struct addrinfo *real;
    int error = getaddrinfo(host, port, hints, &real);

    if (error != 0)
        return error;
    memcpy(&address, real->ai_addr, real->ai_addrlen);
    both[0] = *real;
    freeaddrinfo(real);
    both[0].ai_addr = (struct sockaddr *)&address;
    both[0].ai_canonname = NULL;
    both[1] = both[0];
    both[0].ai_next = &both[1];
    both[1].ai_next = NULL;
    *out = both;
    return 0;
}

static void faulty_freeaddrinfo(struct addrinfo *list)
{
    (void)list;
}

int client_main(int argc, char *argv[]);

#define main         client_main
#define getaddrinfo  faulty_getaddrinfo
#define freeaddrinfo faulty_freeaddrinfo
#define socket       faulty_socket
#define connect      faulty_connect
#define poll         faulty_poll
#define read         faulty_read
#define write        faulty_write
#include "../../chapter-01-fundamentals/echo_client.c"
#undef main /* the others may stay: in the suite itself the script is empty */

/* ---- the tests ----------------------------------------------------------- */

static char self[PATH_MAX]; /* the path of this suite */

static struct run run_with(const char *text, int port, const void *input,
                           size_t len)
{
    char number[8];
    const char *argv[] = {self, text, "127.0.0.1", number, NULL};

    snprintf(number, sizeof number, "%d", port);
    return program_run(argv, input, len);
}

static struct program *start_with(const char *text, int port)
{
    char number[8];
    const char *argv[] = {self, text, "127.0.0.1", number, NULL};

    snprintf(number, sizeof number, "%d", port);
    return program_spawn(argv);
}

static void goes_on_after_what_passes(void **state)
{
    static const char *const scripts[] = {
        "read=EINTR",     "read=EAGAIN",  "read=one",
        "write=EINTR",    "write=EAGAIN", "write=one",
        "send=EAGAIN",    "poll=EINTR",   "connect=ENETUNREACH*1",
        "socket=EMFILE*1"};
    struct program *server = start_server();
    unsigned char *stream = make_stream();
    size_t len = 5000;

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct run r = run_with(scripts[i], program_port(server), stream, len);

        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        assert_int_equal(r.out_len, len);
        check_stream(r.out, 0, len);
        run_free(&r);
    }
    free(stream);
    program_stop(server);
}

/* A server that ends its stream while we still have bytes for it. */
static void says_when_the_server_ends_before_it_has_all(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_with("send=EAGAIN*2000000000", port);

    (void)state;
    fd = wire_accept(listener);
    program_input(p, "never sent", 10);
    wire_send_text(fd, "goodbye\n");
    program_expect(p, "goodbye\n");
    wire_close(fd);
    expect_exit(p, 1,
                "goodbye\n"
                "echo_client: the server ended before it had all\n");
    wire_close(listener);
}

/* The server's reason for not listening any more, perhaps. */
static void prints_the_answer_although_it_cannot_send(void **state)
{
    int port, listener = wire_listen(&port), fd;
    char message[64];
    struct program *p = start_with("send=EINVAL*1", port);

    (void)state;
    fd = wire_accept(listener);
    program_input(p, "never sent", 10);
    wire_expect_end(fd); /* its input is still open, but of no use */
    wire_send_text(fd, "too much\n");
    wire_close(fd);
    snprintf(message, sizeof message, "echo_client: send: %s\ntoo much\n",
             strerror(EINVAL));
    expect_exit(p, 1, message);
    wire_close(listener);
}

static void says_what_failed(void **state)
{
    static const struct {
        const char *script, *says;
        int number;
    } table[] = {
        {"socket=EMFILE*9", "connect", EMFILE},
        {"connect=ENETUNREACH*9", "connect", ENETUNREACH},
        {"poll=EINVAL", "poll", EINVAL},
        {"read=EINVAL*1", "read the input", EINVAL},
        {"send=EINVAL*1", "send", EINVAL},
        {"write=EINVAL*1", "send", EINVAL},
    };
    struct program *server = start_server();

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct run r = run_with(table[i].script, program_port(server), "hello",
                                5);
        char line[128];
        int n = strncmp(table[i].says, "connect", 7) == 0
                    ? snprintf(line, sizeof line,
                               "echo_client: connect to 127.0.0.1 port %d: ",
                               program_port(server))
                    : snprintf(line, sizeof line,
                               "echo_client: %s: ", table[i].says);

        snprintf(line + n, sizeof line - (size_t)n, "%s\n",
                 strerror(table[i].number));
        assert_string_equal(r.err, line);
        assert_int_equal(r.status, 1);
        run_free(&r);
    }
    program_stop(server);
}

/* Also while it connects, and in the last moment before it sleeps. */
static void a_signal_may_arrive_before_any_call(void **state)
{
    static const char *const scripts[] = {"socket=SIGINT", "connect=SIGINT",
                                          "poll=SIGINT",   "read=SIGINT",
                                          "write=SIGINT",  "send=SIGINT"};
    struct program *server = start_server();

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct run r = run_with(scripts[i], program_port(server), "hello", 5);

        assert_string_equal(r.err, "");
        assert_string_equal(r.out, "");
        assert_int_equal(r.status, 0);
        run_free(&r);
    }
    program_stop(server);
}

/* ---- as the client, or as the suite -------------------------------------- */

static int run_client(int argc, char *argv[])
{
    if (sscanf(argv[0], "%31[^=]=%31[A-Za-z0-9]*%d", script.call, script.what,
               &script.limit) < 2)
        return 99;
    return client_main(argc, argv);
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
        fixture_test(says_when_the_server_ends_before_it_has_all),
        fixture_test(prints_the_answer_although_it_cannot_send),
        fixture_test(says_what_failed),
        fixture_test(a_signal_may_arrive_before_any_call),
    };

    if (argc == 4)
        return run_client(argc - 1, argv + 1);
    find_self(argv[0]);
    return fixture_run("echo_client_calls", tests);
}
