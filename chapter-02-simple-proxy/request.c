#include "request.h"

#include "clock.h"
#include "http_error.h"
#include "log.h"
#include "net.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* One more piece of the head. 0, 408, or -1 if none will come. */
static int receive_more(struct request *r, uint64_t deadline_ms)
{
    ssize_t n = buffer_receive(&r->in, r->client_fd);

    if (n > 0)
        return 0;
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        return -1;
    if (wait_for(r->client_fd, POLLIN, deadline_ms) == 0)
        return 0;
    r->why = "the head took too long";
    return errno == ETIMEDOUT ? 408 : -1;
}

int request_receive(struct request *r, int client_fd)
{
    uint64_t deadline_ms = clock_now_ms() + REQUEST_HEAD_MS;
    size_t seen = 0;
    int status;

    r->client_fd = client_fd;
    r->error = 0;
    r->head.method.len = 0; /* until the head is there, no method is known */
    memset(&r->result, 0, sizeof r->result);
    buffer_init(&r->in, r->in_memory, sizeof r->in_memory);
    buffer_init(&r->out, r->out_memory, sizeof r->out_memory);
    for (;;) {
        const char *bytes = buffer_at(&r->in);
        size_t len = buffer_size(&r->in);

        if (len > seen && http_head_worth_parsing(bytes, seen, len)) {
            switch (http_head_parse_request(&r->head, bytes, len)) {
            case HTTP_COMPLETE:
                return 0;
            case HTTP_BAD:
                r->why = r->head.why;
                return r->head.status;
            case HTTP_PARTIAL:
                break;
            }
        }
        seen = len;
        status = receive_more(r, deadline_ms);
        if (status != 0)
            return status;
    }
}

int request_rewrite(struct request *r, const struct http_field *set, int count)
{
    static const struct http_field close_field = {{"Connection", 10},
                                                  {"close", 5}};
    struct http_field all[8];
    size_t body = buffer_size(&r->in) - r->head.length;

    for (int i = 0; i < count; i++)
        all[i] = set[i];
    all[count] = close_field;
    if (http_head_forward(&r->head, all, count + 1, &r->out) == 0 &&
        buffer_append(&r->out, buffer_at(&r->in) + r->head.length, body) == 0)
        return 0;
    r->why = "no room for the rewritten head";
    return 431;
}

int request_relay(struct request *r, int backend_fd)
{
    static const struct relay_limits limits = {REQUEST_SILENCE_MS,
                                               REQUEST_HALF_MS, 1};

    r->result = relay_data(r->client_fd, backend_fd, &r->out, limits);
    if (r->result.to_client > 0)
        return r->result.complete ? 0 : -1;
    if (r->result.end == RELAY_STOPPED || r->result.end == RELAY_LEFT)
        return -1;
    if (r->result.end == RELAY_SILENT) {
        r->why = "the backend did not answer in time";
        return 504;
    }
    r->why = "the backend closed without an answer";
    return 502;
}

static void refuse(const struct request *r, const char *program,
                   const char *client, int status)
{
    int bodyless = slice_equal(r->head.method, SLICE("HEAD"));

    log_error(program, "%s: %d: %s%s%s", client, status, r->why,
              r->error != 0 ? ": " : "",
              r->error != 0 ? strerror(r->error) : "");
    send_error(r->client_fd, status, bodyless,
               clock_now_ms() + REQUEST_CLOSE_MS);
}

void request_serve(struct request *r, const char *program, int client_fd,
                   const char *client,
                   int (*handle)(struct request *r, void *self), void *self)
{
    int status = request_receive(r, client_fd);

    if (status == 0)
        status = handle(r, self);
    if (status > 0)
        refuse(r, program, client, status);
    net_close_gently(client_fd, clock_now_ms() + REQUEST_CLOSE_MS);
}
