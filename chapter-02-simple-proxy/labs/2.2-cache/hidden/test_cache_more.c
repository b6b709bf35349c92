/* cache: the same key again, and requests that are for one client only. */
#include "answers.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

static void what_is_put_again_replaces_the_first(void **state)
{
    const struct slice *got;
    struct cache c;

    (void)state;
    cache_init(&c);
    for (size_t i = 1; i <= 100; i++)
        expect_int("cache_put of the same key",
                   cache_put(&c, key_of(1), answer_of(MAX_AGE, i * 100), 0), 0);
    got = cache_get(&c, key_of(1), 0);
    expect_that("what was put last", got != NULL, "there");
    expect_int("its length", (long long)got->len,
               (long long)answer_of(MAX_AGE, 10000).len);
    for (int i = 2; i <= CACHE_ENTRIES; i++)
        cache_put(&c, key_of(i), answer_of(MAX_AGE, 5), 0);
    expect_kept("the first key, beside 63 others", &c, key_of(1), 0, 1);
    cache_free(&c);
}

static void a_personal_request_goes_to_the_server(void **state)
{
    static const char *const fields[] = {
        "", "Cookie: a=b\r\n", "authorization: x\r\n", "Range: bytes=0-1\r\n",
        "Cache-Control: max-age=0, no-store\r\n"};
    struct program *p = program_start(lab_program("forward_proxy"), "0", NULL);
    int port, listener = wire_listen(&port);
    char head[1024], request[256];

    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct slice answer = answer_of(MAX_AGE, 5);
        int client = wire_connect(program_port(p)), server;

        snprintf(request, sizeof request,
                 "GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n%s\r\n", port,
                 fields[i]);
        wire_send_text(client, request);
        server = wire_accept(listener);
        wire_receive_until(server, "\r\n\r\n", head, sizeof head);
        wire_send(server, answer.at, answer.len);
        wire_close(server);
        expect_receive(about("the answer to a request with %s", fields[i]),
                       client, answer.at, answer.len);
        wire_shut(client);
        wire_expect_end(client);
        wire_close(client);
    }
    wire_close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_is_put_again_replaces_the_first),
        fixture_test(a_personal_request_goes_to_the_server),
    };

    return fixture_run("cache_more", tests);
}
