/* expand: what nobody should write, and what somebody will. */
#include "expanded.h"

static void an_empty_variable_takes_the_default(void **state)
{
    (void)state;
    expect_expanded("${EMPTY:-80}", "80");
}

static void values_and_defaults_are_not_expanded(void **state)
{
    (void)state;
    expect_expanded("${SLY}", "${PORT}$$");
    expect_expanded("${PROT:-a$$b}", "a$$b");
    expect_expanded("${PROT:-${PORT}}", "${PORT}");
    expect_expanded("${PROT:-a:-b}", "a:-b");
}

static void a_name_is_a_name(void **state)
{
    static const char *const bad[] = {"${}",      "${1X}",        "${POR T}",
                                      "${:-x}",   "${PORT-}",     "${PORT:80}",
                                      "${PORT:}", "${PO\xc3\x96}"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_fault(bad[i], EXPAND_BAD_NAME, 0);
}

static void a_lonely_dollar_is_a_fault(void **state)
{
    (void)state;
    expect_fault("pa$word", EXPAND_LONELY, 2);
    expect_fault("cost: 5$", EXPAND_LONELY, 7);
    expect_fault("$$$", EXPAND_LONELY, 2);
}

static void what_does_not_fit_is_a_fault(void **state)
{
    char out[OUT_MAX];
    size_t at = 0;

    (void)state;
    expect_int("\"x${PORT}\" into 6 bytes", expand_in("x${PORT}", 6, out, &at),
               EXPAND_OK);
    expect_text("\"x${PORT}\" in 6 bytes", out, "x9001");
    expect_int("\"x${PORT}\" into 5 bytes", expand_in("x${PORT}", 5, out, &at),
               EXPAND_TOO_LONG);
    expect_int("the place of what did not fit", (long long)at, 1);
    expect_text("what is left", out, "");
    expect_int("\"\" into 1 byte", expand_in("", 1, out, &at), EXPAND_OK);
    expect_int("\"$$\" into 1 byte", expand_in("$$", 1, out, &at),
               EXPAND_TOO_LONG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_empty_variable_takes_the_default),
        fixture_test(values_and_defaults_are_not_expanded),
        fixture_test(a_name_is_a_name),
        fixture_test(a_lonely_dollar_is_a_fault),
        fixture_test(what_does_not_fit_is_a_fault),
    };

    return fixture_run("expand_more", tests);
}
