/* echo_server: sends every byte that it receives back to where it came from.
 *
 *     echo_server PORT
 *
 * It serves one client at a time, on purpose: the next one waits in a queue of
 * the kernel. The README shows how that looks; chapter 4 is the cure.
 *
 * There is no module under it, only system calls with the reason beside each.
 * The functions stand in the order in which they are built upon each other, so
 * main(), the last one, is the table of contents. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_SIZE     1024 /* bytes received at most with one call */
#define BACKLOG         10   /* clients that may wait until we accept them */
#define EXCERPT_SIZE    32   /* bytes of a message that the log shows */
#define ACCEPT_PAUSE_MS 100  /* no descriptor left: when to try again */

/* "[IPv6 address]:65535" and the NUL, which INET6_ADDRSTRLEN counts already */
#define ADDRESS_SIZE (INET6_ADDRSTRLEN + sizeof "[]:65535" - 1)

/* ---- when something fails at the start ---------------------------------- */

static void die(const char *what)
{
    fprintf(stderr, "echo_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- signals: how Ctrl-C ends a server that sleeps ---------------------- */

/* The only global: a handler has no other way to reach the rest of the program.
 * sig_atomic_t is written in one piece, volatile makes every test look anew. */
static volatile sig_atomic_t stop_requested;

static void request_stop(int sig)
{
    (void)sig;
    stop_requested = 1;
}

/* sigaction(), as signal() differs from system to system: on Linux and BSD it
 * restarts a sleeping call after the handler has run, so that accept() would go
 * on sleeping and nobody would look at the flag. With sa_flags 0 (SA_RESTART is
 * not in it) the call returns -1 with EINTR. */
static void on_signal(int sig, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = 0;
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, NULL);
}

static void catch_signals(void)
{
    on_signal(SIGINT, request_stop);
    on_signal(SIGTERM, request_stop);
    /* Sending to a client that has gone raises SIGPIPE, which ends a program
     * that does not ignore it. Ignored, send() says EPIPE, and we go on. */
    on_signal(SIGPIPE, SIG_IGN);
}

/* ---- sleeping: the only place where this program blocks ----------------- */

/* Sleeps until a descriptor in one of the sets is ready, the time is over (if
 * there is a limit), or a signal wants us to stop. Callers then try again what
 * they had to wait for, so it need not say which of them it was.
 *
 * A signal between the test of stop_requested and the sleep would set the flag
 * when nobody looks any more. So both signals are held back from before the
 * test on, and pselect() lets them in while it sleeps, in one step. Not longer:
 * a pselect() that finds its descriptor ready does not let them in, and a busy
 * client would keep them out for ever. */
static void wait_in_kernel(int fd, fd_set *readable, fd_set *writable,
                           const struct timespec *limit)
{
    sigset_t both, normal;
    int n = 0;

    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, &normal);
    if (!stop_requested)
        n = pselect(fd + 1, readable, writable, NULL, limit, &normal);
    if (n < 0 && errno != EINTR)
        die("pselect");
    sigprocmask(SIG_SETMASK, &normal, NULL);
}

static void wait_readable(int fd)
{
    fd_set set;

    FD_ZERO(&set);
    FD_SET(fd, &set);
    wait_in_kernel(fd, &set, NULL, NULL);
}

static void wait_writable(int fd)
{
    fd_set set;

    FD_ZERO(&set);
    FD_SET(fd, &set);
    wait_in_kernel(fd, NULL, &set, NULL);
}

static void pause_accepting(void)
{
    struct timespec limit = {0, ACCEPT_PAUSE_MS * 1000000L};

    wait_in_kernel(-1, NULL, NULL, &limit);
}

/* ---- bytes in, bytes out ------------------------------------------------ */

/* POSIX allows both numbers for "not now"; on most systems they are one. */
static int not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* The next bytes, as soon as there are any: returns how many, 0 when the client
 * has ended its stream, -1 when the connection broke or we are to stop. */
static ssize_t receive_some(int fd, char *data, size_t size)
{
    while (!stop_requested) {
        ssize_t n = recv(fd, data, size, 0);
        if (n >= 0)
            return n;
        if (not_now())
            wait_readable(fd);
        else if (errno != EINTR)
            return -1;
    }
    return -1;
}

/* Sends all of it: send() takes what fits into the kernel's buffer and returns
 * how much that was, be it one byte. Returns 0, or -1 as receive_some(). */
static int send_all(int fd, const char *data, size_t len)
{
    while (len > 0 && !stop_requested) {
        ssize_t n = send(fd, data, len, 0);
        if (n >= 0) {
            data += n;
            len -= (size_t)n;
        } else if (not_now()) {
            wait_writable(fd);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return len == 0 ? 0 : -1;
}

/* ---- the log ------------------------------------------------------------ */

/* A client chooses its bytes. Written to a terminal as they are, they could
 * move the cursor, rename the window or forge a line of this log. */
static void print_escaped(unsigned char c)
{
    if (c == '\n')
        printf("\\n");
    else if (c == '\r')
        printf("\\r");
    else if (c == '"' || c == '\\')
        printf("\\%c", c);
    else if (c >= ' ' && c <= '~')
        putchar(c);
    else
        printf("\\x%02x", c);
}

static void print_received(const char *data, size_t len)
{
    size_t shown = len < EXCERPT_SIZE ? len : EXCERPT_SIZE;

    printf("Received: %zu byte%s \"", len, len == 1 ? "" : "s");
    for (size_t i = 0; i < shown; i++)
        print_escaped((unsigned char)data[i]);
    printf("\"%s\n", shown < len ? "..." : "");
}

static void print_disconnected(const char *address, const char *why)
{
    if (why == NULL)
        printf("Client disconnected: %s\n", address);
    else
        printf("Client disconnected: %s (%s)\n", address, why);
}

/* Writes "192.0.2.1:80" or "[2001:db8::1]:80". An IPv6 socket shows a client
 * of IPv4 as ::ffff:192.0.2.1: the last four bytes are its address. */
static void format_address(const struct sockaddr_storage *from, char *out)
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    char ip[INET6_ADDRSTRLEN] = "?";

    if (from->ss_family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, ip, sizeof ip);
        snprintf(out, ADDRESS_SIZE, "%s:%u", ip, ntohs(v4->sin_port));
    } else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], ip, sizeof ip);
        snprintf(out, ADDRESS_SIZE, "%s:%u", ip, ntohs(v6->sin6_port));
    } else {
        inet_ntop(AF_INET6, &v6->sin6_addr, ip, sizeof ip);
        snprintf(out, ADDRESS_SIZE, "[%s]:%u", ip, ntohs(v6->sin6_port));
    }
}

/* ---- one client --------------------------------------------------------- */

/* Echoes until the client ends its stream. It may have ended only its own half
 * of the connection and still be reading; all it sent is on its way back before
 * we see the end, so closing now loses nothing. Takes the descriptor. */
static void serve_client(int fd, const char *address)
{
    char data[BUFFER_SIZE];
    ssize_t n;

    printf("Client connected: %s\n", address);
    while ((n = receive_some(fd, data, sizeof data)) > 0) {
        print_received(data, (size_t)n);
        if (send_all(fd, data, (size_t)n) < 0) {
            n = -1;
            break;
        }
    }
    if (n == 0)
        print_disconnected(address, NULL);
    else if (stop_requested)
        print_disconnected(address, "the server stops");
    else
        print_disconnected(address, strerror(errno));
    close(fd);
}

/* ---- the listening socket ----------------------------------------------- */

/* Makes every call on the socket return at once, with EAGAIN where it would
 * sleep: all sleeping is done in wait_in_kernel(). The other flags are kept.
 * (An fd_set has bits for the descriptors below FD_SETSIZE, and FD_SET() writes
 * beyond its end for others.) */
static int prepare_socket(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (fd >= FD_SETSIZE) {
        errno = EMFILE;
        return -1;
    }
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* A TCP socket of this family, without an address yet; -1 if there is none. */
static int open_socket(int family)
{
    int on = 1, off = 0;
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    /* A connection that we closed first keeps our port in TIME_WAIT for a
     * minute. Without this, a restart within it fails: "already in use". */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        /* Let one IPv6 socket take IPv4 clients, too. */
        (family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0) ||
        prepare_socket(fd) < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* "All interfaces", on a port: everything that goes over the wire is in network
 * byte order, the larger byte first, and so are the numbers in an address. */
static int bind_to_port(int fd, int family, unsigned port)
{
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;

    if (family == AF_INET6) {
        memset(&v6, 0, sizeof v6);
        v6.sin6_family = AF_INET6;
        v6.sin6_addr = in6addr_any;
        v6.sin6_port = htons((uint16_t)port);
        return bind(fd, (struct sockaddr *)&v6, sizeof v6);
    }
    memset(&v4, 0, sizeof v4);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_ANY);
    v4.sin_port = htons((uint16_t)port);
    return bind(fd, (struct sockaddr *)&v4, sizeof v4);
}

static int open_listener(unsigned port)
{
    int family = AF_INET6;
    int fd = open_socket(family);

    if (fd < 0) { /* no IPv6 on this machine, or it refuses IPv4 clients */
        family = AF_INET;
        fd = open_socket(family);
    }
    if (fd < 0)
        die("open a socket");
    if (bind_to_port(fd, family, port) < 0) {
        fprintf(stderr, "echo_server: bind to port %u: %s\n", port,
                strerror(errno));
        exit(1);
    }
    if (listen(fd, BACKLOG) < 0)
        die("listen");
    return fd;
}

/* Asks for the address, because with PORT 0 only the kernel knows the port. */
static void announce(int listener)
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    char address[ADDRESS_SIZE];

    if (getsockname(listener, (struct sockaddr *)&own, &len) < 0)
        die("getsockname");
    format_address(&own, address);
    printf("echo_server listening on %s\n", address);
}

/* The next client's socket, and its address as text; -1 when we are to stop. */
static int accept_client(int listener, char *address)
{
    int reported = 0;

    while (!stop_requested) {
        struct sockaddr_storage from;
        socklen_t len = sizeof from;
        int fd = accept(listener, (struct sockaddr *)&from, &len);

        if (fd >= 0 && prepare_socket(fd) == 0) {
            format_address(&from, address);
            return fd;
        }
        if (fd < 0 && not_now()) {
            wait_readable(listener);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            /* Mostly EMFILE. The client still waits, so the listener stays
             * readable: without a pause this loop would take a whole CPU. */
            if (!reported)
                fprintf(stderr, "echo_server: accept: %s\n", strerror(errno));
            reported = 1;
            if (fd >= 0)
                close(fd);
            pause_accepting();
        }
    }
    return -1;
}

static void serve(int listener)
{
    char address[ADDRESS_SIZE];
    int fd;

    while ((fd = accept_client(listener, address)) >= 0)
        serve_client(fd, address);
}

/* ---- the command line --------------------------------------------------- */

static void print_usage(FILE *out)
{
    fprintf(out, "Usage: echo_server PORT\n"
                 "Sends back what it receives. PORT 0: any free port.\n");
}

static void refuse(const char *what, const char *argument)
{
    if (argument == NULL)
        fprintf(stderr, "echo_server: %s\n", what);
    else
        fprintf(stderr, "echo_server: %s: \"%s\"\n", what, argument);
    print_usage(stderr);
    exit(2);
}

/* Digits only: atoi() would take "80x" for 80 and "x" for 0. */
static unsigned parse_port(const char *text)
{
    unsigned port = 0;
    const char *c;

    for (c = text; *c >= '0' && *c <= '9' && port <= 65535; c++)
        port = port * 10 + (unsigned)(*c - '0');
    if (c == text || *c != '\0' || port > 65535)
        refuse("not a port from 0 to 65535", text);
    return port;
}

static unsigned read_command_line(int argc, char *argv[])
{
    const char *port = NULL;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            print_usage(stdout);
            exit(0);
        }
    }
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            refuse("unknown option", argv[i]);
        if (port != NULL)
            refuse("one operand too many", argv[i]);
        port = argv[i];
    }
    if (port == NULL)
        refuse("PORT is missing", NULL);
    return parse_port(port);
}

/* Whoever started us may have closed 0, 1 or 2. The next socket would get that
 * number, and the log would go to a client. Open for reading only, so that
 * writing to one of them still fails. */
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
    unsigned port = read_command_line(argc, argv);
    int listener;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, in a pipe as well */
    keep_standard_descriptors();
    catch_signals();
    listener = open_listener(port);
    announce(listener);
    serve(listener);
    close(listener);
    return 0;
}
