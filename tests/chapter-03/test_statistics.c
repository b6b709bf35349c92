/* statistics: the text, letter by letter. */
#include "fixture.h"
#include "sets.h"
#include "statistics.h"

#include <inttypes.h>
#include <stdio.h>

/* What print_statistics() prints, in `out`. */
static void print(const struct backend_set *set, uint64_t uptime_ms,
                  char *out, size_t size)
{
    FILE *file = tmpfile();
    size_t n;

    assert_non_null(file);
    print_statistics(set, uptime_ms, file);
    rewind(file);
    n = fread(out, 1, size - 1, file);
    out[n] = '\0';
    fclose(file);
}

static void prints_sums_and_a_line_for_each_backend(void **state)
{
    struct backend_set *set = make_set_of("1 1");
    char out[1024];

    (void)state;
    set->backends[0].stats =
        (struct backend_stats){.total_requests = 12, .failed_requests = 2,
                               .bytes_in = 3400, .bytes_out = 5600,
                               .avg_response_time = 7.26};
    set->backends[0].active_connections = 1;
    set->backends[1].stats =
        (struct backend_stats){.total_requests = 8, .bytes_in = 100,
                               .bytes_out = 200, .avg_response_time = 0.5};
    set->backends[1].is_healthy = 0;
    print(set, 5999, out, sizeof out);
    assert_string_equal(out,
        "\n=== Load Balancer Statistics ===\n"
        "Uptime: 5 seconds\n"
        "Total requests: 20, failed: 2\n"
        "Requests/sec: 3.33\n"
        "\n--- Backend Statistics ---\n"
        "h1:1 - Requests: 12, Failed: 2, Active: 1, In: 3400 B, Out: 5600 B, "
        "Average: 7.3 ms, Health: UP\n"
        "h2:2 - Requests: 8, Failed: 0, Active: 0, In: 100 B, Out: 200 B, "
        "Average: 0.5 ms, Health: DOWN\n");
}

/* The trap: requests divided by an uptime of zero. */
static void an_uptime_of_zero_is_no_division(void **state)
{
    struct backend_set *set = make_set_of("1");
    char out[1024];

    (void)state;
    print(set, 0, out, sizeof out);
    assert_string_equal(out,
        "\n=== Load Balancer Statistics ===\n"
        "Uptime: 0 seconds\n"
        "Total requests: 0, failed: 0\n"
        "Requests/sec: 0.00\n"
        "\n--- Backend Statistics ---\n"
        "h1:1 - Requests: 0, Failed: 0, Active: 0, In: 0 B, Out: 0 B, "
        "Average: 0.0 ms, Health: UP\n");
    set->backends[0].stats.total_requests = 7;
    print(set, 0, out, sizeof out);
    assert_non_null(strstr(out, "\nRequests/sec: 0.00\n"));
    /* One millisecond is enough to have a rate. */
    print(set, 1, out, sizeof out);
    assert_non_null(strstr(out, "\nUptime: 0 seconds\n"));
    assert_non_null(strstr(out, "\nRequests/sec: 7000.00\n"));
}

static void a_rate_counts_fractions_of_a_second(void **state)
{
    static const struct {
        uint64_t requests, uptime_ms;
        const char *line;
    } cases[] = {
        {1, 1000, "\nRequests/sec: 1.00\n"},
        {1, 1500, "\nRequests/sec: 0.67\n"},
        {3, 500, "\nRequests/sec: 6.00\n"},
        {1, 86400000, "\nRequests/sec: 0.00\n"},
        {1000000, 10000, "\nRequests/sec: 100000.00\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct backend_set *set = make_set_of("1 1");
        char out[1024];

        set->backends[1].stats.total_requests = cases[i].requests;
        print(set, cases[i].uptime_ms, out, sizeof out);
        assert_non_null(strstr(out, cases[i].line));
    }
}

static void large_numbers_are_printed_whole(void **state)
{
    struct backend_set *set = make_set_of("1");
    char out[1024];

    (void)state;
    set->backends[0].stats.bytes_out = UINT64_MAX;
    set->backends[0].stats.bytes_in = (uint64_t)1 << 40;
    print(set, UINT64_MAX, out, sizeof out);
    assert_non_null(strstr(out, "In: 1099511627776 B, "));
    assert_non_null(strstr(out, "Out: 18446744073709551615 B, "));
    assert_non_null(strstr(out, "\nUptime: 18446744073709551 seconds\n"));
}

/* IPv6 addresses keep their brackets, as on the command line. */
static void names_are_written_as_they_were_given(void **state)
{
    static struct backend_set set;
    char out[1024];

    (void)state;
    memset(&set, 0, sizeof set);
    assert_null(backend_set_add(&set, "[::1]:9001", 0));
    assert_null(backend_set_add(&set, "localhost:9002", 0));
    print(&set, 1000, out, sizeof out);
    assert_non_null(strstr(out, "\n[::1]:9001 - Requests: "));
    assert_non_null(strstr(out, "\nlocalhost:9002 - Requests: "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(prints_sums_and_a_line_for_each_backend),
        fixture_test(an_uptime_of_zero_is_no_division),
        fixture_test(a_rate_counts_fractions_of_a_second),
        fixture_test(large_numbers_are_printed_whole),
        fixture_test(names_are_written_as_they_were_given),
    };

    return fixture_run("statistics", tests);
}
