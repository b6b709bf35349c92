#include "config_texts.h"
#include "mover_splice.h"

/* ---- what is not given -------------------------------------------------- */

static void the_presets_are_those_of_the_reference(void **state)
{
    config_t *c = good_config("{" LEAST "}");

    (void)state;
    assert_string_equal(c->listen_address, "0.0.0.0");
    assert_int_equal(c->listen_port, 1);
    assert_int_equal(c->workers, 1);
    assert_string_equal(c->algorithm, "round_robin");
    assert_int_equal(c->hash_key.by, HASH_CLIENT_IP);
    assert_int_equal(c->num_backends, 1);
    assert_int_equal(c->resolve_interval_ms, 30000);
    assert_int_equal(c->slow_start_ms, 0);
    assert_int_equal(c->pool.max_size, 64);
    assert_int_equal(c->pool.ttl_ms, 30000);
    assert_int_equal(c->rate_limit.on, 0);
    assert_int_equal(c->health_check.interval_ms, 10000);
    assert_int_equal(c->health_check.timeout_ms, 2000);
    assert_int_equal(c->health_check.healthy_threshold, 2);
    assert_int_equal(c->health_check.unhealthy_threshold, 3);
    assert_string_equal(c->health_check.path, "");
    assert_int_equal(c->trusted_proxies.count, 0);
    assert_int_equal(c->limits.header_bytes, 16384);
    assert_int_equal(c->limits.headers, 100);
    assert_int_equal(c->limits.body_bytes, 0);
    assert_int_equal(c->limits.connections, 10000);
    assert_int_equal(c->retries, 2);
    assert_int_equal(c->files.on, 0);
    assert_int_equal(c->zero_copy_min, ZERO_COPY_MIN);
    assert_int_equal(c->admin.on, 0);
    assert_int_equal(c->access_log.on, 0);
    assert_int_equal(c->proxy_protocol, 0);
    assert_int_equal(c->drain_timeout_ms, 30000);
    assert_int_equal(c->watch, 0);
    config_free(c);
}

static void timeouts_have_presets(void **state)
{
    config_t *c = good_config("{" LEAST ", \"timeouts\": {}}");

    (void)state;
    assert_int_equal(c->timeouts.connect_ms, 5000);
    assert_int_equal(c->timeouts.read_ms, 30000);
    assert_int_equal(c->timeouts.write_ms, 30000);
    assert_int_equal(c->timeouts.idle_ms, 60000);
    assert_int_equal(c->timeouts.request_ms, 10000);
    assert_int_equal(c->timeouts.tunnel_ms, 3600000);
    assert_int_equal(c->timeouts.queue_ms, 1000);
    config_free(c);
}

static void a_section_that_is_there_has_presets_of_its_own(void **state)
{
    config_t *c = good_config(
        "{" LEAST ", \"rate_limit\": {\"per_ip\": 2.5},"
        "\"admin\": {\"port\": 0}, \"access_log\": {\"path\": \"a\"}}");

    (void)state;
    assert_int_equal(c->rate_limit.on, 1);
    assert_string_equal(c->rate_limit.algorithm, "token_bucket");
    assert_int_equal(c->rate_limit.burst, 3); /* those of a second */
    assert_int_equal(c->admin.on, 1);
    assert_string_equal(c->admin.address, "127.0.0.1");
    assert_int_equal(c->access_log.on, 1);
    assert_string_equal(c->access_log.format, "combined");
    config_free(c);
    c = good_config("{" LEAST ", \"rate_limit\": {\"per_ip\": 0.001}}");
    assert_int_equal(c->rate_limit.burst, 1);
    config_free(c);
}

static void a_backend_has_presets(void **state)
{
    config_t *c = good_config(
        "{\"listen_port\": 0, \"backends\": ["
        "{\"host\": \"::1\", \"port\": 9, \"weight\": 7, \"backup\": true,"
        " \"max_connections\": 5, \"name\": \"one\"},"
        "{\"host\": \"[::1]\", \"port\": 8},"
        "{\"host\": \"A.b\", \"port\": 8}]}");
    const struct config_backend *b = c->backends;

    (void)state;
    assert_int_equal(c->num_backends, 3);
    assert_string_equal(b[0].host, "::1");
    assert_string_equal(b[0].name, "one");
    assert_int_equal(b[0].weight, 7);
    assert_int_equal(b[0].max_connections, 5);
    assert_int_equal(b[0].backup, 1);
    assert_string_equal(b[1].host, "::1"); /* the brackets are not its own */
    assert_string_equal(b[1].name, "[::1]:8");
    assert_int_equal(b[1].weight, 1);
    assert_int_equal(b[1].max_connections, 0);
    assert_int_equal(b[1].backup, 0);
    assert_string_equal(b[2].name, "A.b:8");
    config_free(c);
}

/* ---- what is given ------------------------------------------------------ */

static void all_sections_are_read(void **state)
{
    config_t *c = good_config(
        "{" LEAST ", \"listen_address\": \"::\", \"workers\": \"auto\","
        "\"algorithm\": \"consistent_hash\", \"hash_key\": \"header:X-User\","
        "\"slow_start\": 2.5, \"trusted_proxies\": [\"10.0.0.0/8\", \"::1\"],"
        "\"rate_limit\": {\"per_ip\": 100.0, \"burst\": 20,"
        " \"algorithm\": \"sliding_window\"},"
        "\"static\": {\"prefix\": \"/files/\", \"root\": \"/srv/www\"},"
        "\"access_log\": {\"path\": \"-\", \"format\": \"json\"},"
        "\"health_check\": {\"path\": \"/health?a=1\", \"interval\": 0.25},"
        "\"watch\": true, \"proxy_protocol\": true}");
    struct cidr proxy;

    (void)state;
    assert_string_equal(c->listen_address, "::");
    assert_int_equal(c->workers, CONFIG_WORKERS_AUTO);
    assert_string_equal(c->algorithm, "consistent_hash");
    assert_int_equal(c->hash_key.by, HASH_HEADER);
    assert_string_equal(c->hash_key.header, "X-User");
    assert_int_equal(c->slow_start_ms, 2500);
    assert_int_equal(c->trusted_proxies.count, 2);
    assert_int_equal(cidr_parse_address(SLICE("10.9.9.9"), &proxy), 0);
    assert_true(cidr_any_contains(c->trusted_proxies.prefixes, 2, &proxy));
    assert_true(c->rate_limit.per_ip == 100.0);
    assert_int_equal(c->rate_limit.burst, 20);
    assert_string_equal(c->rate_limit.algorithm, "sliding_window");
    assert_int_equal(c->files.on, 1);
    assert_string_equal(c->files.prefix, "/files/");
    assert_string_equal(c->files.root, "/srv/www");
    assert_string_equal(c->access_log.path, "-");
    assert_string_equal(c->access_log.format, "json");
    assert_string_equal(c->health_check.path, "/health?a=1");
    assert_int_equal(c->health_check.interval_ms, 250);
    assert_int_equal(c->watch, 1);
    assert_int_equal(c->proxy_protocol, 1);
    config_free(c);
}

static void a_log_may_be_just_its_path(void **state)
{
    config_t *c = good_config("{" LEAST ", \"access_log\": \"/var/log/lb\"}");

    (void)state;
    assert_int_equal(c->access_log.on, 1);
    assert_string_equal(c->access_log.path, "/var/log/lb");
    assert_string_equal(c->access_log.format, "combined");
    config_free(c);
}

static void algorithms_may_be_called_as_on_command_lines(void **state)
{
    static const char *const names[][2] = {
        {"rr", "round_robin"},       {"wrr", "weighted_round_robin"},
        {"lc", "least_connections"}, {"iphash", "ip_hash"},
        {"round_robin", "round_robin"}, {"ip_hash", "ip_hash"},
        {"random_two_choices", "random_two_choices"},
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        config_t *c;

        snprintf(text, sizeof text, "{" LEAST ", \"algorithm\": \"%s\"}",
                 names[i][0]);
        c = good_config(text);
        assert_string_equal(c->algorithm, names[i][1]);
        config_free(c);
    }
}

/* Numbers may be written as the grammar allows. */
static void a_number_is_what_it_is_worth(void **state)
{
    config_t *c = good_config(
        "{\"listen_port\": 8.08e3, " BACKENDS ", \"retries\": 3.0,"
        "\"drain_timeout\": 1e-1, \"zero_copy_min\": 0}");

    (void)state;
    assert_int_equal(c->listen_port, 8080);
    assert_int_equal(c->retries, 3);
    assert_int_equal(c->drain_timeout_ms, 100);
    assert_int_equal(c->zero_copy_min, 0);
    config_free(c);
}

static void what_begins_with_x_is_ignored(void **state)
{
    config_free(good_config(
        "{\"x-\": null, \"x-note\": \"a\", " LEAST ", \"x-old\": {\"workers\": "
        "[99, {\"a\": {}}]}, \"pool\": {\"x-ttl\": -1}}"));
    (void)state;
    expect_faults("{" LEAST ", \"X-a\": 1}",
                  "lb.json:1:60: X-a: unknown key; the nearest known one is "
                  "pool\n");
}

static void there_may_be_256_backends(void **state)
{
    static char text[32 * 1024];
    size_t len = (size_t)sprintf(text, "{\"listen_port\": 1,"
                                       "\"backends\": [\n");
    config_t *c;

    (void)state;
    for (int i = 1; i <= 256; i++)
        len += (size_t)sprintf(text + len,
                               "%s{\"host\": \"h\", \"port\": %d}\n",
                               i > 1 ? "," : "", i);
    strcpy(text + len, "]}");
    c = good_config(text);
    assert_int_equal(c->num_backends, 256);
    assert_string_equal(c->backends[255].name, "h:256");
    config_free(c);
    strcpy(text + len, ",{\"host\": \"h\", \"port\": 300}]}");
    expect_faults(text, "lb.json:258:2: backends: more than 256 of them\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_presets_are_those_of_the_reference),
        fixture_test(timeouts_have_presets),
        fixture_test(a_section_that_is_there_has_presets_of_its_own),
        fixture_test(a_backend_has_presets),
        fixture_test(all_sections_are_read),
        fixture_test(a_log_may_be_just_its_path),
        fixture_test(algorithms_may_be_called_as_on_command_lines),
        fixture_test(a_number_is_what_it_is_worth),
        fixture_test(what_begins_with_x_is_ignored),
        fixture_test(there_may_be_256_backends),
    };

    return fixture_run("config", tests);
}
