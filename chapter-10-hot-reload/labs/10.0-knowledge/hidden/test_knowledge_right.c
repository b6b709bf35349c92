/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "cidr.h"
#include "fixture.h"
#include "json.h"
#include "real_client.h"

#include <stdio.h>
#include <string.h>

static int is_json(const char *text)
{
    struct json_error error;
    struct json_value *value = json_parse(text, strlen(text), &error);

    json_free(value);
    return value != NULL;
}

static void json_is_what_the_rfc_says(void **state)
{
    static const char *const texts[] = {
        "[1,]", "{'a': 1}", "[1e5]", "01", "{a: 1}",
        "{\"a\": 1, \"a\": 2}"};
    char numbers[32] = "";

    (void)state;
    for (int i = 0; i < 6; i++)
        if (is_json(texts[i]))
            snprintf(numbers + strlen(numbers),
                     sizeof numbers - strlen(numbers), "%d ", i + 1);
    expect_answer("json", numbers);
}

static void nine_bits_are_one_and_a_bit(void **state)
{
    struct cidr prefix, address;

    (void)state;
    cidr_parse(slice_of("10.0.0.0/9"), &prefix);
    cidr_parse_address(slice_of("10.200.0.1"), &address);
    expect_answer("within", cidr_contains(&prefix, &address) ? "yes" : "no");
}

static void the_list_is_read_from_its_end(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n"
        "X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.0.0.7\r\n\r\n";
    struct http_head h;
    struct cidr trusted;
    char ip[NET_IP_TEXT] = "10.0.0.5";

    (void)state;
    http_head_parse_request(&h, request, sizeof request - 1);
    cidr_parse(slice_of("10.0.0.0/8"), &trusted);
    real_client(&h, &trusted, 1, ip);
    expect_answer("real_client", ip);
}

static void only_its_own_keys_move(void **state)
{
    (void)state;
    expect_answer_between("moved_percent", 20, 20);
}

static void a_reload_asks_politely(void **state)
{
    (void)state;
    expect_answer("reload_signal", "SIGHUP|HUP");
    expect_answer("kept_clients", "Connection: close");
}

static void a_queue_dies_with_its_listener(void **state)
{
    (void)state;
    expect_answer("closed_queue", "reset|they are reset");
}

static void a_faulty_file_is_a_failed_start(void **state)
{
    (void)state;
    expect_answer_number("check_status", 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(json_is_what_the_rfc_says),
        fixture_test(nine_bits_are_one_and_a_bit),
        fixture_test(the_list_is_read_from_its_end),
        fixture_test(only_its_own_keys_move),
        fixture_test(a_reload_asks_politely),
        fixture_test(a_queue_dies_with_its_listener),
        fixture_test(a_faulty_file_is_a_failed_start),
    };

    return fixture_run("knowledge_right", tests);
}
