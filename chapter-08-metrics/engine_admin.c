#include "engine_admin.h"

#include "downstream.h"
#include "http_error.h"
#include "linger.h"
#include "log.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define BACKLOG     64
#define STALLED_MS  10000 /* for a client that does not go on */

enum { READ_HEAD, SEND };

struct admin_session {
    struct session s; /* first */
    struct text body;
    size_t handed; /* bytes of it that are in the channel already */
};

static struct admin_session *admin_of(struct session *s)
{
    return (struct admin_session *)s;
}

/* ---- a mover whose bytes come from memory ------------------------------- */

static enum moved body_pump(struct channel *c)
{
    struct admin_session *a = c->held;
    size_t left = a->body.len - a->handed, n = buffer_room(&c->buf);

    n = n < left ? n : left;
    if (n > 0 && buffer_append(&c->buf, a->body.at + a->handed, n) == 0) {
        a->handed += n;
        channel_clear(c, n, 0);
    }
    return mover_copy.pump(c);
}

static void body_drop(struct channel *c)
{
    struct admin_session *a = c->held;

    text_free(&a->body);
}

static const struct mover mover_body = {NULL, body_pump, body_drop};

/* ---- READ_HEAD ---------------------------------------------------------- */

static void admin_start(struct session *s)
{
    memset(&admin_of(s)->body, 0, sizeof(struct text));
    admin_of(s)->handed = 0;
    s->state = READ_HEAD;
    s->up.can_read = 1;
    s->down.mover = &mover_body;
    s->down.held = s;
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

/* The head, and whether the body follows. Nothing in between may keep a page, and
 * nobody may put it into a frame or take it for something else. */
static void begin_answer(struct session *s, int status, const char *type)
{
    struct admin_session *a = admin_of(s);
    char head[512];
    int len = snprintf(
        head, sizeof head,
        "HTTP/1.1 %d %s\r\n"
        "Content-Type: %s\r\n"
        "Content-Length: %zu\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'self' 'unsafe-inline' data:; "
        "frame-ancestors 'none'\r\n"
        "%s"
        "Connection: close\r\n"
        "\r\n",
        status, http_status_text(status), type, a->body.len,
        status == 405 ? "Allow: GET, HEAD\r\n" : "");

    buffer_append(&s->down.buf, head, (size_t)len);
    channel_clear(&s->down, (size_t)len, 0);
    if (s->bodyless)
        a->handed = a->body.len;
    session_answered(s, status);
    s->state = SEND;
    session_deadline(s, s->service->timeouts.read_ms);
}

static void answer_plainly(struct session *s, int status)
{
    struct text *body = &admin_of(s)->body;

    body->len = 0;
    text_print(body, "%d %s\n", status, http_status_text(status));
    begin_answer(s, status, "text/plain; charset=utf-8");
}

static const struct admin_page *find_page(const struct admin *a,
                                          struct slice path)
{
    const char *query = memchr(path.at, '?', path.len);
    const struct admin_page *page = a->pages;

    if (query != NULL)
        path.len = (size_t)(query - path.at);
    if (path.len == 0)
        path = SLICE("/");
    while (page->path != NULL && !slice_equal(slice_of(page->path), path))
        page++;
    return page->path != NULL ? page : NULL;
}

static void answer(struct session *s, const struct http_head *h)
{
    const struct admin *admin = (const struct admin *)s->service;
    const struct admin_page *page = find_page(admin, h->path);
    struct text *body = &admin_of(s)->body;
    int status;

    if (!s->bodyless && !slice_equal(h->method, SLICE("GET"))) {
        answer_plainly(s, 405);
        return;
    }
    if (page == NULL) {
        answer_plainly(s, 404);
        return;
    }
    status = page->write(admin->self, body);
    if (body->failed)
        downstream_refuse(s, 500, "no memory for the page");
    else
        begin_answer(s, status, page->type);
}

static void read_head(struct session *s)
{
    struct http_head head;

    if (downstream_read_head(s, &head) && downstream_begin(s, &head) == 0)
        answer(s, &head);
}

/* ---- SEND --------------------------------------------------------------- */

static int is_sending(const struct session *s)
{
    return !s->ended && s->engine == &engine_admin && s->state == SEND;
}

/* What else the client says is read, so that it does not stay readable, and as
 * much of it is kept as there is room for. */
static void send_page(struct session *s)
{
    struct admin_session *a = admin_of(s);
    uint64_t before = s->down.total;
    enum moved moved;

    channel_pump(&s->up);
    do
        moved = channel_pump(&s->down);
    while (moved == MOVED && a->handed < a->body.len);
    if (moved == OUT_FAILED || s->up.broken) {
        session_end(s, "the client left");
    } else if (a->handed == a->body.len && s->down.cleared == 0) {
        session_finish(s, NULL);
        linger_start(s, NULL, 0);
    } else if (s->down.total != before) {
        session_deadline(s, s->service->timeouts.read_ms);
    }
}

/* ---- the engine --------------------------------------------------------- */

static void admin_step(struct session *s)
{
    if (s->state == READ_HEAD)
        read_head(s);
    if (is_sending(s))
        send_page(s);
    session_settle(s);
}

static void admin_expire(struct session *s)
{
    if (s->state == SEND)
        session_end(s, "the client reads nothing");
    else if (buffer_size(&s->up.buf) > 0)
        downstream_refuse(s, 408, "the head took too long");
    else
        session_end(s, NULL);
    session_settle(s);
}

const struct engine engine_admin = {"admin", sizeof(struct admin_session),
                                    admin_start, admin_step, admin_expire};

/* ---- the service -------------------------------------------------------- */

int admin_open(struct admin *a, const char *program, struct watch watch,
               const char *address, int port)
{
    struct service *service = &a->service;

    snprintf(a->program, sizeof a->program, "%s admin", program);
    service->program = a->program;
    service->watch = watch;
    service->engine = &engine_admin;
    service->max_clients = CLIENTS_MAX;
    service->timeouts = (struct timeouts){.head_ms = STALLED_MS,
                                          .read_ms = STALLED_MS};
    service->listener = net_listen_at(address, port, BACKLOG);
    if (service->listener < 0) {
        log_error(a->program, "listen on %s port %d: %s", address, port,
                  strerror(errno));
        return -1;
    }
    if (service_open(service) != 0) {
        log_error(a->program, "start: %s", strerror(errno));
        close(service->listener);
        return -1;
    }
    server_announce(a->program, service->listener);
    return 0;
}
