/* LB_NAME: what is refused before any backend hears of it: what could be
 * read in two ways, what is no HTTP, what is too long. */
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER(status, reason, len, body)                                  \
    "HTTP/1.1 " status " " reason "\r\nContent-Type: text/plain\r\n"       \
    "Content-Length: " len "\r\nConnection: close\r\n\r\n" body
#define BAD ANSWER("400", "Bad Request", "16", "400 Bad Request\n")

static const struct {
    const char *what, *request;
    size_t len; /* 0: up to the NUL */
    const char *answer;
} refused[] = {
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 0, BAD},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 0, BAD},
    {"a malformed Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 0, BAD},
    {"a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 0, BAD},
    {"both lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, BAD},
    {"both lengths, the other way round",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
     "Content-Length: 3\r\n\r\n0\r\n\r\n", 0, BAD},
    {"two lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
     "Content-Length: 4\r\n\r\nabcd", 0, BAD},
    {"a list of lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc", 0, BAD},
    {"a negative length",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc", 0, BAD},
    {"a length with a sign",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 0, BAD},
    {"a hexadecimal length",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc", 0, BAD},
    {"no length",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc", 0, BAD},
    {"a length beyond 2^63",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551619\r\n"
     "\r\nabc", 0, BAD},
    {"chunked twice",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, BAD},
    {"chunked, chunked",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n"
     "\r\n0\r\n\r\n", 0, BAD},
    {"a coding with a control character in it",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \vchunked\r\n\r\n", 0,
     BAD},
    {"chunked in HTTP/1.0",
     "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 0,
     BAD},
    {"a folded line", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 0,
     BAD},
    {"a first line that is folded", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 0,
     BAD},
    {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
     0, BAD},
    {"a bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n",
     0, BAD},
    {"CR CR LF", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 0, BAD},
    {"a NUL in a value", "GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 32,
     BAD},
    {"a NUL in the target", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28, BAD},
    {"a space before a colon",
     "GET / HTTP/1.1\r\nHost: h\r\nContent-Length : 0\r\n\r\n", 0, BAD},
    {"a line without a colon", "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n", 0,
     BAD},
    {"a field without a name", "GET / HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n", 0,
     BAD},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"a space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"no version", "GET /\r\n\r\n", 0, BAD},
    {"a lower-case version", "GET / http/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"a target that is no path", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"* without OPTIONS", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"an unknown scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 0, BAD},
    {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, BAD},
    {"garbage", "\x80\xff\x01\x7f\r\n", 6, BAD},
    {"an unknown coding",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     0, ANSWER("501", "Not Implemented", "20", "501 Not Implemented\n")},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0,
     ANSWER("505", "HTTP Version Not Supported", "31",
            "505 HTTP Version Not Supported\n")},
    {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 0,
     ANSWER("405", "Method Not Allowed", "23", "405 Method Not Allowed\n")},
};

static void expect_refusal(struct lb *lb, const char *request, size_t len,
                           const char *answer)
{
    int client = wire_connect(lb->port);

    wire_send(client, request, len != 0 ? len : strlen(request));
    wire_expect_text(client, answer);
    wire_expect_end(client);
    wire_close(client);
}

/* Whatever they were: the first request that the backend sees is the one after
 * all of them. */
static void bad_requests_get_their_answer_and_reach_nobody(void **state)
{
    struct lb lb;
    char got[1024];
    int client, backend, before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        print_message("%s\n", refused[i].what); /* seen if it fails */
        expect_refusal(&lb, refused[i].request, refused[i].len,
                       refused[i].answer);
    }
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /good HTTP/1.1\r\nHost: h\r\n"
                           "Connection: close\r\n\r\n");
    backend = lb_take(&lb, 0, got, sizeof got);
    assert_memory_equal(got, "GET /good ", 10);
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* A head that will never end is not waited for. */
static void too_long_heads_are_refused(void **state)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    struct lb lb;
    char *head = malloc(20000), many[2048] = "GET / HTTP/1.1\r\nHost: h\r\n";

    (void)state;
    assert_non_null(head);
    lb_start_scripted(&lb, 1);
    memset(head, 'a', 20000);
    memcpy(head, "GET /", 5);
    expect_refusal(&lb, head, 16384,
                   ANSWER("414", "URI Too Long", "17", "414 URI Too Long\n"));
    expect_refusal(&lb, head, 20000,
                   ANSWER("414", "URI Too Long", "17", "414 URI Too Long\n"));
    memcpy(head, begin, sizeof begin - 1);
#define TOO_LARGE ANSWER("431", "Request Header Fields Too Large", "36", \
                         "431 Request Header Fields Too Large\n")
    expect_refusal(&lb, head, 16384, TOO_LARGE);
    expect_refusal(&lb, head, 20000, TOO_LARGE);
    for (int i = 0; i < 100; i++)
        strncat(many, "A: b\r\n", sizeof many - strlen(many) - 1);
    expect_refusal(&lb, many, strlen(many), TOO_LARGE);
    free(head);
    lb_stop(&lb);
}

static void the_answer_to_head_has_no_body(void **state)
{
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .dead = 1});
    expect_refusal(&lb, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 0,
                   ANSWER("503", "Service Unavailable", "24", ""));
    expect_refusal(&lb, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 0,
                   ANSWER("503", "Service Unavailable", "24",
                          "503 Service Unavailable\n"));
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(bad_requests_get_their_answer_and_reach_nobody),
        fixture_test(too_long_heads_are_refused),
        fixture_test(the_answer_to_head_has_no_body),
    };

    return fixture_run(LB_NAME ": refusals", tests);
}
