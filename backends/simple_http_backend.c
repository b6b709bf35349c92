/* simple_http_backend: the server behind the course's proxies and balancers.
 *
 *     simple_http_backend PORT NAME
 *
 * It answers on a few paths (README.md shows them) and says in each answer who
 * answered: X-Backend. One process holds thousands of clients without a thread
 * or a fork: no socket blocks, and one loop asks the kernel which can go on.
 * Sockets, signals, options and the parser are those of chapter 2.
 *
 * From top to bottom: answers, the phases of a client (a request is read, its
 * body is taken, it is answered), the client's connection, the loop. */

#include "authority.h"
#include "buffer.h"
#include "clock.h"
#include "descriptor.h"
#include "http_error.h"
#include "http_head.h"
#include "options.h"
#include "server.h"
#include "signals.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 16384
#define ACCEPT_BATCH    64 /* clients in one turn */
#define IDLE_MS         75000 /* a client that neither sends nor takes is cut */
#define LINGER_MS       2000  /* to hear out a client that was refused */
#define TICK_MS         5     /* how exact /delay is */
#define TURN_BYTES      (1 << 20) /* to one client, then it is others' turn */
#define LINE_MAX_BYTES  4096      /* of a chunk-size line or a trailer */
#define ECHO_MAX        (8 << 20) /* /echo of more is answered with 413 */
#define BODY_MAX        ((uint64_t)1 << 30) /* of /bytes/N and /chunked/N */
#define DELAY_MAX       60000               /* ms, of /delay/MS */
#define CHUNK           8192 /* bytes in a chunk of /chunked/N */
#define NAME_MAX_BYTES  200

static const char PROGRAM[] = "simple_http_backend";
static const char USAGE[] =
    "usage: simple_http_backend PORT NAME\n"
    "An HTTP server to try the course's programs on.\n"
    "  /  /health  /echo  /bytes/N  /chunked/N  /delay/MS  /status/CODE\n"
    "  POST /health/fail and /health/ok switch what /health answers\n";

/* ---- a client ----------------------------------------------------------- */

enum phase {
    HEAD,     /* waiting for a request's head */
    BODY,     /* taking `left` bytes of it, or of its chunk */
    SIZE,     /* waiting for a chunk-size line */
    TRAILERS, /* ... for the lines behind the last chunk */
    WAITING,  /* /delay, until wake_ms */
    ANSWER,   /* the answer can be written */
    STREAM,   /* `left` bytes of a body are being made */
    CLOSING   /* all is said: waiting for the client to close */
};

struct client {
    int fd;
    enum phase phase;
    int can_read, can_write, eof;
    uint64_t deadline_ms, wake_ms;
    size_t seen; /* bytes of a head that were parsed in vain */

    /* of the request */
    char path[64];
    int is_post, bodyless, keep, minor, chunked_in, between_chunks;
    int status; /* to refuse it with, or 0 */
    /* of its body, or of the answer's */
    uint64_t left, offset;
    int chunked_out;
    char *echo; /* what /echo has kept, or NULL */
    size_t echo_len;

    struct buffer in, out;
    char in_memory[HTTP_HEAD_MAX], out_memory[2 * CHUNK];
};

struct server {
    const char *name;
    int port, listener, healthy, waiting; /* waiting: clients in /delay */
    uint64_t now_ms, next_sweep_ms;
    int top;                                 /* highest descriptor in use */
    struct pollfd polled[MAX_DESCRIPTORS];   /* both by descriptor; */
    struct client *clients[MAX_DESCRIPTORS]; /* fd -1: not in use */
};

/* ---- answers ------------------------------------------------------------ */

static const char *status_text(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 204:
        return "No Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 304:
        return "Not Modified";
    default:
        return http_status_text(status);
    }
}

static void put(struct client *c, const char *text)
{
    buffer_append(&c->out, text, strlen(text)); /* see room_for_answer() */
}

/* The head of an answer; length -1: chunked, or until close for HTTP/1.0. */
static void put_head(struct server *s, struct client *c, int status,
                     int64_t length)
{
    char head[512], framing[64] = "Transfer-Encoding: chunked\r\n";

    if (length >= 0)
        snprintf(framing, sizeof framing, "Content-Length: %" PRId64 "\r\n",
                 length);
    if (status == 204 || status == 304 || (length < 0 && c->minor == 0))
        framing[0] = '\0';
    snprintf(head, sizeof head,
             "HTTP/1.1 %d %s\r\nX-Backend: %s\r\n"
             "Content-Type: text/plain\r\n%s%s%s\r\n",
             status, status_text(status), s->name, framing,
             status == 405 ? "Allow: POST\r\n" : "",
             !c->keep        ? "Connection: close\r\n"
             : c->minor == 0 ? "Connection: keep-alive\r\n"
                             : "");
    put(c, head);
}

/* An answer with a short body, and a newline behind it. */
static void put_text(struct server *s, struct client *c, int status,
                     const char *text)
{
    put_head(s, c, status, (int64_t)strlen(text) + 1);
    if (c->bodyless || status == 204 || status == 304)
        return;
    put(c, text);
    put(c, "\n");
}

static void put_status(struct server *s, struct client *c, int status)
{
    put_text(s, c, status, status_text(status));
}

static int begins(const char *path, const char *prefix)
{
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* The N of "/bytes/N". 0, or -1 if it is not a number up to max. */
static int number_of(const struct client *c, uint64_t max, uint64_t *number)
{
    return slice_number(slice_of(strchr(c->path + 1, '/') + 1), max, number);
}

static void answer_bytes(struct server *s, struct client *c, int chunked)
{
    c->chunked_out = chunked && c->minor > 0;
    if (chunked && c->minor == 0)
        c->keep = 0;
    put_head(s, c, 200, chunked ? -1 : (int64_t)c->left);
    c->offset = 0;
    if (c->bodyless) {
        c->left = 0;
        c->chunked_out = 0;
    }
}

static void answer_health(struct server *s, struct client *c)
{
    int fail = strcmp(c->path, "/health/fail") == 0;

    if (strcmp(c->path, "/health") == 0) {
        put_text(s, c, s->healthy ? 200 : 503,
                 s->healthy ? "healthy" : "failing");
    } else if (!fail && strcmp(c->path, "/health/ok") != 0) {
        put_status(s, c, 404);
    } else if (!c->is_post) {
        put_status(s, c, 405);
    } else {
        s->healthy = !fail;
        put_text(s, c, 200, fail ? "from now on /health answers 503"
                                 : "from now on /health answers 200");
    }
}

static void answer_path(struct server *s, struct client *c)
{
    uint64_t number = 0;
    char text[256];

    c->left = 0;
    if (c->status != 0) {
        put_status(s, c, c->status);
    } else if (strcmp(c->path, "/") == 0) {
        snprintf(text, sizeof text, "Hello from %s", s->name);
        put_text(s, c, 200, text);
    } else if (begins(c->path, "/health")) {
        answer_health(s, c);
    } else if (strcmp(c->path, "/echo") == 0) {
        c->left = c->echo_len;
        answer_bytes(s, c, 0);
    } else if (begins(c->path, "/bytes/") || begins(c->path, "/chunked/")) {
        if (number_of(c, BODY_MAX, &c->left) == 0)
            answer_bytes(s, c, c->path[1] == 'c');
        else
            put_status(s, c, 400);
    } else if (begins(c->path, "/delay/")) { /* checked in begin_answer() */
        number_of(c, DELAY_MAX, &number);
        snprintf(text, sizeof text, "milliseconds waited: %" PRIu64, number);
        put_text(s, c, 200, text);
    } else if (begins(c->path, "/status/")) {
        if (number_of(c, 599, &number) != 0 || number < 200)
            number = 400;
        put_status(s, c, (int)number);
    } else {
        put_status(s, c, 404);
    }
}

/* ---- the phases: each returns 1 if it got on, 0 if it must wait --------- */

static int refuse(struct client *c, int status)
{
    c->status = status;
    c->keep = 0;
    c->phase = ANSWER;
    return 1;
}

/* Keeps what /echo will send back. 0, or 413. */
static int keep_echo(struct client *c, const void *bytes, size_t len)
{
    if (c->status != 0 || strcmp(c->path, "/echo") != 0)
        return 0;
    if (c->echo == NULL)
        c->echo = malloc(ECHO_MAX); /* touched only as far as it is used */
    if (c->echo == NULL || c->echo_len + len > ECHO_MAX)
        return 413;
    memcpy(c->echo + c->echo_len, bytes, len);
    c->echo_len += len;
    return 0;
}

static void copy_path(struct client *c, struct slice target)
{
    const char *query = memchr(target.at, '?', target.len);
    size_t len = query ? (size_t)(query - target.at) : target.len;

    if (len == 0) { /* http://host, and http://host?query */
        target = SLICE("/");
        len = 1;
    }
    len = len < sizeof c->path ? len : 0; /* longer than any path we know */
    memcpy(c->path, target.at, len);
    c->path[len] = '\0';
}

static int keeps_alive(const struct http_head *h)
{
    const struct slice *field = http_head_find(h, SLICE("Connection"));
    int keep = h->minor > 0;
    struct slice list, option;

    if (field == NULL)
        return keep;
    list = *field;
    while (slice_next_element(&list, &option)) {
        if (slice_equal_nocase(option, SLICE("close")))
            return 0;
        keep |= slice_equal_nocase(option, SLICE("keep-alive"));
    }
    return keep;
}

static int begin_request(struct client *c, const struct http_head *h)
{
    const struct slice *expect = http_head_find(h, SLICE("Expect"));
    size_t skipped = (size_t)(h->method.at - buffer_at(&c->in));
    int has_body = h->chunked || h->content_length > 0;

    c->minor = h->minor;
    c->keep = keeps_alive(h);
    c->is_post = slice_equal(h->method, SLICE("POST"));
    c->bodyless = slice_equal(h->method, SLICE("HEAD"));
    c->status = c->chunked_out = c->between_chunks = 0;
    c->chunked_in = h->chunked;
    c->left = h->content_length > 0 ? (uint64_t)h->content_length : 0;
    copy_path(c, h->path);
    if (keep_echo(c, h->method.at, h->length - skipped) != 0 ||
        (c->echo != NULL && c->left > ECHO_MAX - c->echo_len))
        return refuse(c, 413);
    if (expect != NULL && has_body && c->minor > 0 &&
        buffer_size(&c->in) == h->length)
        put(c, "HTTP/1.1 100 Continue\r\n\r\n");
    buffer_consume(&c->in, h->length);
    c->seen = 0;
    c->phase = h->chunked ? SIZE : BODY;
    return 1;
}

static int read_head(struct client *c)
{
    const char *bytes = buffer_at(&c->in);
    size_t len = buffer_size(&c->in);
    enum http_verdict verdict = HTTP_PARTIAL;
    struct http_head head;

    if (len > c->seen && http_head_worth_parsing(bytes, c->seen, len))
        verdict = http_head_parse_request(&head, bytes, len);
    c->seen = len;
    if (verdict == HTTP_PARTIAL)
        return 0;
    return verdict == HTTP_COMPLETE ? begin_request(c, &head)
                                    : refuse(c, head.status);
}

static int read_body(struct client *c)
{
    size_t n = buffer_size(&c->in) < c->left ? buffer_size(&c->in)
                                             : (size_t)c->left;

    if (n == 0 && c->left > 0)
        return 0;
    if (keep_echo(c, buffer_at(&c->in), n) != 0)
        return refuse(c, 413);
    buffer_consume(&c->in, n);
    c->left -= n;
    if (c->left == 0) {
        c->phase = c->chunked_in ? SIZE : ANSWER;
        c->between_chunks = c->chunked_in;
    }
    return 1;
}

/* A line that ends in CRLF: its length without that, -1 if it is not whole yet,
 * -2 if it never will be. */
static int take_line(struct client *c)
{
    const char *at = buffer_at(&c->in);
    const char *lf = memchr(at, '\n', buffer_size(&c->in));

    if (lf == NULL)
        return buffer_size(&c->in) < LINE_MAX_BYTES ? -1 : -2;
    return lf > at && lf[-1] == '\r' ? (int)(lf - at) - 1 : -2;
}

/* chunk-size = 1*HEXDIG, then perhaps ";extension"       RFC 9112, 7.1 */
static int parse_size(const char *at, int len, uint64_t *size)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int n = 0;

    for (*size = 0; n < len && at[n] != ';'; n++) {
        const char *digit = memchr(digits, at[n], sizeof digits - 1);

        if (digit == NULL || n == 12)
            return -1;
        *size = *size * 16 + (uint64_t)((digit - digits) % 16);
    }
    return n > 0 ? 0 : -1;
}

/* A line of the chunked coding: a size, the empty one behind a chunk's data, a
 * trailer, or the empty one that ends them. */
static int read_line(struct client *c)
{
    const char *at = buffer_at(&c->in);
    int len = take_line(c);

    if (len == -1)
        return 0;
    if (len < 0)
        return refuse(c, 400);
    if (c->phase == TRAILERS) {
        c->phase = len == 0 ? ANSWER : TRAILERS;
    } else if (c->between_chunks) {
        if (len > 0)
            return refuse(c, 400);
        c->between_chunks = 0;
    } else {
        if (parse_size(at, len, &c->left) != 0)
            return refuse(c, 400);
        c->phase = c->left > 0 ? BODY : TRAILERS;
    }
    buffer_consume(&c->in, (size_t)len + 2);
    return 1;
}

/* Answers, or begins to wait for the time to. */
static int begin_answer(struct server *s, struct client *c)
{
    uint64_t delay;

    if (c->status == 0 && c->wake_ms == 0 && begins(c->path, "/delay/")) {
        if (number_of(c, DELAY_MAX, &delay) != 0)
            return refuse(c, 400);
        c->wake_ms = s->now_ms + delay;
        s->waiting++;
        s->next_sweep_ms = s->now_ms; /* it may be asleep for longer */
        c->phase = WAITING;
        return 1;
    }
    c->wake_ms = 0;
    answer_path(s, c);
    c->phase = STREAM;
    return 1;
}

static int wait_delay(struct server *s, struct client *c)
{
    if (s->now_ms < c->wake_ms)
        return 0;
    s->waiting--;
    c->phase = ANSWER;
    return 1;
}

/* The byte at offset i of a made body is 'a' + i % 26. */
static void make_bytes(struct client *c, char *to, size_t len)
{
    if (c->echo != NULL)
        memcpy(to, c->echo + c->offset, len);
    else
        for (size_t i = 0; i < len; i++)
            to[i] = (char)('a' + (c->offset + i) % 26);
    c->offset += len;
    c->left -= len;
}

/* One piece of the body, as much as has room; the end of the answer. */
static int stream(struct client *c)
{
    char piece[CHUNK + 32];
    size_t n = c->left < CHUNK ? (size_t)c->left : CHUNK, head = 0;

    if (buffer_room(&c->out) < n + 32)
        return 0;
    if (n > 0 && c->chunked_out)
        head = (size_t)snprintf(piece, 16, "%zx\r\n", n);
    make_bytes(c, piece + head, n);
    if (n > 0)
        buffer_append(&c->out, piece, head + n);
    if (n > 0 && c->chunked_out)
        put(c, "\r\n");
    if (c->left > 0)
        return 1;
    if (c->chunked_out)
        put(c, "0\r\n\r\n");
    free(c->echo);
    c->echo = NULL;
    c->echo_len = 0;
    c->phase = c->keep ? HEAD : CLOSING;
    return 1;
}

/* ---- a client's connection ---------------------------------------------- */

static void watch(struct server *s, int fd, short events)
{
    s->polled[fd].fd = fd;
    s->polled[fd].events = events;
    s->polled[fd].revents = 0;
    if (fd > s->top)
        s->top = fd;
}

static void close_client(struct server *s, struct client *c)
{
    s->waiting -= c->phase == WAITING;
    s->polled[c->fd].fd = -1;
    s->clients[c->fd] = NULL;
    s->polled[s->listener].events = POLLIN; /* there is a descriptor again */
    close(c->fd);
    free(c->echo);
    free(c);
}

/* Sends what there is. Returns -1 if the client is gone. */
static int flush_out(struct server *s, struct client *c)
{
    size_t size = buffer_size(&c->out);
    ssize_t n;

    if (size == 0 || !c->can_write)
        return 0;
    n = buffer_send(&c->out, c->fd, size);
    c->can_write = n == (ssize_t)size;
    if (n > 0)
        c->deadline_ms = s->now_ms + IDLE_MS;
    return n < 0 && errno != EAGAIN && errno != EWOULDBLOCK ? -1 : 0;
}

/* Receives once. Returns 1 if something came, 0 if not, -1 if it is gone. */
static int receive_in(struct server *s, struct client *c)
{
    size_t room = buffer_room(&c->in);
    ssize_t n;

    if (!c->can_read || c->eof || room == 0)
        return 0;
    n = buffer_receive(&c->in, c->fd);
    c->can_read = n == (ssize_t)room;
    c->eof = n == 0;
    if (n > 0 && c->phase != CLOSING)
        c->deadline_ms = s->now_ms + IDLE_MS;
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
    return n > 0;
}

/* For "100 Continue" and the longest head with a short body. */
static int room_for_answer(const struct client *c)
{
    return buffer_room(&c->out) >= 1024;
}

static int advance(struct server *s, struct client *c)
{
    switch (c->phase) {
    case HEAD:
        return room_for_answer(c) ? read_head(c) : 0;
    case BODY:
        return read_body(c);
    case SIZE:
    case TRAILERS:
        return read_line(c);
    case WAITING:
        return wait_delay(s, c);
    case ANSWER:
        return room_for_answer(c) ? begin_answer(s, c) : 0;
    case STREAM:
        return stream(c);
    case CLOSING:
        buffer_consume(&c->in, buffer_size(&c->in));
        break;
    }
    return 0;
}

/* The answer is out and nothing follows: says so, and hears the client out, as
 * a close over unread bytes would reset the connection, and the answer. */
static int is_over(struct server *s, struct client *c)
{
    if (buffer_size(&c->out) > 0)
        return 0;
    if (c->eof && (c->phase == CLOSING || c->phase < WAITING))
        return 1;
    if (c->phase == CLOSING && c->deadline_ms > s->now_ms + LINGER_MS) {
        shutdown(c->fd, SHUT_WR);
        c->deadline_ms = s->now_ms + LINGER_MS;
    }
    return 0;
}

/* Answers, sends and receives for as long as that gets on. -1: close it. */
static int converse(struct server *s, struct client *c)
{
    for (size_t made = 0; made < TURN_BYTES;) {
        size_t before = buffer_size(&c->out);
        int progress = 0, received;

        while (advance(s, c))
            progress = 1;
        made += buffer_size(&c->out) - before;
        if (flush_out(s, c) != 0 || is_over(s, c))
            return -1;
        if (buffer_size(&c->out) > 0)
            return 0; /* it must take this first */
        if (progress)
            continue;
        received = receive_in(s, c);
        if (received < 0 || is_over(s, c))
            return -1;
        if (received == 0)
            return 0;
    }
    return 0;
}

static void serve(struct server *s, struct client *c)
{
    int wants_out;

    if (converse(s, c) != 0) {
        close_client(s, c);
        return;
    }
    wants_out = buffer_size(&c->out) > 0 || c->phase == STREAM;
    watch(s, c->fd,
          (short)((!c->eof && buffer_room(&c->in) > 0 ? POLLIN : 0) |
                  (wants_out ? POLLOUT : 0)));
}

static void accept_clients(struct server *s)
{
    struct net_address peer;

    for (int n = 0; n < ACCEPT_BATCH; n++) {
        int fd = net_accept(s->listener, &peer);
        struct client *c = fd >= 0 ? malloc(sizeof *c) : NULL;

        if (c == NULL || fd >= MAX_DESCRIPTORS) {
            if (fd >= 0)
                close(fd);
            free(c);
            if (fd >= 0 || errno == EMFILE || errno == ENFILE)
                s->polled[s->listener].events = 0; /* until somebody leaves */
            return;
        }
        memset(c, 0, offsetof(struct client, in_memory));
        buffer_init(&c->in, c->in_memory, sizeof c->in_memory);
        buffer_init(&c->out, c->out_memory, sizeof c->out_memory);
        c->fd = fd;
        c->can_read = c->can_write = 1;
        c->deadline_ms = s->now_ms + IDLE_MS;
        s->clients[fd] = c;
        serve(s, c);
    }
}

/* ---- the loop ----------------------------------------------------------- */

static void sweep(struct server *s)
{
    s->next_sweep_ms = s->now_ms + (s->waiting > 0 ? TICK_MS : 1000);
    for (int fd = 0; fd <= s->top; fd++) {
        struct client *c = s->clients[fd];

        if (c == NULL)
            continue;
        if (c->phase == WAITING)
            serve(s, c);
        else if (c->deadline_ms <= s->now_ms)
            close_client(s, c);
    }
    s->polled[s->listener].events = POLLIN;
}

static void dispatch(struct server *s, int fd)
{
    short events = s->polled[fd].revents;
    struct client *c = s->clients[fd];

    if (s->polled[fd].fd < 0 || events == 0)
        return;
    if (fd == s->listener) {
        accept_clients(s);
    } else if (fd == signals_fd()) {
        signals_drain();
    } else if (c != NULL) {
        c->can_read |= (events & ~POLLOUT) != 0;
        c->can_write |= (events & ~POLLIN) != 0;
        serve(s, c);
    }
}

static void run(struct server *s)
{
    while (signals_stops() == 0) {
        int top = s->top;
        int ready = poll(s->polled, (nfds_t)top + 1, s->waiting > 0 ? TICK_MS
                                                                    : 1000);

        s->now_ms = clock_now_ms();
        for (int fd = 0; fd <= top && ready > 0; fd++)
            dispatch(s, fd);
        if (s->now_ms >= s->next_sweep_ms)
            sweep(s);
    }
}

/* NAME goes into a header field. */
static int is_name(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
            return 0;
    return len > 0 && len <= NAME_MAX_BYTES;
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    struct server *s = self;

    (void)what; /* there are no options */
    if (n > 2)
        return "one operand too many";
    if (n == 1 && authority_port(slice_of(value), &s->port) != 0)
        return "not a port (0 to 65535)";
    if (n == 2 && !is_name(s->name = value))
        return "not a name of 1 to 200 bytes, none of them a control";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and NAME"};
    static struct server s; /* static: too large for some stacks */
    int status = options_read(&command_line, argc, argv, take_operand, &s);

    if (status >= 0)
        return status;
    descriptor_want(MAX_DESCRIPTORS);
    s.listener = server_open(PROGRAM, s.port);
    if (s.listener < 0)
        return 1;
    for (int fd = 0; fd < MAX_DESCRIPTORS; fd++)
        s.polled[fd].fd = -1;
    s.healthy = 1;
    s.now_ms = clock_now_ms();
    watch(&s, s.listener, POLLIN);
    watch(&s, signals_fd(), POLLIN);
    server_announce(PROGRAM, s.listener);
    run(&s);
    return 0;
}
