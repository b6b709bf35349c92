/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "authority.h"
#include "fixture.h"
#include "http_head.h"

#include <stdio.h>
#include <string.h>

/* The verdict on a request that is given as text. */
static enum http_verdict parse(struct http_head *h, const char *request)
{
    return http_head_parse_request(h, request, strlen(request));
}

static void a_head_without_its_end_is_not_wrong(void **state)
{
    struct http_head h;
    int verdict = parse(&h, "GET / HTTP/1.1\r\nHost: a\r\n");

    (void)state;
    expect_answer("unfinished", verdict == HTTP_PARTIAL ? "partial" : "bad");
}

static void a_blank_before_the_colon_is_refused(void **state)
{
    struct http_head h;

    (void)state;
    parse(&h, "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    expect_answer_number("space_before_colon", h.status);
}

static void the_target_is_shortened_for_the_server(void **state)
{
    struct http_head h;
    char path[64];

    (void)state;
    parse(&h, "GET http://h:81/a?b HTTP/1.1\r\nHost: h:81\r\n\r\n");
    snprintf(path, sizeof path, "%.*s", (int)h.path.len, h.path.at);
    expect_answer("sent_on", path);
}

static void brackets_are_no_part_of_the_host(void **state)
{
    struct authority a;

    (void)state;
    authority_parse(slice_of("[::1]:9001"), AUTHORITY_PORT_REQUIRED, &a);
    expect_answer("host", a.host);
    expect_answer_number("port", a.port);
}

static void whose_fault_it_is_says_the_status(void **state)
{
    (void)state;
    expect_answer_number("refused", 502);
    expect_answer_number("silent", 504);
}

static void connection_names_what_stays_here(void **state)
{
    struct http_head h;
    char names[64] = "";

    (void)state;
    parse(&h, "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Secret\r\n"
              "X-Secret: 1\r\nAccept: */*\r\nTE: trailers\r\n\r\n");
    for (int i = 0; i < h.field_count; i++)
        if (http_head_is_hop_by_hop(&h, &h.fields[i]))
            snprintf(names + strlen(names), sizeof names - strlen(names),
                     "%.*s ", (int)h.fields[i].name.len,
                     h.fields[i].name.at);
    expect_answer("not_sent_on", names);
}

static void half_closed_is_half_open(void **state)
{
    (void)state;
    expect_answer("other_direction", "no");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_head_without_its_end_is_not_wrong),
        fixture_test(a_blank_before_the_colon_is_refused),
        fixture_test(the_target_is_shortened_for_the_server),
        fixture_test(brackets_are_no_part_of_the_host),
        fixture_test(whose_fault_it_is_says_the_status),
        fixture_test(connection_names_what_stays_here),
        fixture_test(half_closed_is_half_open),
    };

    return fixture_run("knowledge_right", tests);
}
