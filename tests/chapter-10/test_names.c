/* names: from the backends of a configuration to those that are used. */
#include "fixture.h"

#include "config_texts.h"
#include "fake_resolver.h"
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct backend_set set, other_set;

/* A configuration with these backends: each "HOST:PORT", between spaces. */
static config_t *config_with(const char *backends)
{
    char text[4096], host[64];
    int port, taken, len;

    fake_fails = 0;
    len = snprintf(text, sizeof text, "{\"listen_port\": 1, \"backends\": [");
    for (int i = 0; sscanf(backends, " %63[^:]:%d%n", host, &port, &taken) == 2;
         i++, backends += taken)
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "%s{\"host\": \"%s\", \"port\": %d}",
                        i > 0 ? ", " : "", host, port);
    snprintf(text + len, sizeof text - (size_t)len, "]}");
    return good_config(text);
}

static struct answer *ask(const config_t *config)
{
    struct answer *answers =
        calloc((size_t)config->num_backends, sizeof *answers);

    assert_non_null(answers);
    names_ask(config, answers);
    return answers;
}

static void free_both(config_t *config, struct answer *answers)
{
    config_free(config);
    free(answers);
}

/* The names of a set, with a space behind each. */
static void expect_names(const struct backend_set *of, const char *names)
{
    char got[8192] = "";
    size_t len = 0;

    for (int i = 0; i < of->num_backends; i++)
        len += (size_t)snprintf(got + len, sizeof got - len, "%s ",
                                of->backends[i].name);
    assert_string_equal(got, names);
}

static void expect_address(const struct backend *b, const char *text)
{
    char got[NET_TEXT];

    assert_int_equal(b->addresses.count, 1);
    assert_string_equal(net_text(&b->addresses.at[0], got), text);
}

/* ---- the set ------------------------------------------------------------ */

static void a_host_with_one_address_keeps_its_name(void **state)
{
    config_t *config = config_with("10.0.0.9:80 h:9001");
    struct answer *answers = ask(config);

    (void)state;
    assert_int_equal(names_make_set(config, answers, &set), 0);
    expect_names(&set, "10.0.0.9:80 h:9001 ");
    expect_address(&set.backends[0], "10.0.0.9:80");
    expect_address(&set.backends[1], "127.0.0.1:9001");
    assert_true(set.backends[0].is_healthy);
    free_both(config, answers);
}

static void of_several_addresses_each_is_a_backend(void **state)
{
    config_t *config = config_with("many:80 h:1");
    struct answer *answers = ask(config);

    (void)state;
    config->backends[0].weight = 7;
    config->backends[0].backup = 1;
    config->backends[0].max_connections = 5;
    assert_int_equal(names_make_set(config, answers, &set), 0);
    expect_names(&set, "many:80@10.0.0.1 many:80@10.0.0.2 many:80@10.0.0.3 "
                       "h:1 ");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(set.backends[i].weight, 7);
        assert_int_equal(set.backends[i].max_connections, 5);
        assert_true(set.backends[i].backup);
        assert_string_equal(set.backends[i].where.host, "many");
    }
    assert_int_equal(set.backends[3].weight, 1);
    expect_address(&set.backends[2], "10.0.0.3:80");
    free_both(config, answers);
}

static void a_given_name_is_kept(void **state)
{
    config_t *config = good_config(
        "{\"listen_port\": 1, \"backends\": [{\"host\": \"many\", "
        "\"port\": 1, \"name\": \"shop\"}, {\"host\": \"h\", \"port\": 2, "
        "\"name\": \"blog\"}]}");
    struct answer *answers = ask(config);

    (void)state;
    names_make_set(config, answers, &set);
    expect_names(&set, "shop@10.0.0.1 shop@10.0.0.2 shop@10.0.0.3 blog ");
    free_both(config, answers);
}

static void addresses_that_find_no_room_are_counted(void **state)
{
    config_t *config = config_with("many:1");
    struct answer *answers = calloc(MAX_BACKENDS, sizeof *answers);

    (void)state;
    assert_non_null(answers);
    for (int i = 1; i < MAX_BACKENDS; i++) {
        config->backends[i] = config->backends[0];
        config->backends[i].port = i + 1;
    }
    config->num_backends = MAX_BACKENDS;
    names_ask(config, answers);
    assert_int_equal(names_make_set(config, answers, &set), 2 * MAX_BACKENDS);
    assert_int_equal(set.num_backends, MAX_BACKENDS);
    assert_int_equal(set.backends[MAX_BACKENDS - 1].where.port,
                     (MAX_BACKENDS - 1) / 3 + 1);
    free_both(config, answers);
}

/* ---- answers ------------------------------------------------------------ */

/* Name servers turn them round; that is no news. */
static void the_order_of_addresses_does_not_matter(void **state)
{
    config_t *config = config_with("many:80 h:1");
    struct answer *one = ask(config), *two = ask(config);

    (void)state;
    assert_true(names_same(one, two, config->num_backends));
    names_make_set(config, one, &set);
    names_make_set(config, two, &other_set);
    for (int i = 0; i < set.num_backends; i++)
        assert_ptr_equal(names_find(&other_set, &set.backends[i]),
                         &other_set.backends[i]);
    free(one);
    free_both(config, two);
}

static void another_or_one_less_is_not_the_same(void **state)
{
    config_t *config = config_with("h:1 many:80");
    struct answer *one = ask(config), *two = ask(config);

    (void)state;
    two[1].addresses.count--;
    assert_false(names_same(one, two, 2));
    assert_true(names_same(one, two, 1));
    two[1] = one[0];
    assert_false(names_same(one, two, 2));
    free(one);
    free_both(config, two);
}

static void a_backend_is_the_same_by_name_and_address(void **state)
{
    config_t *before = config_with("a:1 b:2"), *after = config_with("b:2 a:1");
    struct answer *one = ask(before), *two = ask(after);

    (void)state;
    names_make_set(before, one, &set);
    names_make_set(after, two, &other_set);
    assert_ptr_equal(names_find(&other_set, &set.backends[0]),
                     &other_set.backends[1]);
    strcpy(other_set.backends[1].name, "other");
    assert_null(names_find(&other_set, &set.backends[0]));
    other_set.backends[0].addresses.at[0] = set.backends[0].addresses.at[0];
    assert_null(names_find(&other_set, &set.backends[1])); /* moved */
    free_both(before, one);
    free_both(after, two);
}

/* ---- the last good answer ----------------------------------------------- */

static void the_last_good_answer_is_kept(void **state)
{
    config_t *before = config_with("many:80 h:1");
    config_t *after = config_with("h:1 many:80");
    struct answer *old = ask(before), *answers;

    (void)state;
    fake_fails = 1;
    answers = ask(after);
    assert_int_equal(answers[0].error, EAI_AGAIN);
    assert_int_equal(names_keep_old(after, answers, before, old), -1);
    assert_true(names_same(&answers[1], &old[0], 1));
    assert_true(names_same(&answers[0], &old[1], 1));
    assert_int_equal(answers[0].error, 0);
    free_both(before, old);
    free_both(after, answers);
}

static void a_good_answer_is_not_replaced_by_an_old_one(void **state)
{
    config_t *config = config_with("many:80");
    struct answer *old = ask(config), *answers = ask(config);

    (void)state;
    answers[0].addresses.count = 1;
    assert_int_equal(names_keep_old(config, answers, config, old), -1);
    assert_int_equal(answers[0].addresses.count, 1);
    free(old);
    free_both(config, answers);
}

static void a_name_that_never_had_an_answer_is_named(void **state)
{
    config_t *before = config_with("h:1 fails:2");
    config_t *after = config_with("h:1 h:2 fails:2 fails:3");
    struct answer *old = ask(before), *answers = ask(after);

    (void)state;
    assert_int_equal(names_keep_old(after, answers, NULL, NULL), 2);
    assert_int_equal(names_keep_old(after, answers, before, old), 2);
    fake_fails = 1;
    names_ask(after, answers); /* h:2 is another port than h:1 */
    assert_int_equal(names_keep_old(after, answers, before, old), 1);
    assert_int_equal(answers[0].error, 0);
    free_both(before, old);
    free_both(after, answers);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_host_with_one_address_keeps_its_name),
        fixture_test(of_several_addresses_each_is_a_backend),
        fixture_test(a_given_name_is_kept),
        fixture_test(addresses_that_find_no_room_are_counted),
        fixture_test(the_order_of_addresses_does_not_matter),
        fixture_test(another_or_one_less_is_not_the_same),
        fixture_test(a_backend_is_the_same_by_name_and_address),
        fixture_test(the_last_good_answer_is_kept),
        fixture_test(a_good_answer_is_not_replaced_by_an_old_one),
        fixture_test(a_name_that_never_had_an_answer_is_named),
    };

    return fixture_run("names", tests);
}
