/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "channel.h"
#include "fixture.h"
#include "http_head.h"

#include <string.h>

static void select_has_room_for_so_many(void **state)
{
    (void)state;
    expect_answer_number("most_clients", (1024 - 4) / 2);
}

static void interest_follows_from_the_state(void **state)
{
    struct channel c;
    char memory[8 + CHANNEL_GROWTH];

    (void)state;
    channel_open(&c, 0, 1, memory, 8, &mover_copy);
    expect_answer("empty_buffer", channel_wants_out(&c) ? "yes" : "no");
    buffer_append(&c.buf, "12345678", 8);
    expect_answer("full_buffer", channel_wants_in(&c) ? "yes" : "no");
}

static void the_list_is_appended_to(void **state)
{
    (void)state;
    expect_answer("forwarded_for", "1.2.3.4 203.0.113.7");
}

static void only_what_does_no_harm_twice_is_repeated(void **state)
{
    struct http_head h;
    const char *request = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";

    (void)state;
    expect_answer("get_again", "yes");
    http_head_parse_request(&h, request, strlen(request));
    expect_answer("post_again", http_head_is_idempotent(&h) ? "yes" : "no");
}

static void threads_reserve_stacks(void **state)
{
    (void)state;
    expect_answer_number("stacks_mib", 100 * 8);
}

static void select_looks_at_all_of_them(void **state)
{
    (void)state;
    expect_answer("select_cost", "watched");
}

static void a_second_signal_means_it(void **state)
{
    (void)state;
    expect_answer("second_signal", "ends|ends at once|it ends at once");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(select_has_room_for_so_many),
        fixture_test(interest_follows_from_the_state),
        fixture_test(the_list_is_appended_to),
        fixture_test(only_what_does_no_harm_twice_is_repeated),
        fixture_test(threads_reserve_stacks),
        fixture_test(select_looks_at_all_of_them),
        fixture_test(a_second_signal_means_it),
    };

    return fixture_run("knowledge_right", tests);
}
