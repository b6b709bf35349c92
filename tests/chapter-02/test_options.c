/* options: every order, every way to write an option, every mistake. */
#include "fixture.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

#define MAX_ARGUMENTS 8

/* What the iterator gave, in words: "op=8080 a=rr help bad(unknown option)=-x".
 * It ends after the first mistake, as a program does. */
static void tell(char *const *arguments, const char *letters, char *told,
                 size_t size)
{
    char program[] = "program", *argv[MAX_ARGUMENTS + 2] = {program};
    struct options o;
    int argc = 1, what;
    size_t used = 0;

    while (arguments[argc - 1] != NULL) {
        argv[argc] = arguments[argc - 1];
        argc++;
    }
    told[0] = '\0';
    options_begin(&o, argc, argv);
    while ((what = options_next(&o, letters)) != OPTIONS_END) {
        char *at = told + used;
        size_t room = size - used;
        const char *space = used > 0 ? " " : "";
        int n;

        if (what == OPTIONS_OPERAND)
            n = snprintf(at, room, "%sop=%s", space, o.value);
        else if (what == OPTIONS_HELP)
            n = snprintf(at, room, "%shelp", space);
        else if (what == OPTIONS_BAD)
            n = snprintf(at, room, "%sbad(%s)=%s", space, o.error, o.value);
        else
            n = snprintf(at, room, "%s%c=%s", space, what, o.value);
        assert_in_range(n, 0, room - 1);
        used += (size_t)n;
        if (what == OPTIONS_BAD)
            return;
    }
    /* The end stays the end. */
    assert_int_equal(options_next(&o, letters), OPTIONS_END);
}

static const struct {
    const char *arguments[MAX_ARGUMENTS]; /* up to a NULL */
    const char *told;                     /* with options -a and -t */
} cases[] = {
    {{NULL}, ""},
    {{"8080"}, "op=8080"},
    {{"8080", "h:1", "h:2"}, "op=8080 op=h:1 op=h:2"},
    /* options anywhere */
    {{"-a", "rr", "8080", "h:1"}, "a=rr op=8080 op=h:1"},
    {{"8080", "-a", "rr", "h:1"}, "op=8080 a=rr op=h:1"},
    {{"8080", "h:1", "-a", "rr"}, "op=8080 op=h:1 a=rr"},
    {{"-t", "5", "8080", "-a", "rr"}, "t=5 op=8080 a=rr"},
    {{"-a", "rr", "-a", "lc"}, "a=rr a=lc"},
    /* the value stuck to the letter */
    {{"-arr"}, "a=rr"},
    {{"8080", "-arr", "h:1"}, "op=8080 a=rr op=h:1"},
    {{"-a=rr"}, "a==rr"},
    /* a value is taken whatever it looks like */
    {{"-a", "-t"}, "a=-t"},
    {{"-a", "--"}, "a=--"},
    {{"-a", "-h"}, "a=-h"},
    {{"-a", ""}, "a="},
    {{"-a-"}, "a=-"},
    /* one that takes no value */
    {{"-v"}, "v="},
    {{"-v", "8080", "-a", "rr"}, "v= op=8080 a=rr"},
    {{"-v", "-v"}, "v= v="},
    {{"-vx"}, "bad(unknown option)=-vx"},
    {{"-|"}, "bad(unknown option)=-|"},
    /* the end of the options */
    {{"--"}, ""},
    {{"--", "-a", "rr"}, "op=-a op=rr"},
    {{"8080", "--", "-h", "--help"}, "op=8080 op=-h op=--help"},
    {{"--", "--"}, "op=--"},
    {{"-a", "rr", "--", "-a"}, "a=rr op=-a"},
    /* operands that look odd */
    {{"-"}, "op=-"},
    {{""}, "op="},
    /* help */
    {{"-h"}, "help"},
    {{"--help"}, "help"},
    {{"8080", "-h", "h:1"}, "op=8080 help op=h:1"},
    /* mistakes */
    {{"-x"}, "bad(unknown option)=-x"},
    {{"8080", "-x"}, "op=8080 bad(unknown option)=-x"},
    {{"-1"}, "bad(unknown option)=-1"},
    {{"-help"}, "bad(unknown option)=-help"},
    {{"-hx"}, "bad(unknown option)=-hx"},
    {{"--hel"}, "bad(unknown option)=--hel"},
    {{"--helpx"}, "bad(unknown option)=--helpx"},
    {{"--a", "rr"}, "bad(unknown option)=--a"},
    {{"---"}, "bad(unknown option)=---"},
    {{"-a"}, "bad(missing value after)=-a"},
    {{"8080", "h:1", "-a"}, "op=8080 op=h:1 bad(missing value after)=-a"},
    {{"-a", "rr", "-t"}, "a=rr bad(missing value after)=-t"},
};

static void tells_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char copies[MAX_ARGUMENTS][16], *arguments[MAX_ARGUMENTS + 1] = {NULL};
        char told[256];

        for (int n = 0; n < MAX_ARGUMENTS && cases[i].arguments[n]; n++) {
            snprintf(copies[n], sizeof copies[n], "%s", cases[i].arguments[n]);
            arguments[n] = copies[n];
        }
        tell(arguments, "at|v", told, sizeof told);
        assert_string_equal(told, cases[i].told);
    }
}

/* load_balancer itself has none. */
static void a_program_may_have_no_option(void **state)
{
    char a[] = "-a", port[] = "8080", told[64];
    char *arguments[] = {port, a, NULL};

    (void)state;
    tell(arguments, "", told, sizeof told);
    assert_string_equal(told, "op=8080 bad(unknown option)=-a");
}

static void a_program_may_be_called_without_a_name(void **state)
{
    char *argv[] = {NULL};
    struct options o;

    (void)state;
    options_begin(&o, 0, argv);
    assert_int_equal(options_next(&o, "a"), OPTIONS_END);
}

/* Wherever the option stands, the operands keep their order. */
static void the_order_of_options_and_operands_is_free(void **state)
{
    char a[] = "-a", rr[] = "rr", b[4][4] = {"8", "h1", "h2", "h3"};

    (void)state;
    for (int place = 0; place <= 4; place++) {
        char *arguments[MAX_ARGUMENTS] = {NULL}, told[64], operands[64] = "";
        int n = 0;

        for (int i = 0; i < 4; i++) {
            if (i == place) {
                arguments[n++] = a;
                arguments[n++] = rr;
            }
            arguments[n++] = b[i];
        }
        if (place == 4) {
            arguments[n++] = a;
            arguments[n++] = rr;
        }
        tell(arguments, "a", told, sizeof told);
        assert_non_null(strstr(told, "a=rr"));
        for (char *at = told; (at = strstr(at, "op=")) != NULL; at++)
            snprintf(operands + strlen(operands),
                     sizeof operands - strlen(operands), "%.*s ",
                     (int)strcspn(at, " "), at);
        assert_string_equal(operands, "op=8 op=h1 op=h2 op=h3 ");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(tells_what_the_table_says),
        fixture_test(a_program_may_have_no_option),
        fixture_test(a_program_may_be_called_without_a_name),
        fixture_test(the_order_of_options_and_operands_is_free),
    };

    return fixture_run("options", tests);
}
