/* coding: the digits, names, and what is malformed. */
#include "accepting.h"

static void a_weight_has_three_digits(void **state)
{
    (void)state;
    expect_quality("gzip;q=0.5", "gzip", 500);
    expect_quality("gzip;q=0.12", "gzip", 120);
    expect_quality("gzip;q=0.005", "gzip", 5);
    expect_quality("gzip;q=0.", "gzip", 0);
    expect_quality("gzip;q=1", "gzip", 1000);
    expect_quality("gzip;q=1.000", "gzip", 1000);
    expect_quality("gzip", "br", -1);
    expect_quality("br;q=0.3, *;q=0.7", "gzip", 700);
}

static void what_is_malformed_is_left_out(void **state)
{
    static const char *const malformed[] = {
        "gzip;q=2",     "gzip;q=1.001",   "gzip;q=0.1234", "gzip;q=",
        "gzip;q",       "gzip;",          "gzip;level=9",  "gzip;q=-1",
        "gzip;q=0.5 x", "gzip;q=0.5;x=y", "gzip x",        "gzip;q=00.5",
        "gzip;q =0.5",  "gzip;q=0,5",     "gzip;q=.5",     ";q=1",
    };
    char both[64];

    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        /* (of "q=0,5" the half behind the comma is another element) */
        int expected = strcmp(malformed[i], "gzip;q=0,5") == 0 ? 0 : -1;

        expect_quality(malformed[i], "gzip", expected);
        snprintf(both, sizeof both, "%s, *;q=0.7", malformed[i]);
        expect_quality(both, "gzip", expected == 0 ? 0 : 700);
    }
}

static void gzip_has_two_names(void **state)
{
    (void)state;
    expect_gzip("x-gzip", 1);
    expect_gzip("X-GZIP;q=0, *", 0);
}

static void a_name_is_the_whole_name(void **state)
{
    (void)state;
    expect_gzip("gzip2", 0);
    expect_gzip("gzi", 0);
    expect_gzip("notgzip, pgzip", 0);
    expect_gzip("br;x=gzip", 0);
}

static void the_first_mention_counts(void **state)
{
    (void)state;
    expect_gzip("gzip;q=0, gzip", 0);
    expect_gzip("gzip, gzip;q=0", 1);
    expect_gzip("*;q=0, *", 0);
}

static void a_star_is_identity_too(void **state)
{
    (void)state;
    expect_gzip("*;q=0.5, gzip;q=0.2", 0);
    expect_gzip("*;q=0, gzip;q=0.2", 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_weight_has_three_digits),
        fixture_test(what_is_malformed_is_left_out),
        fixture_test(gzip_has_two_names),
        fixture_test(a_name_is_the_whole_name),
        fixture_test(the_first_mention_counts),
        fixture_test(a_star_is_identity_too),
    };

    return fixture_run("coding_more", tests);
}
