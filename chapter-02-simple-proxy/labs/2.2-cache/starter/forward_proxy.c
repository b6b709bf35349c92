/* forward_proxy: fetches for its clients what they name, and keeps what it may.
 *
 *     client  ->  forward_proxy PORT  ->  whatever host the request names
 *
 * That of chapter 2, but for what stands between find_key() and fetch(). */

#include "authority.h"
#include "cache.h"
#include "clock.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "request.h"
#include "server.h"
#include "wait.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#define TUNNEL_SILENCE_MS 60000 /* either way */

static const char PROGRAM[] = "forward_proxy";
static const char USAGE[] =
    "usage: forward_proxy PORT\n"
    "An HTTP proxy for clients: curl -x http://HOST:PORT URL\n";

struct proxy {
    struct cache cache;
    struct request request;               /* the one being served */
    char answer[CACHE_ANSWER_MAX];        /* and as much of its answer */
};

/* The host and port that a CONNECT request names: 0, or -1. */
static int parse_connect_request(const struct http_head *head,
                                 struct authority *to)
{
    if (head->form != HTTP_AUTHORITY)
        return -1;
    return authority_parse(head->authority, AUTHORITY_PORT_REQUIRED, to);
}

/* The descriptor; or -1 with a status to refuse with in *status. */
static int connect_to_host(struct request *r, const struct authority *to,
                           int *status)
{
    struct net_addresses addresses;
    int fd;

    if (net_resolve(to->host, to->port, &addresses) != 0) {
        *status = 502;
        r->why = "the host name does not resolve";
        return -1;
    }
    fd = net_connect(&addresses, clock_now_ms() + REQUEST_CONNECT_MS, NULL);
    r->why = "connect to the host";
    r->error = fd < 0 ? errno : 0;
    *status = r->error == ETIMEDOUT ? 504 : 502;
    return fd;
}

/* After our 200 the connection belongs to the two ends: whatever came behind
 * the head goes to the host, and then every byte goes its way. */
static int handle_connect_tunnel(struct request *r, int host_fd)
{
    static const char established[] =
        "HTTP/1.1 200 Connection Established\r\n\r\n";
    static const struct relay_limits limits = {TUNNEL_SILENCE_MS,
                                               TUNNEL_SILENCE_MS, 0};
    size_t rest = buffer_size(&r->in) - r->head.length;

    buffer_append(&r->out, buffer_at(&r->in) + r->head.length, rest);
    if (net_send_all(r->client_fd, established, sizeof established - 1,
                     clock_now_ms() + REQUEST_CLOSE_MS) == 0)
        relay_data(r->client_fd, host_fd, &r->out, limits);
    return 0;
}

/* "GET http://host/path": to the host it goes as "GET /path", with Via as
 * RFC 9110, section 7.6.3, asks, and without our own client's credentials. */
static int handle_absolute(struct request *r, int host_fd)
{
    static const struct http_field set[] = {
        {{"Via", 3}, {"1.1 forward_proxy", 17}},
        {{"Proxy-Authorization", 19}, {NULL, 0}}};
    int status = request_rewrite(r, set, 2);

    return status == 0 ? request_relay(r, host_fd) : status;
}

/* The key of a request whose answer may come from the cache, and go there: what
 * is behind "http://". 0, or -1 if it may not. */
static int find_key(const struct http_head *head, struct slice *key)
{
    /* YOUR CODE: which requests are for everybody, and what is their key? */
    (void)head;
    *key = SLICE("");
    return -1;
}

static uint64_t silence_ms(void)
{
    return clock_now_ms() + REQUEST_SILENCE_MS;
}

/* The next bytes: how many, 0 at the end, -1 and errno. */
static ssize_t receive_some(int fd, char *data, size_t size)
{
    for (;;) {
        ssize_t n = recv(fd, data, size, 0);

        if (n >= 0)
            return n;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if (wait_for(fd, POLLIN, silence_ms()) != 0)
            return -1;
    }
}

/* Passes the answer on; `*kept` are its bytes, all of them if `*whole`. 0, a
 * status, or -1. */
static int pass_answer(struct proxy *p, int host_fd, struct slice *kept,
                       int *whole)
{
    char data[RELAY_BUFFER];
    struct buffer copy;
    int fits = 1, begun = 0;
    ssize_t n;

    buffer_init(&copy, p->answer, sizeof p->answer);
    while ((n = receive_some(host_fd, data, sizeof data)) > 0) {
        fits = fits && buffer_append(&copy, data, (size_t)n) == 0;
        begun = 1;
        if (net_send_all(p->request.client_fd, data, (size_t)n,
                         silence_ms()) != 0)
            return -1;
    }
    *kept = (struct slice){buffer_at(&copy), buffer_size(&copy)};
    *whole = fits && n == 0;
    p->request.why = "no answer from the host";
    if (begun)
        return n == 0 ? 0 : -1;
    return n < 0 && errno == ETIMEDOUT ? 504 : 502;
}

/* "GET http://host/path" as handle_absolute(), and the answer is kept. */
static int fetch(struct proxy *p, int host_fd, struct slice key)
{
    static const struct http_field set[] = {
        {{"Via", 3}, {"1.1 forward_proxy", 17}},
        {{"Proxy-Authorization", 19}, {NULL, 0}}};
    struct request *r = &p->request;
    int status = request_rewrite(r, set, 2), whole = 0;
    struct slice answer;

    if (status != 0)
        return status;
    r->why = "send to the host";
    if (net_send_all(host_fd, buffer_at(&r->out), buffer_size(&r->out),
                     silence_ms()) != 0)
        return 502;
    status = pass_answer(p, host_fd, &answer, &whole);
    if (status == 0 && whole)
        cache_put(&p->cache, key, answer, clock_now_ms());
    return status;
}

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    struct proxy *p = self;
    const struct slice *kept = NULL;
    struct slice key;
    struct authority to;
    int status, fd, may_keep = find_key(&r->head, &key) == 0;

    if (may_keep)
        kept = cache_get(&p->cache, key, clock_now_ms());
    if (kept != NULL)
        return net_send_all(r->client_fd, kept->at, kept->len, silence_ms());
    if (parse_connect_request(&r->head, &to) != 0 &&
        (r->head.form != HTTP_ABSOLUTE ||
         !slice_equal_nocase(r->head.scheme, SLICE("http")) ||
         authority_parse(r->head.authority, 80, &to) != 0)) {
        r->why = "neither CONNECT nor an http:// target";
        return 400;
    }
    fd = connect_to_host(r, &to, &status);
    if (fd < 0)
        return status;
    status = r->head.form == HTTP_AUTHORITY ? handle_connect_tunnel(r, fd)
             : may_keep                     ? fetch(p, fd, key)
                                            : handle_absolute(r, fd);
    close(fd);
    return status;
}

static void handle_client(void *self, int client_fd, const char *client)
{
    struct proxy *p = self;

    request_serve(&p->request, PROGRAM, client_fd, client, handle_request, p);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    (void)what; /* there are no options */
    if (n > 1)
        return "one operand too many";
    return authority_port(slice_of(value), self) != 0
               ? "not a port (0 to 65535)"
               : NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    static struct proxy proxy; /* static: too large for some stacks */
    int port = 0, listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &port);
    if (status >= 0)
        return status;
    cache_init(&proxy.cache);
    listener = server_open(PROGRAM, port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, handle_client, &proxy);
    cache_free(&proxy.cache);
    close(listener);
    return status;
}
