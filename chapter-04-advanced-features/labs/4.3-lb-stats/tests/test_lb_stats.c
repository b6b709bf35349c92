/* lb_stats: which requests are for it, and what it says. */
#include "fixture.h"
#include "page.h"

static void a_get_is_answered(void **state)
{
    (void)state;
    expect_route("GET /lb-stats HTTP/1.1", 200);
}

static void other_paths_are_for_the_backends(void **state)
{
    (void)state;
    expect_route("GET / HTTP/1.1", 0);
    expect_route("GET /lb-stats/ HTTP/1.1", 0);
    expect_route("GET /lb-statsx HTTP/1.1", 0);
    expect_route("GET /lb-stat HTTP/1.1", 0);
    expect_route("POST /x HTTP/1.1", 0);
}

static void other_methods_are_not_allowed(void **state)
{
    (void)state;
    expect_route("POST /lb-stats HTTP/1.1", 405);
    expect_route("HEAD /lb-stats HTTP/1.1", 405);
}

static void no_backends_are_an_empty_list(void **state)
{
    struct lb_stats stats = {set_of(0), 12999, 1, 256, 3};

    (void)state;
    expect_body("the body", &stats,
                "{\"uptime_seconds\":12,\"requests\":{\"total\":0,"
                "\"failed\":0},\"connections\":{\"active\":1,\"max\":256,"
                "\"peak\":3},\"backends\":[]}");
}

static void a_backend_has_all_its_facts(void **state)
{
    struct backend_set *set = set_of(1);
    struct lb_stats stats = {set, 12000, 1, 256, 3};

    (void)state;
    for (int i = 0; i < 20; i++)
        backend_account(&set->backends[0], i > 0, 243, 121, 1);
    set->backends[0].active_connections = 4;
    expect_body("the body", &stats,
                "{\"uptime_seconds\":12,\"requests\":{\"total\":20,"
                "\"failed\":1},\"connections\":{\"active\":1,\"max\":256,"
                "\"peak\":3},\"backends\":[{\"name\":\"127.0.0.1:1\","
                "\"healthy\":true,\"active\":4,\"requests\":20,\"failed\":1,"
                "\"bytes_in\":4860,\"bytes_out\":2420,\"average_ms\":1.0}]}");
}

static void the_head_is_whole(void **state)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Content-Length: ";
    struct lb_stats stats = {set_of(1), 0, 1, 256, 1};
    size_t len = 0;
    char *answer = lb_stats_answer(&stats, &len), text[sizeof head] = "";

    (void)state;
    expect_that("the answer", answer != NULL && len > sizeof head, "is there");
    memcpy(text, answer, sizeof head - 1);
    free(answer);
    expect_text("the beginning of the head", text, head);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_get_is_answered),
        fixture_test(other_paths_are_for_the_backends),
        fixture_test(other_methods_are_not_allowed),
        fixture_test(no_backends_are_an_empty_list),
        fixture_test(a_backend_has_all_its_facts),
        fixture_test(the_head_is_whole),
    };

    return fixture_run("lb_stats", tests);
}
