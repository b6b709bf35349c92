#include "config_table.h"
#include "conn_pool.h"
#include "http_head.h"
#include "limit_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AT(member)      offsetof(struct config, member)
#define BACKEND(member) offsetof(struct config_backend, member)

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define WEEK   (7 * 24 * HOUR)
#define MANY   1000000
#define PIB    (INT64_C(1) << 50) /* bytes: more than anybody sends */

static const struct config_choice algorithms[] = {
    {"round_robin", "rr"},       {"weighted_round_robin", "wrr"},
    {"least_connections", "lc"}, {"ip_hash", "iphash"},
    {"random_two_choices", NULL}, {"consistent_hash", NULL},
    {NULL, NULL},
};

static const struct config_choice limiters[] = {
    {"token_bucket", NULL}, {"sliding_window", NULL}, {NULL, NULL}};

static const struct config_choice formats[] = {
    {"combined", NULL}, {"json", NULL}, {NULL, NULL}};

const struct config_key config_keys[] = {
    {CONFIG_TOP, "listen_address", CONFIG_ADDRESS, AT(listen_address), 1,
     NET_IP_TEXT - 1, "\"0.0.0.0\"", "the IP address to listen on"},
    {CONFIG_TOP, "listen_port", CONFIG_INTEGER, AT(listen_port), 0, 65535,
     CONFIG_REQUIRED, "the port to listen on; 0: the kernel chooses"},
    {CONFIG_TOP, "workers", CONFIG_WORKERS, AT(workers), 1, 64, "1",
     "processes that serve; \"auto\": one for each core"},
    {CONFIG_TOP, "algorithm", CONFIG_ALGORITHM, AT(algorithm), 0, 0,
     "\"round_robin\"", "which backend gets the next request"},
    {CONFIG_TOP, "hash_key", CONFIG_HASH_KEY, AT(hash_key), 1,
     CONFIG_HEADER_MAX, "\"client_ip\"",
     "what consistent_hash hashes: \"client_ip\", \"uri\" or \"header:NAME\""},

    {CONFIG_TOP, "backends", CONFIG_BACKENDS, CONFIG_NOWHERE, 1, MAX_BACKENDS,
     CONFIG_REQUIRED, "the servers behind the load balancer"},
    {CONFIG_BACKEND, "host", CONFIG_HOST, BACKEND(host), 1, AUTHORITY_HOST_MAX,
     CONFIG_REQUIRED, "a host name, or an IP address"},
    {CONFIG_BACKEND, "port", CONFIG_INTEGER, BACKEND(port), 1, 65535,
     CONFIG_REQUIRED, "its port"},
    {CONFIG_BACKEND, "name", CONFIG_TEXT, BACKEND(name), 1,
     AUTHORITY_HOST_MAX + 9, CONFIG_ABSENT,
     "what metrics and logs call it; if absent, HOST:PORT"},
    {CONFIG_BACKEND, "weight", CONFIG_INTEGER, BACKEND(weight), 1,
     BACKEND_WEIGHT_MAX, "1", "its share of the work"},
    {CONFIG_BACKEND, "max_connections", CONFIG_INTEGER,
     BACKEND(max_connections), 0, MANY, "0",
     "requests it gets at a time, the others wait; 0: no limit"},
    {CONFIG_BACKEND, "backup", CONFIG_BOOLEAN, BACKEND(backup), 0, 0, "false",
     "used only when no other is up"},
    {CONFIG_TOP, "resolve_interval", CONFIG_SECONDS, AT(resolve_interval_ms),
     SECOND, WEEK, "30",
     "how often host names are looked up again; the last good answer is kept"},
    {CONFIG_TOP, "slow_start", CONFIG_SECONDS, AT(slow_start_ms), 0, HOUR, "0",
     "how long the weight of a backend that came back grows"},

    {CONFIG_TOP, "pool", CONFIG_SECTION, CONFIG_NOWHERE, 0, 0, CONFIG_ABSENT,
     "connections to backends, kept for the next request"},
    {"pool", "max_size", CONFIG_INTEGER, AT(pool.max_size), 0, CONN_POOL_MAX,
     "64", "idle connections kept for each backend and worker; 0: none"},
    {"pool", "ttl", CONFIG_SECONDS, AT(pool.ttl_ms), SECOND, WEEK, "30",
     "how long one is kept; a backend's Keep-Alive: timeout=N shortens it"},

    {CONFIG_TOP, "rate_limit", CONFIG_SECTION, AT(rate_limit.on), 0, 0,
     CONFIG_ABSENT, "how often one client may ask; absent: no limit"},
    {"rate_limit", "algorithm", CONFIG_LIMITER, AT(rate_limit.algorithm), 0, 0,
     "\"token_bucket\"", "how requests are counted"},
    {"rate_limit", "per_ip", CONFIG_RATE, AT(rate_limit.per_ip), 1,
     (int64_t)LIMIT_RATE_MAX * 1000, CONFIG_REQUIRED,
     "requests a second of one client, over all workers"},
    {"rate_limit", "burst", CONFIG_INTEGER, AT(rate_limit.burst), 1,
     (int64_t)LIMIT_BURST_MAX,
     CONFIG_ABSENT,
     "requests that may come at once; if absent, those of a second"},

    {CONFIG_TOP, "health_check", CONFIG_SECTION, CONFIG_NOWHERE, 0, 0,
     CONFIG_ABSENT, "how backends are watched"},
    {"health_check", "interval", CONFIG_SECONDS, AT(health_check.interval_ms),
     SECOND / 10, HOUR, "10", "time between two checks of a backend"},
    {"health_check", "timeout", CONFIG_SECONDS, AT(health_check.timeout_ms), 1,
     HOUR, "2", "a check that takes longer has failed"},
    {"health_check", "healthy_threshold", CONFIG_INTEGER,
     AT(health_check.healthy_threshold), 1, 100, "2",
     "successes in a row that bring a backend back"},
    {"health_check", "unhealthy_threshold", CONFIG_INTEGER,
     AT(health_check.unhealthy_threshold), 1, 100, "3",
     "failures in a row that take a backend down"},
    {"health_check", "path", CONFIG_PATH, AT(health_check.path), 1,
     CONFIG_TEXT_MAX, CONFIG_ABSENT,
     "what a check asks for; if absent, connecting is the check"},

    {CONFIG_TOP, "trusted_proxies", CONFIG_PROXIES, AT(trusted_proxies), 0,
     CONFIG_PROXIES_MAX, "[]",
     "addresses and prefixes whose X-Forwarded-For and -Proto are believed"},

    {CONFIG_TOP, "timeouts", CONFIG_SECTION, CONFIG_NOWHERE, 0, 0,
     CONFIG_ABSENT, "how long things may take"},
    {"timeouts", "connect", CONFIG_SECONDS, AT(timeouts.connect_ms), 1, HOUR,
     "5", "connecting to a backend"},
    {"timeouts", "read", CONFIG_SECONDS, AT(timeouts.read_ms), 1, WEEK, "30",
     "the other side says nothing, in the middle of a message"},
    {"timeouts", "write", CONFIG_SECONDS, AT(timeouts.write_ms), 1, WEEK, "30",
     "the other side takes nothing"},
    {"timeouts", "idle", CONFIG_SECONDS, AT(timeouts.idle_ms), 1, WEEK, "60",
     "a client's connection between two requests"},
    {"timeouts", "request", CONFIG_SECONDS, AT(timeouts.request_ms), 1, WEEK,
     "10", "a whole request head, however often a byte of it comes"},
    {"timeouts", "tunnel", CONFIG_SECONDS, AT(timeouts.tunnel_ms), 1, WEEK,
     "3600", "nothing moves, after an upgrade (WebSocket)"},
    {"timeouts", "queue", CONFIG_SECONDS, AT(timeouts.queue_ms), 0, HOUR, "1",
     "waiting for a backend that is at max_connections; then 503"},

    {CONFIG_TOP, "limits", CONFIG_SECTION, CONFIG_NOWHERE, 0, 0, CONFIG_ABSENT,
     "how much is too much"},
    {"limits", "header_bytes", CONFIG_SIZE, AT(limits.header_bytes), 256,
     HTTP_HEAD_MAX, "16384", "a request's head; more is answered 431 or 414"},
    {"limits", "headers", CONFIG_INTEGER, AT(limits.headers), 1,
     HTTP_FIELDS_MAX, "100", "fields in it; more are answered 431"},
    {"limits", "body_bytes", CONFIG_SIZE, AT(limits.body_bytes), 0, PIB, "0",
     "a request's body; more is answered 413; 0: no limit"},
    {"limits", "connections", CONFIG_INTEGER, AT(limits.connections), 1, MANY,
     "10000", "clients at a time, for each worker"},
    {CONFIG_TOP, "retries", CONFIG_INTEGER, AT(retries), 0, MAX_BACKENDS - 1,
     "2", "further backends that are asked when one refuses, breaks off, talks "
     "nonsense or is late; if the request may be repeated"},

    {CONFIG_TOP, "static", CONFIG_SECTION, AT(files.on), 0, 0, CONFIG_ABSENT,
     "files that are served, not proxied; absent: none"},
    {"static", "prefix", CONFIG_PATH, AT(files.prefix), 1, CONFIG_TEXT_MAX,
     CONFIG_REQUIRED, "requests whose path begins so"},
    {"static", "root", CONFIG_TEXT, AT(files.root), 1, CONFIG_TEXT_MAX,
     CONFIG_REQUIRED, "the directory of the files"},
    {CONFIG_TOP, "zero_copy_min", CONFIG_SIZE, AT(zero_copy_min), 0, PIB,
     "16384", "bodies of at least so many bytes are spliced; 0: never"},

    {CONFIG_TOP, "admin", CONFIG_SECTION, AT(admin.on), 0, 0, CONFIG_ABSENT,
     "metrics, statistics and the live page; absent: off"},
    {"admin", "address", CONFIG_ADDRESS, AT(admin.address), 1, NET_IP_TEXT - 1,
     "\"127.0.0.1\"", "the IP address to listen on"},
    {"admin", "port", CONFIG_INTEGER, AT(admin.port), 0, 65535,
     CONFIG_REQUIRED, "the port to listen on; 0: the kernel chooses"},

    {CONFIG_TOP, "access_log", CONFIG_SECTION_OR_TEXT, AT(access_log.on), 0, 0,
     CONFIG_ABSENT,
     "a line for each request; just a text is its path; absent: none"},
    {"access_log", "path", CONFIG_TEXT, AT(access_log.path), 1,
     CONFIG_TEXT_MAX, CONFIG_REQUIRED,
     "the file to append to; \"-\": standard output"},
    {"access_log", "format", CONFIG_FORMAT, AT(access_log.format), 0, 0,
     "\"combined\"", "how a line is written"},

    {CONFIG_TOP, "proxy_protocol", CONFIG_BOOLEAN, AT(proxy_protocol), 0, 0,
     "false", "clients must begin with a PROXY header, v1 or v2"},
    {CONFIG_TOP, "drain_timeout", CONFIG_SECONDS, AT(drain_timeout_ms), 0,
     WEEK, "30", "how long requests under way may take to finish at the end"},
    {CONFIG_TOP, "watch", CONFIG_BOOLEAN, AT(watch), 0, 0, "false",
     "reload when the file changes"},
    {CONFIG_TOP, "$schema", CONFIG_UNUSED, CONFIG_NOWHERE, 0, 0, CONFIG_ABSENT,
     "where editors find lb.schema.json"},
};

const int config_key_count = sizeof config_keys / sizeof *config_keys;

const struct config_choice *config_choices(enum config_type type)
{
    if (type == CONFIG_ALGORITHM)
        return algorithms;
    if (type == CONFIG_LIMITER)
        return limiters;
    return type == CONFIG_FORMAT ? formats : NULL;
}

const struct config_key *config_find(const char *section, struct slice name)
{
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (strcmp(key->section, section) == 0 &&
            slice_equal(slice_of(key->name), name))
            return key;
    }
    return NULL;
}

int config_places(enum config_type type)
{
    return type == CONFIG_SECONDS || type == CONFIG_RATE ? 3 : 0;
}

/* 250 with three places is "0.25". */
static int put_bound(int64_t value, int places, char *out, size_t size)
{
    int len = snprintf(out, size, "%" PRId64, value / (places ? 1000 : 1));

    if (places > 0 && value % 1000 != 0) {
        len += snprintf(out + len, size - (size_t)len, ".%03d",
                        (int)(value % 1000));
        while (out[len - 1] == '0')
            out[--len] = '\0';
    }
    return len;
}

const char *config_range(const struct config_key *key, char out[CONFIG_RANGE])
{
    int places = config_places(key->type);
    int len = put_bound(key->min, places, out, CONFIG_RANGE / 2);

    len += snprintf(out + len, CONFIG_RANGE - (size_t)len, "..");
    put_bound(key->max, places, out + len, CONFIG_RANGE - (size_t)len);
    return out;
}
