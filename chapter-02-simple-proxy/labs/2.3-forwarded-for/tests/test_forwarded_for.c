/* forwarded_for: the value, and that it comes to the backend. */
#include "fixture.h"
#include "forwarded.h"
#include "program.h"
#include "wire.h"

static void without_a_field_it_is_the_client(void **state)
{
    (void)state;
    expect_list("", "127.0.0.1");
    expect_list("Forwarded: for=10.1.2.3\r\n", "127.0.0.1");
}

static void ours_is_added_at_the_end(void **state)
{
    (void)state;
    expect_list("X-Forwarded-For: 10.1.2.3\r\n", "10.1.2.3, 127.0.0.1");
    expect_list("A: b\r\nX-Forwarded-For:  10.1.2.3 , 10.4.5.6 \r\nC: d\r\n",
                 "10.1.2.3 , 10.4.5.6, 127.0.0.1");
}

static void several_fields_become_one_list(void **state)
{
    (void)state;
    expect_list("X-Forwarded-For: 10.1.2.3\r\nA: b\r\n"
                 "X-Forwarded-For: 10.9.9.9\r\n",
                 "10.1.2.3, 10.9.9.9, 127.0.0.1");
}

static void an_empty_field_counts_for_nothing(void **state)
{
    (void)state;
    expect_list("X-Forwarded-For:\r\n", "127.0.0.1");
    expect_list("X-Forwarded-For: \r\nX-Forwarded-For: 10.9.9.9\r\n",
                 "10.9.9.9, 127.0.0.1");
}

/* Twenty bytes fit into twenty, and into nothing less. */
static void what_does_not_fit_is_refused(void **state)
{
    static const char text[] =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.1.2.33\r\n\r\n";
    struct http_head head;

    (void)state;
    expect_int("the verdict on the head",
               http_head_parse_request(&head, text, sizeof text - 1),
               HTTP_COMPLETE);
    for (size_t size = 0; size <= 20; size++) {
        char *out = guard_copy("????????????????????", size);

        expect_int(about("\"10.1.2.33, 127.0.0.1\" in %zu bytes", size),
                   (long long)forwarded_for(&head, "127.0.0.1", out, size),
                   size < 20 ? 0 : 20);
        guard_free(out, size);
    }
}

static void the_backend_is_told(void **state)
{
    char at[32], head[1024];
    int port, listener = wire_listen(&port), client, backend;
    struct program *p;

    (void)state;
    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    p = program_start(lab_program("reverse_proxy"), "0", at, NULL);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n"
                           "X-Forwarded-For: 10.1.2.3\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    expect_that(about("the head that comes to the backend,\n%s", head),
                strstr(head, "\r\nX-Forwarded-For: 10.1.2.3, 127.0.0.1\r\n") !=
                    NULL,
                "with X-Forwarded-For: 10.1.2.3, 127.0.0.1");
    expect_that("the client's own field",
                strstr(head, "X-Forwarded-For: 10.1.2.3\r\n") == NULL,
                "replaced");
    wire_close(backend);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(without_a_field_it_is_the_client),
        fixture_test(ours_is_added_at_the_end),
        fixture_test(several_fields_become_one_list),
        fixture_test(an_empty_field_counts_for_nothing),
        fixture_test(what_does_not_fit_is_refused),
        fixture_test(the_backend_is_told),
    };

    return fixture_run("forwarded_for", tests);
}
