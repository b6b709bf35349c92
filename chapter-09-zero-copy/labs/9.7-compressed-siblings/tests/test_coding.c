/* coding: who gets FILE.gz. */
#include "accepting.h"

static void who_asks_for_gzip_gets_it(void **state)
{
    (void)state;
    expect_gzip("gzip", 1);
    expect_gzip("deflate, gzip, br", 1);
}

static void nobody_gets_what_he_did_not_ask_for(void **state)
{
    (void)state;
    expect_gzip(NULL, 0);
    expect_gzip("", 0);
    expect_gzip("br", 0);
    expect_gzip("identity", 0);
}

static void a_weight_of_0_is_a_no(void **state)
{
    (void)state;
    expect_gzip("gzip;q=0", 0);
    expect_gzip("br, gzip;q=0.000", 0);
    expect_gzip("br, gzip;q=0.001", 1);
    expect_gzip("gzip;q=1.0", 1);
}

static void a_star_is_every_other(void **state)
{
    (void)state;
    expect_gzip("*", 1);
    expect_gzip("br, *;q=0.1", 1);
    expect_gzip("*;q=0", 0);
    expect_gzip("gzip;q=0, *", 0);
    expect_gzip("*, gzip;q=0", 0);
}

static void what_is_liked_better_is_sent(void **state)
{
    (void)state;
    expect_gzip("identity, gzip;q=0.5", 0);
    expect_gzip("identity;q=0.5, gzip", 1);
    expect_gzip("gzip, identity", 1);
    expect_gzip("br, gzip;q=0.5", 1);
}

static void several_fields_are_one_list(void **state)
{
    (void)state;
    expect_gzip("br|gzip", 1);
    expect_gzip("*|gzip;q=0", 0);
}

static void case_and_spaces_do_not_matter(void **state)
{
    (void)state;
    expect_gzip("GZip", 1);
    expect_gzip("gzip ; Q=0 , br", 0);
    expect_gzip("Identity,gzip \t;\t q=0.5", 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_asks_for_gzip_gets_it),
        fixture_test(nobody_gets_what_he_did_not_ask_for),
        fixture_test(a_weight_of_0_is_a_no),
        fixture_test(a_star_is_every_other),
        fixture_test(what_is_liked_better_is_sent),
        fixture_test(several_fields_are_one_list),
        fixture_test(case_and_spaces_do_not_matter),
    };

    return fixture_run("coding", tests);
}
