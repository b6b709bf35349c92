/* expand: variables, defaults, dollars. */
#include "expanded.h"

static void text_without_a_dollar_stays(void **state)
{
    (void)state;
    expect_expanded("", "");
    expect_expanded("127.0.0.1:80 {x} }", "127.0.0.1:80 {x} }");
}

static void a_variable_becomes_its_value(void **state)
{
    (void)state;
    expect_expanded("${PORT}", "9001");
    expect_expanded("[${HOST}]:${PORT}/", "[::1]:9001/");
    expect_expanded("${_x1}", "underscore");
    expect_expanded("<${EMPTY}>", "<>");
}

static void a_default_stands_in(void **state)
{
    (void)state;
    expect_expanded("${PROT:-80}", "80");
    expect_expanded("${PORT:-80}", "9001");
    expect_expanded("<${PROT:-}>", "<>");
}

static void two_dollars_are_one(void **state)
{
    (void)state;
    expect_expanded("$$", "$");
    expect_expanded("$${PORT}", "${PORT}");
    expect_expanded("$$$$x$${", "$$x${");
}

static void an_unknown_variable_is_a_fault(void **state)
{
    (void)state;
    expect_fault("${PROT}", EXPAND_UNKNOWN, 0);
    expect_fault("a$$b${PORT}${POR}", EXPAND_UNKNOWN, 11);
}

static void a_missing_brace_is_a_fault(void **state)
{
    (void)state;
    expect_fault("${PORT", EXPAND_UNCLOSED, 0);
    expect_fault("ab${", EXPAND_UNCLOSED, 2);
    expect_fault("${PORT:-80", EXPAND_UNCLOSED, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(text_without_a_dollar_stays),
        fixture_test(a_variable_becomes_its_value),
        fixture_test(a_default_stands_in),
        fixture_test(two_dollars_are_one),
        fixture_test(an_unknown_variable_is_a_fault),
        fixture_test(a_missing_brace_is_a_fault),
    };

    return fixture_run("expand", tests);
}
