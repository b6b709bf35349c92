#include "engine_files.h"

#include "downstream.h"
#include "file_answer.h"
#include "file_type.h"
#include "http_error.h"
#include "linger.h"
#include "mover_file.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__APPLE__)
#define CHANGED st_mtimespec
#else
#define CHANGED st_mtim /* POSIX.1-2008 */
#endif

enum { READ_HEAD, SEND };

struct files_session {
    struct session s; /* first */
    int keeps;        /* the client may ask again after this answer */
};

static struct files_session *files_of(struct session *s)
{
    return (struct files_session *)s;
}

/* ---- answers ------------------------------------------------------------ */

static const char *connection_line(const struct http_head *h, int keeps)
{
    if (!keeps)
        return "Connection: close\r\n";
    return h->minor == 0 ? "Connection: keep-alive\r\n" : "";
}

static int put(struct channel *c, const char *text, size_t len)
{
    if (buffer_append(&c->buf, text, len) != 0)
        return -1;
    channel_clear(c, len, 0);
    return 0;
}

static int put_slice(struct channel *c, struct slice text)
{
    return put(c, text.at, text.len);
}

/* Where a directory is: the same path with a slash at its end. One slash at its
 * beginning, since "//host/" would be another server (RFC 3986, 4.2). */
static int put_location(struct channel *c, struct slice path)
{
    const char *query = memchr(path.at, '?', path.len);
    size_t len = query != NULL ? (size_t)(query - path.at) : path.len;
    struct slice rest = {path.at + len, path.len - len};

    while (len > 1 && path.at[1] == '/') {
        path.at++;
        len--;
    }
    path.len = len;
    return put_slice(c, SLICE("Location: ")) || put_slice(c, path) ||
           put_slice(c, SLICE("/")) || put_slice(c, rest) ||
           put_slice(c, SLICE("\r\n"));
}

/* An answer that is no file. 0, or -1 if it does not fit. */
static int put_plain(struct session *s, int status, const struct http_head *h,
                     int keeps)
{
    const char *text = http_status_text(status);
    char bytes[HTTP_ERROR_MAX];
    int len = snprintf(bytes, sizeof bytes,
                       "HTTP/1.1 %d %s\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\n"
                       "Content-Length: %zu\r\n"
                       "%s%s",
                       status, text, strlen(text) + sizeof "404 \n" - 1,
                       status == 405 ? "Allow: GET, HEAD\r\n" : "",
                       connection_line(h, keeps));

    if (put(&s->down, bytes, (size_t)len) != 0 ||
        (status == 301 && put_location(&s->down, h->path) != 0))
        return -1;
    len = snprintf(bytes, sizeof bytes, "\r\n%d %s\n", status, text);
    return put(&s->down, bytes, s->bodyless ? 2 : (size_t)len);
}

static int answer_plainly(struct session *s, int status,
                          const struct http_head *h, int keeps)
{
    if (put_plain(s, status, h, keeps) != 0) {
        channel_stop(&s->down);
        downstream_refuse(s, 414, "no room for the path with a slash");
        return -1;
    }
    session_answered(s, status);
    return 0;
}

static int answer_file(struct session *s, const struct found_file *file,
                       const char *name, const struct http_head *h, int keeps)
{
    const struct file_facts facts = {(uint64_t)file->stat.st_size,
                                     (int64_t)file->stat.CHANGED.tv_sec,
                                     file->stat.CHANGED.tv_nsec};
    int64_t now = (int64_t)time(NULL);
    struct file_answer a = file_answer_choose(&facts, h, now);
    char head[FILE_HEAD_MAX];
    size_t len = file_answer_head(&a, &facts, file_type(name),
                                  connection_line(h, keeps), now, head);

    if (s->bodyless || a.length == 0) {
        close(file->fd);
    } else if (mover_file_begin(&s->down, file->fd, a.from, a.length) != 0) {
        downstream_refuse(s, 503, "no memory for a file");
        return -1;
    }
    put(&s->down, head, len);
    session_answered(s, a.status);
    return 0;
}

int files_answer(struct session *s, const struct file_root *root,
                 struct slice target, const struct http_head *h, int keeps)
{
    struct file_path path;
    struct found_file file;
    int status;

    if (!s->bodyless && !slice_equal(h->method, SLICE("GET")))
        return answer_plainly(s, 405, h, keeps);
    status = file_path_decode(target, &path);
    if (status != 0)
        return answer_plainly(s, status, h, keeps);
    status = file_open(root, &path, &file);
    if (status != 200)
        return answer_plainly(s, status, h, keeps);
    return answer_file(s, &file, file.is_index ? FILE_INDEX : path.name, h,
                       keeps);
}

/* ---- READ_HEAD ---------------------------------------------------------- */

static void files_start(struct session *s)
{
    s->state = READ_HEAD;
    s->up.can_read = 1;
    session_deadline(s, s->service->timeouts.head_ms);
    s->engine->step(s);
}

static void begin_answer(struct session *s, const struct http_head *h)
{
    const struct file_server *server = (const struct file_server *)s->service;
    int has_body = h->chunked || h->content_length > 0;
    int keeps = http_head_keeps_alive(h) && !has_body && !s->service->draining;

    files_of(s)->keeps = keeps;
    if (files_answer(s, &server->root, h->path, h, keeps) != 0)
        return;
    channel_replace(&s->up, h->length, "", 0); /* its slices are gone now */
    s->state = SEND;
    session_deadline(s, s->service->timeouts.read_ms);
}

static void read_head(struct session *s)
{
    struct http_head head;

    if (downstream_read_head(s, &head) && downstream_begin(s, &head) == 0)
        begin_answer(s, &head);
}

/* ---- SEND --------------------------------------------------------------- */

static void answer_complete(struct session *s)
{
    session_finish(s, NULL);
    if (files_of(s)->keeps)
        downstream_next(s, READ_HEAD);
    else if (s->up.eof)
        session_end(s, NULL);
    else
        linger_start(s, NULL, 0);
}

static void send_answer(struct session *s)
{
    if (downstream_send(s))
        answer_complete(s);
}

/* ---- the engine --------------------------------------------------------- */

static void files_step(struct session *s)
{
    static void (*const handle[])(struct session *) = {read_head, send_answer};
    int before;

    do {
        before = s->state;
        handle[before](s);
    } while (!s->ended && s->engine == &engine_files && s->state != before);
    session_settle(s);
}

static void files_expire(struct session *s)
{
    if (s->state == SEND)
        session_end(s, "the client reads nothing");
    else if (buffer_size(&s->up.buf) > 0)
        downstream_refuse(s, 408, "the head took too long");
    else
        session_end(s, NULL);
    session_settle(s);
}

const struct engine engine_files = {"files", sizeof(struct files_session),
                                    files_start, files_step, files_expire};
