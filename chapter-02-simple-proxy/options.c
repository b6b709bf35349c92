#include "options.h"

#include "slice.h"

#include <stdio.h>
#include <string.h>

void options_begin(struct options *o, int argc, char **argv)
{
    memset(o, 0, sizeof *o);
    o->argc = argc;
    o->argv = argv;
    o->next = 1;
}

static int bad(struct options *o, const char *error, const char *value)
{
    o->error = error;
    o->value = value;
    return OPTIONS_BAD;
}

/* "-a rr" or "-arr"; "-v" */
static int option(struct options *o, const char *argument, const char *letters)
{
    const char *letter = strchr(letters, argument[1]);
    const char *bar = strchr(letters, '|');

    if (letter == NULL || letter == bar)
        return bad(o, "unknown option", argument);
    if (bar != NULL && letter > bar) {
        o->value = argument + 2;
        return *o->value == '\0' ? argument[1]
                                 : bad(o, "unknown option", argument);
    }
    if (argument[2] != '\0')
        o->value = argument + 2;
    else if (o->next < o->argc)
        o->value = o->argv[o->next++];
    else
        return bad(o, "missing value after", argument);
    return argument[1];
}

int options_next(struct options *o, const char *letters)
{
    const char *argument;

    if (o->next >= o->argc)
        return OPTIONS_END;
    argument = o->argv[o->next++];
    if (!o->only_operands && strcmp(argument, "--") == 0) {
        o->only_operands = 1;
        return options_next(o, letters);
    }
    if (o->only_operands || argument[0] != '-' || argument[1] == '\0') {
        o->value = argument;
        return OPTIONS_OPERAND;
    }
    if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0)
        return OPTIONS_HELP;
    return option(o, argument, letters);
}

const char *options_number(const char *value, int min, int max, int *out)
{
    uint64_t n;

    if (slice_number(slice_of(value), (uint64_t)max, &n) != 0 || (int)n < min)
        return "not a number in its range";
    *out = (int)n;
    return NULL;
}

int print_usage(const char *usage)
{
    return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
}

static int fail(const struct command_line *c, const char *wrong,
                const char *separator, const char *value)
{
    fprintf(stderr, "%s: %s%s%s\n%s", c->program, wrong, separator, value,
            c->usage);
    return 2;
}

int options_read(const struct command_line *c, int argc, char **argv,
                 const char *(*take)(void *self, int what, int n,
                                     const char *value),
                 void *self)
{
    struct options o;
    int what, operands = 0;

    options_begin(&o, argc, argv);
    while ((what = options_next(&o, c->letters)) != OPTIONS_END) {
        const char *wrong;

        if (what == OPTIONS_HELP)
            return print_usage(c->usage);
        operands += what == OPTIONS_OPERAND;
        wrong = what == OPTIONS_BAD ? o.error
                                    : take(self, what, operands, o.value);
        if (wrong != NULL)
            return fail(c, wrong, ": ", o.value);
    }
    return operands < c->at_least ? fail(c, "expected ", "", c->expected) : -1;
}
