/* lb: who asks (trusted_proxies), and what a backend is chosen by (hash_key). */
#include "fixture.h"

#include "failure.h"
#include "http_client.h"
#include "whole_lb.h"

/* Sends a request; its head, as the backend gets it. */
static void pass(struct whole *c, const char *fields, char *head, size_t size)
{
    int client = wire_connect(c->lb.port), backend;
    char request[1024];

    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", fields);
    wire_send_text(client, request);
    backend = lb_take(&c->lb, 0, head, size);
    wire_send_text(backend, LB_YES);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    wire_close(backend);
}

static void expect_in(const char *head, const char *line)
{
    if (strstr(head, line) == NULL)
        failure("no \"%s\" in: %s", line, head);
}

#define BEHIND_US "'trusted_proxies': ['127.0.0.0/8', '::1']"

static void the_client_of_a_proxy_is_the_one_it_names(void **state)
{
    struct whole c;
    char head[4096];

    (void)state;
    whole_start_scripted(&c, 1, "'access_log': '-', " BEHIND_US);
    pass(&c, "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.9\r\n", head,
         sizeof head);
    expect_in(head, "\r\nX-Real-IP: 198.51.100.7\r\n");
    expect_in(head, "\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.9, "
                    "127.0.0.1\r\n");
    expect_in(head, "\r\nX-Forwarded-Proto: http\r\n");
    program_expect(c.lb.program, "198.51.100.7 - - [");
    whole_stop(&c);
}

static void without_it_the_peer_is_the_client(void **state)
{
    struct whole c;
    char head[4096];

    (void)state;
    whole_start_scripted(&c, 1, "");
    pass(&c, "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\n",
         head, sizeof head);
    expect_in(head, "\r\nX-Real-IP: 127.0.0.1\r\n");
    expect_in(head, "\r\nX-Forwarded-For: 198.51.100.7, 127.0.0.1\r\n");
    expect_in(head, "\r\nX-Forwarded-Proto: http\r\n");
    whole_stop(&c);
}

static void a_proxy_says_how_its_client_came(void **state)
{
    static const struct {
        const char *said, *proto;
    } cases[] = {
        {"X-Forwarded-Proto: https\r\n", "https"},
        {"x-forwarded-proto: HTTPS\r\n", "https"},
        {"X-Forwarded-Proto: http\r\n", "http"},
        {"", "http"},
        {"X-Forwarded-Proto: https, http\r\n", "http"},
        {"X-Forwarded-Proto: https\r\nX-Forwarded-Proto: https\r\n", "http"},
    };
    struct whole c;
    char head[4096], line[64];

    (void)state;
    whole_start_scripted(&c, 1, BEHIND_US);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pass(&c, cases[i].said, head, sizeof head);
        snprintf(line, sizeof line, "\r\nX-Forwarded-Proto: %s\r\n",
                 cases[i].proto);
        expect_in(head, line);
    }
    whole_stop(&c);
}

/* On one connection, one behind the other, as a proxy may send them: each request
 * is somebody's own. The last is the first one's second. */
static void each_request_has_its_own_client(void **state)
{
    static const char requests[] =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.1\r\n"
        "X-Forwarded-Proto: https\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.2\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";
    static const char *const clients[] = {"198.51.100.1", "198.51.100.2",
                                          "127.0.0.1"};
    struct whole c;
    char head[4096], line[64];
    int client;

    (void)state;
    whole_start_scripted(&c, 1, "'rate_limit': {'per_ip': 0.001, 'burst': 1}, "
                                "'pool': {'max_size': 0}, " BEHIND_US);
    client = wire_connect(c.lb.port);
    wire_send_text(client, requests);
    for (int i = 0; i < 3; i++) {
        int backend = lb_take(&c.lb, 0, head, sizeof head);

        snprintf(line, sizeof line, "\r\nX-Real-IP: %s\r\n", clients[i]);
        expect_in(head, line);
        expect_in(head, i == 0 ? "\r\nX-Forwarded-Proto: https\r\n"
                               : "\r\nX-Forwarded-Proto: http\r\n");
        wire_send_text(backend, LB_YES);
        wire_expect_text(client, LB_YES);
        wire_close(backend);
    }
    wire_expect_text(client, "HTTP/1.1 429 ");
    wire_close(client);
    whole_stop(&c);
}

/* ---- hash_key ------------------------------------------------------------ */

static void start_hashing(struct whole *c, const char *hash_key)
{
    char members[512];

    snprintf(members, sizeof members,
             "'algorithm': 'consistent_hash', 'hash_key': '%s', "
             "'health_check': {'interval': 3600}, 'backends': ["
             "{'host': '127.0.0.1', 'port': $1, 'name': 'a'},"
             "{'host': '127.0.0.1', 'port': $2, 'name': 'b'},"
             "{'host': '127.0.0.1', 'port': $3, 'name': 'c'}]", hash_key);
    whole_start(c, 3, members);
}

/* Its number: 1, 2 or 3. */
static int backend_of(int port, const char *target, const char *fields)
{
    struct http_response r;
    int number;

    http_request(port, "GET", target, fields, NULL, 0, &r);
    assert_int_equal(r.status, 200);
    number = http_field(&r, "X-Backend")[1] - '0';
    http_response_free(&r);
    return number;
}

/* Thirty different fields, or else paths, reach all three; the same reaches the
 * same. */
static void expect_spread(int port, int by_field)
{
    int reached[3] = {0};

    for (int i = 0; i < 30; i++) {
        char path[64] = "/", fields[64] = "";
        int number;

        if (by_field)
            snprintf(fields, sizeof fields, "x-key: %d\r\n", i);
        else
            snprintf(path, sizeof path, "/?%d", i);
        number = backend_of(port, path, fields);
        assert_in_range(number, 1, 3);
        reached[number - 1]++;
        assert_int_equal(backend_of(port, path, fields), number);
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(reached[i], 1, 28);
}

static void the_same_uri_goes_to_the_same_backend(void **state)
{
    struct whole c;

    (void)state;
    start_hashing(&c, "uri");
    expect_spread(c.lb.port, 0);
    assert_int_equal(backend_of(c.lb.port, "/?1", "X-Key: a\r\n"),
                     backend_of(c.lb.port, "/?1", "X-Key: b\r\n"));
    whole_stop(&c);
}

static void the_same_field_goes_to_the_same_backend(void **state)
{
    struct whole c;
    int number;

    (void)state;
    start_hashing(&c, "header:X-Key");
    expect_spread(c.lb.port, 1);
    number = backend_of(c.lb.port, "/", ""); /* absent: by client's address */
    for (int i = 0; i < 10; i++) {
        char path[16];

        snprintf(path, sizeof path, "/?%d", i);
        assert_int_equal(backend_of(c.lb.port, path, ""), number);
    }
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_client_of_a_proxy_is_the_one_it_names),
        fixture_test(without_it_the_peer_is_the_client),
        fixture_test(a_proxy_says_how_its_client_came),
        fixture_test(each_request_has_its_own_client),
        fixture_test(the_same_uri_goes_to_the_same_backend),
        fixture_test(the_same_field_goes_to_the_same_backend),
    };

    return fixture_run("lb: trusted_proxies and hash_key", tests);
}
