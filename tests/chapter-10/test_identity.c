/* identity: what the seam makes of a head: the client, whether it came by https,
 * and what is hashed. */
#include "config_texts.h"
#include "identity.h"

static config_t *config;

/* What becomes of a request with these fields from this peer. */
static struct exchange identify(const char *peer, int tls, const char *fields)
{
    struct identifier seam = identity_seam(config);
    struct exchange x;
    struct http_head head;
    char text[2048];
    int len = snprintf(text, sizeof text, "GET /a HTTP/1.1\r\nHost: h\r\n%s\r\n",
                       fields);

    if (http_head_parse_request(&head, text, (size_t)len) != HTTP_COMPLETE)
        failure("no head: %s", text);
    memset(&x, 0, sizeof x);
    strcpy(x.peer.ip, peer);
    strcpy(x.client_ip, peer);
    x.peer.tls = (unsigned char)tls;
    x.https = tls;
    assert_non_null(seam.identify);
    seam.identify(seam.self, &head, &x);
    return x;
}

#define BEHIND "{" LEAST ", \"trusted_proxies\": [\"10.0.0.0/8\"]}"
#define XFP "X-Forwarded-Proto: "
#define END "\r\n"

/* What the peer's connection is (tls), what it says, and what it is then. */
static void a_proxy_that_is_trusted_says_how_its_client_came(void **state)
{
    static const struct {
        const char *peer;
        int tls;
        const char *fields;
        int https;
    } cases[] = {
        {"10.0.0.1", 0, XFP "https" END, 1},
        {"10.0.0.1", 0, "x-forwarded-PROTO:\tHTTPS " END, 1},
        {"10.0.0.1", 0, XFP "http" END, 0},
        {"10.0.0.1", 1, XFP "http" END, 0}, /* from it to us there is TLS */
        {"10.0.0.1", 1, XFP "Http" END, 0},
        {"10.0.0.1", 1, XFP "https" END, 1},
        /* it says nothing, or nothing that is clear */
        {"10.0.0.1", 0, "", 0},
        {"10.0.0.1", 1, "", 1},
        {"10.0.0.1", 0, XFP END, 0},
        {"10.0.0.1", 1, XFP END, 1},
        {"10.0.0.1", 0, XFP "httpss" END, 0},
        {"10.0.0.1", 0, XFP "ttps" END, 0},
        {"10.0.0.1", 0, XFP "https://" END, 0},
        {"10.0.0.1", 0, XFP "\"https\"" END, 0},
        {"10.0.0.1", 0, XFP "wss" END, 0},
        {"10.0.0.1", 1, XFP "ws" END, 1},
        {"10.0.0.1", 0, XFP "https, http" END, 0},
        {"10.0.0.1", 0, XFP "https,https" END, 0},
        {"10.0.0.1", 0, "X-Forwarded-Scheme: https" END, 0},
        /* twice: one of them may be the client's own */
        {"10.0.0.1", 0, XFP "https" END XFP "https" END, 0},
        {"10.0.0.1", 0, XFP "https" END "A: b" END XFP "http" END, 0},
        {"10.0.0.1", 1, XFP "http" END XFP "https" END, 1},
        {"10.0.0.1", 0, XFP "https" END XFP END, 0},
        /* of a client's client it is the peer who says it */
        {"10.0.0.1", 0, "X-Forwarded-For: 6.6.6.6" END XFP "https" END, 1},
        /* whoever is not trusted says what he likes */
        {"7.7.7.7", 0, XFP "https" END, 0},
        {"7.7.7.7", 1, XFP "http" END, 1},
        {"7.7.7.7", 0, "X-Forwarded-For: 10.0.0.1" END XFP "https" END, 0},
        {"2001:db8::1", 0, XFP "https" END, 0},
    };

    (void)state;
    config = good_config(BEHIND);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exchange x =
            identify(cases[i].peer, cases[i].tls, cases[i].fields);

        if (x.https != cases[i].https)
            failure("case %zu: %d from %s, who says %s", i, x.https,
                    cases[i].peer, cases[i].fields);
        assert_string_equal(x.peer.ip, cases[i].peer); /* is what it was */
        assert_int_equal(x.peer.tls, cases[i].tls);
    }
    config_free(config);
}

static void the_client_is_the_one_it_names(void **state)
{
    struct exchange x;

    (void)state;
    config = good_config(BEHIND);
    x = identify("10.0.0.1", 0, "X-Forwarded-For: 6.6.6.6" END);
    assert_string_equal(x.client_ip, "6.6.6.6");
    assert_string_equal(x.key, "");
    config_free(config);
}

/* With hash_key alone the field is nobody's word. */
static void without_trusted_proxies_nobody_is_believed(void **state)
{
    struct exchange x, other;

    (void)state;
    config = good_config("{" LEAST ", \"algorithm\": \"consistent_hash\", "
                         "\"hash_key\": \"header:X-Key\"}");
    x = identify("10.0.0.1", 0, "X-Key: 1" END XFP "https" END);
    other = identify("10.0.0.1", 1, "X-Key: 2" END XFP "http" END);
    assert_int_equal(x.https, 0);
    assert_int_equal(other.https, 1);
    assert_int_equal(strlen(x.key), 16);
    assert_string_not_equal(x.key, other.key);
    config_free(config);
}

static void who_needs_none_has_no_seam(void **state)
{
    (void)state;
    config = good_config("{" LEAST "}");
    assert_null(identity_seam(config).identify);
    config_free(config);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_proxy_that_is_trusted_says_how_its_client_came),
        fixture_test(the_client_is_the_one_it_names),
        fixture_test(without_trusted_proxies_nobody_is_believed),
        fixture_test(who_needs_none_has_no_seam),
    };

    return fixture_run("identity", tests);
}
