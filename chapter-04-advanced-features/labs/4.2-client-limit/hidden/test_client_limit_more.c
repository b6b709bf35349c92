/* client_limit: refused requests, IPv6, and who is forgotten. */
#include "fixture.h"
#include "clients.h"

#define A "192.0.2.1"

static void a_second_is_a_multiple_of_1000(void **state)
{
    (void)state;
    begin(2);
    expect_answer(A, 7990, 0);
    expect_answer(A, 7999, 0);
    expect_answer(A, 8000, 0);
    expect_answer(A, 8001, 0);
    expect_answer(A, 8002, 429);
    end();
}

static void the_refused_do_not_count(void **state)
{
    (void)state;
    begin(2);
    for (int i = 0; i < 1000; i++)
        ask(A);
    expect_answer(A, 1000, 0);
    expect_answer(A, 1001, 0);
    expect_answer(A, 1002, 429);
    end();
}

static void ipv6_addresses_are_told_apart(void **state)
{
    const char *one = "2001:db8:1111:2222:3333:4444:5555:6661";
    const char *other = "2001:db8:1111:2222:3333:4444:5555:6662";

    (void)state;
    begin(1);
    expect_answer(one, 0, 0);
    expect_answer(other, 0, 0);
    expect_answer(one, 0, 429);
    expect_answer(other, 0, 429);
    end();
}

static void a_thousand_and_24_are_remembered(void **state)
{
    (void)state;
    begin(1);
    for (int i = 0; i < CLIENT_LIMIT_KNOWN; i++)
        expect_answer(address(i), 0, 0);
    for (int i = 0; i < CLIENT_LIMIT_KNOWN; i++)
        expect_answer(address(i), 1, 429);
    end();
}

/* 1024 have asked, the first of them again: a new one displaces the second. */
static void the_longest_unseen_is_forgotten(void **state)
{
    (void)state;
    begin(1);
    for (int i = 0; i < CLIENT_LIMIT_KNOWN; i++)
        ask(address(i));
    expect_answer(address(0), 1, 429);
    expect_answer(address(2000), 2, 0);
    expect_answer(address(0), 3, 429);
    expect_answer(address(2), 3, 429);
    expect_answer(address(1), 3, 0);
    end();
}

static void a_new_one_begins_with_nothing(void **state)
{
    (void)state;
    begin(2);
    for (int i = 0; i < CLIENT_LIMIT_KNOWN; i++)
        for (int n = 0; n < 2; n++)
            ask(address(i));
    expect_answer(address(2000), 1, 0);
    expect_answer(address(2000), 2, 0);
    expect_answer(address(2000), 3, 429);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_second_is_a_multiple_of_1000),
        fixture_test(the_refused_do_not_count),
        fixture_test(ipv6_addresses_are_told_apart),
        fixture_test(a_thousand_and_24_are_remembered),
        fixture_test(the_longest_unseen_is_forgotten),
        fixture_test(a_new_one_begins_with_nothing),
    };

    return fixture_run("client_limit_more", tests);
}
