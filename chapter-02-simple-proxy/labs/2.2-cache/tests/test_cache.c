/* cache: what may be kept, for how long, and what goes first. */
#include "answers.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

static void expect_lifetime(const char *fields, uint64_t seconds)
{
    struct slice a = answer_of(fields, 5);

    expect_int(about("seconds for an answer with\n%s", fields),
               (long long)cache_lifetime(a), (long long)seconds);
}

static void max_age_is_the_lifetime(void **state)
{
    (void)state;
    expect_lifetime(MAX_AGE, 60);
    expect_lifetime("cache-control: public, s-maxage=10, max-age=60\r\n", 10);
    expect_lifetime("Cache-Control: max-age=60\r\n"
                    "Cache-Control: S-MAXAGE=10\r\n", 10);
    expect_lifetime("Cache-Control: x-max-age=5, Max-Age=7\r\n", 7);
}

static void expect_none(const char *text)
{
    size_t len = strlen(text);

    expect_int(about("seconds for\n%s", text),
               (long long)cache_lifetime((struct slice){text, len}), 0);
}

static void what_may_not_be_kept_has_none(void **state)
{
    static const char *const fields[] = {
        "", "Cache-Control: max-age=0\r\n", "Cache-Control: max-age=x\r\n",
        "Cache-Control: max-age\r\n", "Cache-Control: max-age=60, no-store\r\n",
        "Cache-Control: no-cache, max-age=60\r\n",
        MAX_AGE "Cache-Control: Private\r\n", MAX_AGE "Set-Cookie: a=b\r\n",
        MAX_AGE "Vary: Accept\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        expect_lifetime(fields[i], 0);
    expect_none("HTTP/1.1 404 No\r\n" MAX_AGE "Content-Length: 0\r\n\r\n");
    expect_none("HTTP/1.1 200 OK\r\n" MAX_AGE "Content-Length: 3\r\n\r\nab");
    expect_none("HTTP/1.1 200 OK\r\n" MAX_AGE "Content-Length: 1\r\n\r\nab");
    expect_none("HTTP/1.1 200 OK\r\n" MAX_AGE "\r\nab");
    expect_none("HTTP/1.1 200 OK\r\n" MAX_AGE
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect_none("HTTP/1.1 200 OK\r\n" MAX_AGE);
    expect_none("");
}

static void an_answer_is_kept_until_it_is_old(void **state)
{
    struct slice answer = answer_of(MAX_AGE, 5);
    char *copy = malloc(answer.len);
    const struct slice *got;
    struct cache c;

    (void)state;
    memcpy(copy, answer.at, answer.len);
    cache_init(&c);
    expect_kept("an empty cache", &c, key_of(1), 0, 0);
    expect_int("cache_put", cache_put(&c, key_of(1), answer, 1000), 0);
    answer_of("", 9); /* the caller's memory is used again */
    got = cache_get(&c, key_of(1), 59000);
    expect_that("the answer after 58 seconds", got != NULL, "still there");
    expect_bytes("the answer after 58 seconds", got->at, got->len, copy,
                 answer.len);
    expect_kept("the answer after 60 seconds", &c, key_of(1), 61000, 0);
    expect_int("cache_put of what may not be kept",
               cache_put(&c, key_of(2), answer_of("", 5), 0), -1);
    expect_kept("what may not be kept", &c, key_of(2), 0, 0);
    cache_free(&c);
    free(copy);
}

static void a_key_is_compared_byte_by_byte(void **state)
{
    struct cache c;

    (void)state;
    cache_init(&c);
    cache_put(&c, SLICE("host/path"), answer_of(MAX_AGE, 5), 0);
    expect_kept("host/path", &c, SLICE("host/path"), 0, 1);
    expect_kept("host/pat", &c, SLICE("host/pat"), 0, 0);
    expect_kept("host/path?", &c, SLICE("host/path?"), 0, 0);
    expect_kept("Host/path", &c, SLICE("Host/path"), 0, 0);
    cache_free(&c);
}

static void the_least_recently_used_goes_first(void **state)
{
    struct cache c;

    (void)state;
    cache_init(&c);
    for (int i = 0; i < CACHE_ENTRIES; i++)
        cache_put(&c, key_of(i), answer_of(MAX_AGE, 5), 0);
    for (int i = 0; i < CACHE_ENTRIES; i++)
        expect_kept(about("number %d of 64", i), &c, key_of(i), 0, 1);
    expect_kept("number 0, once more", &c, key_of(0), 0, 1);
    cache_put(&c, key_of(99), answer_of(MAX_AGE, 5), 0);
    expect_kept("number 1, used least recently, after the 65th", &c, key_of(1),
                0, 0);
    expect_kept("number 0, used lately", &c, key_of(0), 0, 1);
    expect_kept("the 65th", &c, key_of(99), 0, 1);
    cache_free(&c);
}

static void bytes_are_limited_too(void **state)
{
    struct cache c;

    (void)state;
    cache_init(&c);
    expect_int("cache_put of more than 64 KiB",
               cache_put(&c, key_of(0), answer_of(MAX_AGE, CACHE_ANSWER_MAX), 0),
               -1);
    for (int i = 0; i < 17; i++)
        expect_int(about("cache_put of 65,000 bytes, the %dth time", i + 1),
                   cache_put(&c, key_of(i), answer_of(MAX_AGE, 65000), 0), 0);
    expect_kept("the first of 17 with 65,000 bytes", &c, key_of(0), 0, 0);
    for (int i = 1; i < 17; i++)
        expect_kept(about("number %d of them", i), &c, key_of(i), 0, 1);
    cache_free(&c);
}

static void the_server_is_asked_once(void **state)
{
    struct program *p = program_start(lab_program("forward_proxy"), "0", NULL);
    int port, listener = wire_listen(&port);
    char head[1024], request[128];

    (void)state;
    snprintf(request, sizeof request, "GET http://127.0.0.1:%d/a?b HTTP/1.1\r\n"
                                      "Host: a\r\n\r\n", port);
    for (int i = 0; i < 3; i++) {
        struct slice answer = answer_of(MAX_AGE, 5);
        int client = wire_connect(program_port(p));

        wire_send_text(client, request);
        if (i == 0) {
            int server = wire_accept(listener);

            wire_receive_until(server, "\r\n\r\n", head, sizeof head);
            wire_send(server, answer.at, answer.len);
            wire_close(server);
        }
        expect_receive(about("answer %d of 3", i + 1), client, answer.at,
                       answer.len);
        wire_expect_end(client);
        wire_close(client);
    }
    wire_accept_nobody(listener, 0);
    wire_close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(max_age_is_the_lifetime),
        fixture_test(what_may_not_be_kept_has_none),
        fixture_test(an_answer_is_kept_until_it_is_old),
        fixture_test(a_key_is_compared_byte_by_byte),
        fixture_test(the_least_recently_used_goes_first),
        fixture_test(bytes_are_limited_too),
        fixture_test(the_server_is_asked_once),
    };

    return fixture_run("cache", tests);
}
