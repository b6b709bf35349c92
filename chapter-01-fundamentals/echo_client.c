/* echo_client: sends its standard input to a server, prints what comes back.
 *
 *     echo_client HOST PORT
 *
 * At the end of the input it tells the server so, prints the rest of what comes
 * back, and exits 0. It never waits for one thing only: a client that first
 * sends all and then reads hangs for ever with a server that echoes, as soon as
 * the data is larger than the buffers between the two (see the README).
 *
 * Read it like echo_server.c: main() comes last, as the table of contents. */

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define BUFFER_SIZE 1024 /* bytes on their way, in each direction */

/* Bytes on their way from one descriptor to another. Both directions are the
 * same code with other descriptors in it. */
struct flow {
    int from, to;                  /* neither is owned by the flow */
    const char *reading, *writing; /* for messages: what it was doing */
    char data[BUFFER_SIZE];
    size_t begin, end; /* data[begin..end-1] have to leave */
    int ended;         /* nothing comes any more */
};

/* ---- signals ------------------------------------------------------------ */

/* All that is left to do is to end, and the kernel closes what is open. _exit()
 * may be called in a handler; exit() and printf() may not: they could have been
 * interrupted halfway. No flag, so no race between testing it and sleeping. */
static void end_at_once(int sig)
{
    (void)sig;
    _exit(0);
}

static void on_signal(int sig, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, NULL);
}

static void catch_signals(void)
{
    on_signal(SIGINT, end_at_once);
    on_signal(SIGTERM, end_at_once);
    /* A server or a reader of our output that has gone is an error to report
     * (EPIPE), not a reason to die without a word. */
    on_signal(SIGPIPE, SIG_IGN);
}

/* ---- one direction ------------------------------------------------------ */

static int flow_holds(const struct flow *f)
{
    return f->begin < f->end;
}

/* What this flow waits for: with bytes in hand, room for them; otherwise new
 * bytes. poll() skips a negative descriptor. Never ask it about one from which
 * nothing is wanted: it reports a hang-up anyway, again and again. */
static struct pollfd flow_wish(const struct flow *f)
{
    struct pollfd wish = {-1, 0, 0};

    if (flow_holds(f)) {
        wish.fd = f->to;
        wish.events = POLLOUT;
    } else if (!f->ended) {
        wish.fd = f->from;
        wish.events = POLLIN;
    }
    return wish;
}

/* One read or one write, whatever the flow waited for. Returns 0, or -1 if it
 * failed. read() and write() do for sockets, too. */
static int flow_step(struct flow *f)
{
    ssize_t n;

    if (flow_holds(f)) {
        n = write(f->to, f->data + f->begin, f->end - f->begin);
        if (n > 0)
            f->begin += (size_t)n; /* it may have taken a part only */
    } else {
        n = read(f->from, f->data, sizeof f->data);
        f->begin = 0;
        f->end = n > 0 ? (size_t)n : 0;
        f->ended = n == 0;
    }
    /* "Readable" is a hint, not a promise: another process that reads from the
     * same terminal may have been faster. Then poll() again. */
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return 0;
    return n < 0 ? -1 : 0;
}

static void flow_give_up(struct flow *f)
{
    fprintf(stderr, "echo_client: %s: %s\n",
            flow_holds(f) ? f->writing : f->reading, strerror(errno));
    f->begin = f->end = 0;
    f->ended = 1;
}

/* ---- both directions ---------------------------------------------------- */

/* Moves bytes until the server has ended its stream: the exit status. */
static int talk(int server)
{
    struct flow up = {.from = STDIN_FILENO,
                      .reading = "read the input",
                      .to = server,
                      .writing = "send"};
    struct flow down = {.from = server,
                        .reading = "receive",
                        .to = STDOUT_FILENO,
                        .writing = "print"};
    int status = 0, said_end = 0;

    while (!down.ended || flow_holds(&down)) {
        struct pollfd wishes[2] = {flow_wish(&up), flow_wish(&down)};

        if (poll(wishes, 2, -1) < 0 && errno != EINTR) {
            perror("echo_client: poll");
            return 1;
        }
        /* Any answer will do. POLLERR and POLLHUP come unasked, and the read or
         * the write says what they mean. */
        if (wishes[0].revents != 0 && flow_step(&up) < 0) {
            flow_give_up(&up); /* but print what the server still has to say */
            status = 1;
        }
        if (wishes[1].revents != 0 && flow_step(&down) < 0) {
            flow_give_up(&down);
            status = 1;
        }
        if (up.ended && !flow_holds(&up) && !said_end) {
            shutdown(server, SHUT_WR); /* our half only: we still read */
            said_end = 1;
        }
    }
    if (status == 0 && flow_holds(&up)) {
        fprintf(stderr, "echo_client: the server ended before it had all\n");
        status = 1;
    }
    return status;
}

/* ---- connecting --------------------------------------------------------- */

static void cannot_connect(const char *host, const char *port, const char *why)
{
    fprintf(stderr, "echo_client: connect to %s port %s: %s\n", host, port,
            why);
    exit(1);
}

/* A name can have several addresses, "localhost" for example ::1 and 127.0.0.1,
 * and the server need not listen on each: the first that answers is it. */
static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints, *all, *one;
    int fd = -1, reason = 0, error;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC; /* IPv4 or IPv6 */
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV; /* the port is a number, no name */
    error = getaddrinfo(host, port, &hints, &all);
    if (error != 0)
        cannot_connect(host, port,
                       error == EAI_SYSTEM ? strerror(errno)
                                           : gai_strerror(error));
    for (one = all; one != NULL && fd < 0; one = one->ai_next) {
        fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (fd < 0 || connect(fd, one->ai_addr, one->ai_addrlen) < 0) {
            reason = errno;
            if (fd >= 0)
                close(fd); /* a socket whose connect() failed is of no use */
            fd = -1;
        }
    }
    freeaddrinfo(all);
    if (fd < 0)
        cannot_connect(host, port, strerror(reason));
    return fd;
}

/* A blocking write() sleeps until *all* of it has gone, not only what fits: the
 * server that waits for us to read would wait for ever. Only the socket is made
 * non-blocking. The flag belongs to what is open, not to our descriptor, so on
 * standard input it would hit the shell that lent us its terminal. */
static void make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        perror("echo_client: fcntl");
        exit(1);
    }
}

/* ---- the command line --------------------------------------------------- */

static void print_usage(FILE *out)
{
    fprintf(out, "Usage: echo_client HOST PORT\n"
                 "Sends its standard input to a server, prints the answer.\n");
}

static void refuse(const char *what, const char *argument)
{
    if (argument == NULL)
        fprintf(stderr, "echo_client: %s\n", what);
    else
        fprintf(stderr, "echo_client: %s: \"%s\"\n", what, argument);
    print_usage(stderr);
    exit(2);
}

/* Digits only, as in echo_server.c; but nobody can listen at port 0. */
static void check_port(const char *text)
{
    unsigned port = 0;
    const char *c;

    for (c = text; *c >= '0' && *c <= '9' && port <= 65535; c++)
        port = port * 10 + (unsigned)(*c - '0');
    if (*c != '\0' || port < 1 || port > 65535)
        refuse("not a port from 1 to 65535", text);
}

/* "[::1]" is how an IPv6 address is written where a port may follow it. The
 * resolver wants it without the brackets, which are cut off in place. */
static const char *parse_host(char *text)
{
    size_t len = strlen(text);

    if (len == 0)
        refuse("HOST is empty", NULL);
    if (text[0] != '[')
        return text;
    if (len < 3 || text[len - 1] != ']')
        refuse("not an address in brackets", text);
    text[len - 1] = '\0';
    return text + 1;
}

static void read_command_line(int argc, char *argv[], const char **host,
                              const char **port)
{
    char *operands[2];
    int n = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            print_usage(stdout);
            exit(0);
        }
    }
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            refuse("unknown option", argv[i]);
        if (n == 2)
            refuse("one operand too many", argv[i]);
        operands[n++] = argv[i];
    }
    if (n < 2)
        refuse(n == 0 ? "HOST and PORT are missing" : "PORT is missing", NULL);
    check_port(operands[1]);
    *host = parse_host(operands[0]);
    *port = operands[1];
}

/* As in echo_server.c: our socket must not become standard output, or we would
 * send the server its own answer, round and round. */
static void keep_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char *argv[])
{
    const char *host, *port;
    int server, status;

    read_command_line(argc, argv, &host, &port);
    keep_standard_descriptors();
    catch_signals();
    server = connect_to(host, port);
    make_nonblocking(server);
    status = talk(server);
    close(server);
    return status;
}
