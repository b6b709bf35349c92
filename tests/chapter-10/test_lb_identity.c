/* lb: who asks (trusted_proxies), and what a backend is chosen by (hash_key). */
#include "fixture.h"

#include "configured_lb.h"
#include "failure.h"
#include "http_client.h"

/* Sends a request; its head, as the backend gets it. */
static void pass(struct configured_lb *lb, const char *fields, char *head,
                 size_t size)
{
    int client = wire_connect(lb->port), backend;
    char request[1024];

    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", fields);
    wire_send_text(client, request);
    backend = configured_take(lb, 0, head, size);
    wire_send_text(backend, CONFIGURED_YES);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    wire_close(backend);
}

static void expect_in(const char *head, const char *line)
{
    if (strstr(head, line) == NULL)
        failure("no \"%s\" in: %s", line, head);
}

#define BEHIND_US "\"trusted_proxies\": [\"127.0.0.0/8\", \"::1\"]"
#define ONE_BACKEND "\"backends\": [{\"host\": \"127.0.0.1\", \"port\": %d}]"

static void the_client_of_a_proxy_is_the_one_it_names(void **state)
{
    struct configured_lb lb;
    char head[4096];

    (void)state;
    configured_listen(&lb, 1);
    configured_start(&lb, ONE_BACKEND ", \"access_log\": \"-\", " BEHIND_US,
                     lb.ports[0]);
    pass(&lb, "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.9\r\n", head,
         sizeof head);
    expect_in(head, "\r\nX-Real-IP: 198.51.100.7\r\n");
    expect_in(head, "\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.9, "
                    "127.0.0.1\r\n");
    program_expect(lb.program, "198.51.100.7 - - [");
    configured_stop(&lb);
}

static void without_it_the_peer_is_the_client(void **state)
{
    struct configured_lb lb;
    char head[4096];

    (void)state;
    configured_listen(&lb, 1);
    configured_start(&lb, ONE_BACKEND, lb.ports[0]);
    pass(&lb, "X-Forwarded-For: 198.51.100.7\r\n", head, sizeof head);
    expect_in(head, "\r\nX-Real-IP: 127.0.0.1\r\n");
    expect_in(head, "\r\nX-Forwarded-For: 198.51.100.7, 127.0.0.1\r\n");
    configured_stop(&lb);
}

/* On one connection, one behind the other, as a proxy may send them: each request
 * is somebody's own. The last is the first one's second. */
static void each_request_has_its_own_client(void **state)
{
    static const char requests[] =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.2\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";
    static const char *const clients[] = {"198.51.100.1", "198.51.100.2",
                                          "127.0.0.1"};
    struct configured_lb lb;
    char head[4096], line[64];
    int client;

    (void)state;
    configured_listen(&lb, 1);
    configured_start(&lb, ONE_BACKEND ", \"rate_limit\": {\"per_ip\": 0.001, "
                     "\"burst\": 1}, \"pool\": {\"max_size\": 0}, " BEHIND_US,
                     lb.ports[0]);
    client = wire_connect(lb.port);
    wire_send_text(client, requests);
    for (int i = 0; i < 3; i++) {
        int backend = configured_take(&lb, 0, head, sizeof head);

        snprintf(line, sizeof line, "\r\nX-Real-IP: %s\r\n", clients[i]);
        expect_in(head, line);
        wire_send_text(backend, CONFIGURED_YES);
        wire_expect_text(client, CONFIGURED_YES);
        wire_close(backend);
    }
    wire_expect_text(client, "HTTP/1.1 429 ");
    wire_close(client);
    configured_stop(&lb);
}

/* ---- hash_key ------------------------------------------------------------ */

#define THREE "\"algorithm\": \"consistent_hash\", \"hash_key\": \"%s\", " \
    "\"health_check\": {\"interval\": 3600}, \"backends\": ["              \
    "{\"host\": \"127.0.0.1\", \"port\": %d, \"name\": \"a\"},"            \
    "{\"host\": \"127.0.0.1\", \"port\": %d, \"name\": \"b\"},"            \
    "{\"host\": \"127.0.0.1\", \"port\": %d, \"name\": \"c\"}]"

struct trio {
    struct program *lb, *backends[3];
    struct scratch scratch;
};

static int trio_start(struct trio *t, const char *hash_key)
{
    char text[2048];
    int len, ports[3];

    for (int i = 0; i < 3; i++) {
        const char name[] = {(char)('a' + i), '\0'};

        t->backends[i] = program_start("backends/simple_http_backend", "0",
                                       name, NULL);
        ports[i] = program_port(t->backends[i]);
    }
    len = snprintf(text, sizeof text, "{\"listen_port\": 0, " THREE "}",
                   hash_key, ports[0], ports[1], ports[2]);
    scratch_make(&t->scratch);
    scratch_write(t->scratch.file, text, (size_t)len);
    t->lb = program_start(LB_PART "/lb", "-c", t->scratch.file, NULL);
    return program_port(t->lb);
}

static void trio_stop(struct trio *t)
{
    program_stop(t->lb);
    for (int i = 0; i < 3; i++)
        program_stop(t->backends[i]);
    scratch_remove(&t->scratch);
}

static char backend_of(int port, const char *target, const char *fields)
{
    struct http_response r;
    char name;

    http_request(port, "GET", target, fields, NULL, 0, &r);
    assert_int_equal(r.status, 200);
    name = http_field(&r, "X-Backend")[0];
    http_response_free(&r);
    return name;
}

/* Thirty different fields, or else paths, reach all three; the same reaches the
 * same. */
static void expect_spread(int port, int by_field)
{
    int reached[3] = {0};

    for (int i = 0; i < 30; i++) {
        char path[64] = "/", fields[64] = "";
        char name;

        if (by_field)
            snprintf(fields, sizeof fields, "x-key: %d\r\n", i);
        else
            snprintf(path, sizeof path, "/?%d", i);
        name = backend_of(port, path, fields);
        assert_in_range(name, 'a', 'c');
        reached[name - 'a']++;
        assert_int_equal(backend_of(port, path, fields), name);
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(reached[i], 1, 28);
}

static void the_same_uri_goes_to_the_same_backend(void **state)
{
    struct trio t;
    int port = trio_start(&t, "uri");

    (void)state;
    expect_spread(port, 0);
    assert_int_equal(backend_of(port, "/?1", "X-Key: a\r\n"),
                     backend_of(port, "/?1", "X-Key: b\r\n"));
    trio_stop(&t);
}

static void the_same_field_goes_to_the_same_backend(void **state)
{
    struct trio t;
    int port = trio_start(&t, "header:X-Key");
    char name;

    (void)state;
    expect_spread(port, 1);
    name = backend_of(port, "/", ""); /* absent: by the client's address */
    for (int i = 0; i < 10; i++) {
        char path[16];

        snprintf(path, sizeof path, "/?%d", i);
        assert_int_equal(backend_of(port, path, ""), name);
    }
    trio_stop(&t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_client_of_a_proxy_is_the_one_it_names),
        fixture_test(without_it_the_peer_is_the_client),
        fixture_test(each_request_has_its_own_client),
        fixture_test(the_same_uri_goes_to_the_same_backend),
        fixture_test(the_same_field_goes_to_the_same_backend),
    };

    return fixture_run("lb: trusted_proxies and hash_key", tests);
}
