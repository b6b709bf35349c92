/* lb_stats: queries, many backends, large numbers. */
#include "fixture.h"
#include "page.h"

static void a_query_makes_no_difference(void **state)
{
    (void)state;
    expect_route("GET /lb-stats?x HTTP/1.1", 200);
    expect_route("GET /lb-stats? HTTP/1.1", 200);
    expect_route("POST /lb-stats?/x HTTP/1.1", 405);
    expect_route("GET /x?/lb-stats HTTP/1.1", 0);
}

static void the_absolute_form_is_the_same(void **state)
{
    (void)state;
    expect_route("GET http://h/lb-stats HTTP/1.1", 200);
    expect_route("GET http://h/x HTTP/1.1", 0);
}

#define HEALTHY(name, healthy)                                          \
    "{\"name\":\"127.0.0.1:" name "\",\"healthy\":" healthy             \
    ",\"active\":0,\"requests\":0,\"failed\":0,\"bytes_in\":0,"         \
    "\"bytes_out\":0,\"average_ms\":0.0}"

#define SUMS(uptime, total, failed)                                     \
    "{\"uptime_seconds\":" uptime ",\"requests\":{\"total\":" total     \
    ",\"failed\":" failed "},\"connections\":{\"active\":1,"            \
    "\"max\":256,\"peak\":3},\"backends\":["

static void backends_stand_between_commas(void **state)
{
    struct backend_set *set = set_of(3);
    struct lb_stats stats = {set, 0, 1, 256, 3};

    (void)state;
    set->backends[1].is_healthy = 0;
    expect_body("the body", &stats,
                SUMS("0", "0", "0") HEALTHY("1", "true") ","
                HEALTHY("2", "false") "," HEALTHY("3", "true") "]}");
}

static void large_numbers_are_whole(void **state)
{
    struct backend_set *set = set_of(1);
    struct lb_stats stats = {set, 5000000000000, 1, 256, 3};
    struct backend_stats *s = &set->backends[0].stats;

    (void)state;
    s->total_requests = s->bytes_in = UINT64_MAX;
    s->failed_requests = 5000000000;
    s->bytes_out = 1;
    s->avg_response_time = 1234567.25;
    expect_body("the body", &stats,
                SUMS("5000000000", "18446744073709551615", "5000000000")
                "{\"name\":\"127.0.0.1:1\",\"healthy\":true,\"active\":0,"
                "\"requests\":18446744073709551615,\"failed\":5000000000,"
                "\"bytes_in\":18446744073709551615,\"bytes_out\":1,"
                "\"average_ms\":1234567.2}]}");
}

static void all_256_are_told(void **state)
{
    struct backend_set *set = set_of(MAX_BACKENDS);
    struct lb_stats stats = {set, 0, 1, 256, 3};
    size_t size = 100000, len;
    char *expected = malloc(size);

    (void)state;
    assert_non_null(expected);
    len = (size_t)snprintf(expected, size, "%s", SUMS("0", "0", "0"));
    for (int i = 1; i <= MAX_BACKENDS; i++)
        len += (size_t)snprintf(
            expected + len, size - len,
            "%s{\"name\":\"127.0.0.1:%d\",\"healthy\":true,\"active\":0,"
            "\"requests\":0,\"failed\":0,\"bytes_in\":0,\"bytes_out\":0,"
            "\"average_ms\":0.0}", i > 1 ? "," : "", i);
    snprintf(expected + len, size - len, "]}");
    expect_body("the body", &stats, expected);
    free(expected);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_query_makes_no_difference),
        fixture_test(the_absolute_form_is_the_same),
        fixture_test(backends_stand_between_commas),
        fixture_test(large_numbers_are_whole),
        fixture_test(all_256_are_told),
    };

    return fixture_run("lb_stats_more", tests);
}
