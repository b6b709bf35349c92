#include "config_texts.h"

#define HEAD "{\n  \"listen_port\": 1,\n  " BACKENDS ",\n"

static const struct {
    const char *text, *faults;
} cases[] = {
    /* not JSON: the first fault alone */
    {"", "lb.json:1:1: there is no value in it\n"},
    {HEAD "  \"workers\": 99\n  \"retries\": -1\n}",
     "lb.json:5:3: here should be a ',' or a '}'\n"},
    {HEAD "}", "lb.json:4:1: there is a comma before the closing bracket\n"},
    {"[1]", "lb.json:1:1: the file: an object is wanted, not an array\n"},
    {"\n 80", "lb.json:2:2: the file: an object is wanted, not a number\n"},
    /* all of them, in the order of the text */
    {HEAD "  \"workers\": 0, \"retries\": 2.5,\n  \"watch\": 1,\n"
          "  \"pool\": {\"ttl\": 0, \"max_size\": \"9\"}\n}",
     "lb.json:4:14: workers: 0 is not in 1..64\n"
     "lb.json:4:28: retries: 2.5 is no integer\n"
     "lb.json:5:12: watch: true or false is wanted, not a number\n"
     "lb.json:6:19: pool.ttl: 0 is not in 1..604800\n"
     "lb.json:6:34: pool.max_size: an integer is wanted, not a string\n"},
    {"{\"listen_port\": 65536, \"backends\": [{\"host\": \"a\", \"port\": 9}, "
     "{\"host\": \"b\",\n \"port\": 70000}, 7]}",
     "lb.json:1:17: listen_port: 65536 is not in 0..65535\n"
     "lb.json:2:10: backends[1].port: 70000 is not in 1..65535\n"
     "lb.json:2:18: backends[2]: an object is wanted, not a number\n"},
    /* columns are characters */
    {"{\"x-\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\": 1, \"watch\": null, " LEAST
     "}",
     "lb.json:1:23: watch: true or false is wanted, not null\n"},
    /* words and texts */
    {HEAD "\"algorithm\": \"RR\", \"workers\": \"many\"}",
     "lb.json:4:14: algorithm: \"RR\" is none of round_robin, "
     "weighted_round_robin, least_connections, ip_hash, random_two_choices, "
     "consistent_hash\n"
     "lb.json:4:31: workers: \"many\" is neither a number nor \"auto\"\n"},
    {HEAD "\"hash_key\": \"header:a b\"}",
     "lb.json:4:13: hash_key: \"header:a b\" names no header field\n"},
    {HEAD "\"hash_key\": \"header:\"}",
     "lb.json:4:13: hash_key: \"header:\" is none of client_ip, uri, "
     "header:NAME\n"},
    {HEAD "\"listen_address\": \"localhost\"}",
     "lb.json:4:19: listen_address: \"localhost\" is no IP address\n"},
    {HEAD "\"listen_address\": \"10.0.0.0/8\"}",
     "lb.json:4:19: listen_address: \"10.0.0.0/8\" is no IP address\n"},
    {HEAD "\"health_check\": {\"path\": \"health\"}}",
     "lb.json:4:26: health_check.path: \"health\" does not begin with '/'\n"},
    {HEAD "\"health_check\": {\"path\": \"/a b\"}}",
     "lb.json:4:26: health_check.path: \"/a b\" holds a character that a URL "
     "writes as %XX\n"},
    {HEAD "\"static\": {\"prefix\": \"files/\", \"root\": \"/srv\"}}",
     "lb.json:4:22: static.prefix: \"files/\" does not begin with '/'\n"},
    {HEAD "\"access_log\": true}",
     "lb.json:4:15: access_log: a string or an object is wanted, not true or "
     "false\n"},
    {HEAD "\"$schema\": 1}",
     "lb.json:4:12: $schema: a string is wanted, not a number\n"},
    {HEAD "\"trusted_proxies\": [\"::1\", 1, \"10.0.0.0/40\"]}",
     "lb.json:4:28: trusted_proxies[1]: a string is wanted, not a number\n"
     "lb.json:4:31: trusted_proxies[2]: \"10.0.0.0/40\" is neither an IP "
     "address nor ADDRESS/BITS\n"},
    {"{\"listen_port\": 1, \"backends\": []}",
     "lb.json:1:32: backends: there are none\n"},
    {"{\"listen_port\": 1, \"backends\": [{\"host\": \"a:80\", \"port\": 1},"
     "{\"host\": \"[a]\", \"port\": 1}, {\"host\": \"::g\", \"port\": 1}]}",
     "lb.json:1:42: backends[0].host: \"a:80\" is neither a host name nor an "
     "IP address\n"
     "lb.json:1:70: backends[1].host: \"[a]\" is neither a host name nor an IP "
     "address\n"
     "lb.json:1:98: backends[2].host: \"::g\" is neither a host name nor an "
     "IP address\n"},
    /* names */
    {HEAD "\"wokers\": 2, \"pool\": {\"tll\": 1}, \"max_size\": 3}",
     "lb.json:4:1: wokers: unknown key; the nearest known one is workers\n"
     "lb.json:4:23: pool.tll: unknown key; the nearest known one is pool.ttl\n"
     "lb.json:4:34: max_size: unknown key; the nearest known one is "
     "pool.max_size\n"},
    {HEAD "\"timeouts\": {\"retries\": 1, \"Read\": 1, \"\": 1}}",
     "lb.json:4:14: timeouts.retries: unknown key; the nearest known one is "
     "retries\n"
     "lb.json:4:28: timeouts.Read: unknown key; the nearest known one is "
     "timeouts.read\n"
     "lb.json:4:39: timeouts.: unknown key; the nearest known one is "
     "timeouts.read\n"},
    {HEAD "\"watch\": true, \"watch\": 7, \"x-a\": 1, \"x-a\": 2, "
          "\"wat\": 1, \"wat\": 1}",
     "lb.json:4:16: watch: given twice\n"
     "lb.json:4:38: x-a: given twice\n"
     "lb.json:4:48: wat: unknown key; the nearest known one is watch\n"
     "lb.json:4:58: wat: given twice\n"},
    {HEAD "\"x-a\": [{\"b\": {\"c\": 1, \"\\u0063\": 2}}, {\"b\": 1, "
          "\"b\": 2}]}",
     "lb.json:4:24: x-a: c is given twice in it\n"
     "lb.json:4:48: x-a: b is given twice in it\n"},
    /* what does not go together */
    {"{\"listen_port\": 1, \"backends\": [\n{\"host\": \"a\", \"port\": 1},\n"
     "{\"host\": \"A\", \"port\": 1, \"name\": \"b\"},\n"
     "{\"host\": \"c\", \"port\": 1, \"name\": \"a:1\"},\n"
     "{\"host\": \"a\", \"port\": 2}]}",
     "lb.json:3:1: backends[1]: the same host and port as backends[0]\n"
     "lb.json:4:1: backends[2]: the same name as backends[0]\n"},
    {"{\"listen_port\": 1, \"backends\": [{\"host\": \"a\", \"port\": 1, "
     "\"backup\": true}]}",
     "lb.json:1:32: backends: all of them are backups\n"},
    {"{\"listen_port\": 80, " BACKENDS ", \"admin\": {\"port\": 80}}",
     "lb.json:1:79: admin.port: 80 is the listen_port already\n"},
    {"{\"listen_port\": 80, \"listen_address\": \"127.0.0.1\", " BACKENDS
     ", \"admin\": {\"port\": 80, \"address\": \"::\"}}",
     "lb.json:1:110: admin.port: 80 is the listen_port already\n"},
    {"{\"listen_port\": 80, \"listen_address\": \"127.0.0.2\", " BACKENDS
     ", \"admin\": {\"port\": 80}}", ""},
    {"{\"listen_port\": 0, " BACKENDS ", \"admin\": {\"port\": 0}}", ""},
    {HEAD "\"rate_limit\": {\"per_ip\": 0.001, \"burst\": 605}}",
     "lb.json:4:42: rate_limit.burst: 605 take more than a week, at 0.001/s\n"},
    {HEAD "\"rate_limit\": {\"per_ip\": 0.001, \"burst\": 604}}", ""},
};

static void every_fault_is_a_line_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_faults(cases[i].text, cases[i].faults);
}

/* ---- what is shown ------------------------------------------------------ */

static void what_is_shown_does_nothing_to_a_terminal(void **state)
{
    (void)state;
    expect_faults(HEAD "\"\\u001b[2J\\u009b\\u007f\\n\": 1, "
                  "\"algorithm\": \"\\u001b]0;\xc3\xa9\\u0000\"}",
                  "lb.json:4:1: ?[2J????: unknown key; the nearest known one "
                  "is workers\n"
                  "lb.json:4:44: algorithm: \"?]0;\xc3\xa9?\" is none of "
                  "round_robin, weighted_round_robin, least_connections, "
                  "ip_hash, random_two_choices, consistent_hash\n");
}

static void what_is_long_is_cut(void **state)
{
    static char text[5000], wanted[300];
    char shown[CONFIG_SHOWN];

    (void)state;
    memset(text, '1', sizeof text);
    memcpy(text, HEAD "\"retries\": ", strlen(HEAD "\"retries\": "));
    strcpy(text + sizeof text - 2, "}");
    snprintf(wanted, sizeof wanted,
             "lb.json:4:12: retries: %.*s... is not in 0..255\n",
             CONFIG_SHOWN - 4, text + 1000);
    expect_faults(text, wanted);
    /* not in the middle of a character */
    for (size_t n = 0; n < 4; n++) {
        memset(text, 'a', n);
        for (size_t i = n; i < 200; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        config_shown((struct slice){text, 200}, shown);
        assert_true(strlen(shown) < CONFIG_SHOWN);
        assert_int_equal((strlen(shown) - 3 - n) % 3, 0);
    }
}

static void there_are_fifty_faults_and_a_word_about_the_rest(void **state)
{
    static char text[1 << 20];
    size_t len = (size_t)sprintf(text, "{\"a0\": 0");
    config_t *cfg;

    (void)state;
    for (int i = 1; i < 60000; i++)
        len += (size_t)sprintf(text + len, ",\n\"a%d\": 0", i);
    strcpy(text + len, "}");
    cfg = config_parse("lb.json", text, len + 1);
    assert_false(config_validate(cfg));
    assert_string_equal(config_error(cfg, 49), "lb.json:50:1: a49: unknown "
                        "key; the nearest known one is pool");
    assert_string_equal(config_error(cfg, 50), "lb.json: more than 50 faults");
    assert_null(config_error(cfg, 51));
    assert_null(config_error(cfg, -1));
    config_free(cfg);
}

static void nothing_is_a_fault_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(config_validate(NULL), 0);
    assert_string_equal(config_error(NULL, 0), "out of memory");
    assert_null(config_error(NULL, 1));
    config_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_fault_is_a_line_with_its_place),
        fixture_test(what_is_shown_does_nothing_to_a_terminal),
        fixture_test(what_is_long_is_cut),
        fixture_test(there_are_fifty_faults_and_a_word_about_the_rest),
        fixture_test(nothing_is_a_fault_of_its_own),
    };

    return fixture_run("config_faults", tests);
}
