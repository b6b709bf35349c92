/* access_log: what a line looks like, whatever the client has sent. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access_log.h"

static struct backend backend;

static struct exchange make(const char *line)
{
    struct exchange x;

    memset(&x, 0, sizeof x);
    strcpy(x.client_ip, "192.0.2.7");
    strcpy(x.request_id, "0123456789abcdef");
    x.line_len = strlen(line);
    memcpy(x.line, line, x.line_len);
    strcpy(backend.name, "127.0.0.1:9001");
    x.backend = &backend;
    x.status = 200;
    x.tries = 1;
    x.reused = 1;
    x.bytes_out = 94;
    x.first_us = 1100;
    x.took_us = 2001234;
    return x;
}

static void expect(const struct exchange *x, enum access_format format,
                   const char *wanted)
{
    struct text t = {0};

    access_log_line(&t, format, x, "NOW");
    assert_false(t.failed);
    text_add(&t, "", 1);
    assert_string_equal(t.at, wanted);
    text_free(&t);
}

static void a_request_that_went_well(void **state)
{
    struct exchange x = make("GET /a?b HTTP/1.1");

    (void)state;
    expect(&x, ACCESS_COMBINED,
           "192.0.2.7 - - [NOW] \"GET /a?b HTTP/1.1\" 200 94 2.001234 0.001100 "
           "127.0.0.1:9001 1 reused 0123456789abcdef -\n");
    expect(&x, ACCESS_JSON,
           "{\"time\":\"NOW\",\"client\":\"192.0.2.7\","
           "\"request\":\"GET /a?b HTTP/1.1\",\"status\":200,\"bytes\":94,"
           "\"took\":2.001234,\"first\":0.001100,"
           "\"backend\":\"127.0.0.1:9001\",\"tries\":1,\"reused\":true,"
           "\"id\":\"0123456789abcdef\",\"why\":null}\n");
}

static void a_request_that_was_refused(void **state)
{
    struct exchange x = make("GET / HTTP/1.1");

    (void)state;
    x.backend = NULL;
    x.status = 503;
    x.tries = x.reused = 0;
    x.failure = "no backend is up";
    x.request_id[0] = '\0';
    x.first_us = x.took_us = 0;
    expect(&x, ACCESS_COMBINED,
           "192.0.2.7 - - [NOW] \"GET / HTTP/1.1\" 503 94 0.000000 0.000000 "
           "- 0 - - \"no backend is up\"\n");
    expect(&x, ACCESS_JSON,
           "{\"time\":\"NOW\",\"client\":\"192.0.2.7\","
           "\"request\":\"GET / HTTP/1.1\",\"status\":503,\"bytes\":94,"
           "\"took\":0.000000,\"first\":0.000000,\"backend\":null,"
           "\"tries\":0,\"reused\":false,\"id\":null,"
           "\"why\":\"no backend is up\"}\n");
}

static void a_client_that_left_before_the_answer(void **state)
{
    struct exchange x = make("GET / HTTP/1.1");

    (void)state;
    x.status = x.reused = 0;
    x.bytes_out = 0;
    x.tries = 2;
    x.failure = "the client left";
    expect(&x, ACCESS_COMBINED,
           "192.0.2.7 - - [NOW] \"GET / HTTP/1.1\" 499 0 2.001234 - "
           "127.0.0.1:9001 2 new 0123456789abcdef \"the client left\"\n");
}

static void hostile_bytes_stay_in_their_line(void **state)
{
    static const char line[] = "G\"\\\n\r\t\x1b[31m\x7f\x80\xff\0Z";
    struct exchange x = make("");

    (void)state;
    memcpy(x.line, line, sizeof line - 1);
    x.line_len = sizeof line - 1;
    expect(&x, ACCESS_COMBINED,
           "192.0.2.7 - - [NOW] \"G\\x22\\x5C\\x0A\\x0D\\x09\\x1B[31m\\x7F"
           "\\x80\\xFF\\x00Z\" 200 94 2.001234 0.001100 127.0.0.1:9001 1 "
           "reused 0123456789abcdef -\n");
    expect(&x, ACCESS_JSON,
           "{\"time\":\"NOW\",\"client\":\"192.0.2.7\",\"request\":\"G\\\""
           "\\\\\\u000a\\u000d\\u0009\\u001b[31m\\u007f\\u0080\\u00ff\\u0000Z\","
           "\"status\":200,\"bytes\":94,\"took\":2.001234,\"first\":0.001100,"
           "\"backend\":\"127.0.0.1:9001\",\"tries\":1,\"reused\":true,"
           "\"id\":\"0123456789abcdef\",\"why\":null}\n");
}

static void any_bytes_give_one_line_of_printable_ascii(void **state)
{
    uint32_t seed = random_seed();
    struct text t = {0};

    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct exchange x = make("");

        x.line_len = random_next(&seed) % (EXCHANGE_LINE_MAX + 1);
        for (size_t i = 0; i < x.line_len; i++)
            x.line[i] = (char)random_next(&seed);
        t.len = 0;
        access_log_line(&t, round % 2 ? ACCESS_JSON : ACCESS_COMBINED, &x, "T");
        for (size_t i = 0; i + 1 < t.len; i++)
            assert_in_range(t.at[i], 0x20, 0x7e);
        assert_int_equal(t.at[t.len - 1], '\n');
    }
    text_free(&t);
}

static void times_are_local_with_their_zone_or_utc(void **state)
{
    char stamp[ACCESS_STAMP_MAX];

    (void)state;
    setenv("TZ", "XXX-05:30", 1);
    tzset();
    access_log_stamp(stamp, ACCESS_COMBINED, 951782400);
    assert_string_equal(stamp, "29/Feb/2000:05:30:00 +0530");
    access_log_stamp(stamp, ACCESS_JSON, 951782400);
    assert_string_equal(stamp, "2000-02-29T00:00:00Z");
    unsetenv("TZ");
    tzset();
}

static void formats_have_names(void **state)
{
    enum access_format format;

    (void)state;
    assert_int_equal(access_log_format("combined", &format), 0);
    assert_int_equal(format, ACCESS_COMBINED);
    assert_int_equal(access_log_format("json", &format), 0);
    assert_int_equal(format, ACCESS_JSON);
    assert_int_equal(access_log_format("JSON", &format), -1);
    assert_int_equal(access_log_format("", &format), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_request_that_went_well),
        fixture_test(a_request_that_was_refused),
        fixture_test(a_client_that_left_before_the_answer),
        fixture_test(hostile_bytes_stay_in_their_line),
        fixture_test(any_bytes_give_one_line_of_printable_ascii),
        fixture_test(times_are_local_with_their_zone_or_utc),
        fixture_test(formats_have_names),
    };

    return fixture_run("access_log", tests);
}
