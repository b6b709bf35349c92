#include "lb_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"

#define BACKEND "backends/simple_http_backend"

/* A label of more than 63 characters is no name: no resolver is asked. */
#define NO_NAME \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *name_of(const struct lb_command *c)
{
    const char *slash = strrchr(c->program, '/');

    return slash != NULL ? slash + 1 : c->program;
}

static const char *const *command(const struct lb_command *c,
                                  const char *const *arguments)
{
    static const char *argv[LB_COMMAND_WORDS + 2];

    memset(argv, 0, sizeof argv);
    argv[0] = c->program;
    for (int i = 0; i < LB_COMMAND_WORDS && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return argv;
}

static void expect_begins(const char *text, const char *begin)
{
    if (strncmp(text, begin, strlen(begin)) != 0)
        failure("expected \"%s\", but it printed:\n%s", begin, text);
}

/* ---- what is wrong ------------------------------------------------------ */

static const struct lb_command_case wrong[] = {
    {{NULL}, "expected PORT and backends", NULL},
    {{"8080"}, "expected PORT and backends", NULL},
    {{"--", "8080"}, "expected PORT and backends", NULL},
    {{"80x", "h:1"}, "not a port (0 to 65535)", "80x"},
    {{"", "h:1"}, "not a port (0 to 65535)", ""},
    {{" 80", "h:1"}, "not a port (0 to 65535)", " 80"},
    {{"+80", "h:1"}, "not a port (0 to 65535)", "+80"},
    {{"0x50", "h:1"}, "not a port (0 to 65535)", "0x50"},
    {{"65536", "h:1"}, "not a port (0 to 65535)", "65536"},
    {{"70000", "h:1"}, "not a port (0 to 65535)", "70000"},
    {{"4294975376", "h:1"}, "not a port (0 to 65535)", "4294975376"},
    {{"18446744073709551696", "h:1"}, "not a port (0 to 65535)",
     "18446744073709551696"},
    {{"h:1", "8080"}, "not a port (0 to 65535)", "h:1"},
    {{"-1", "h:1"}, "unknown option", "-1"},
    {{"8080", "h:1", "-x"}, "unknown option", "-x"},
    {{"8080", "h:1", "--version"}, "unknown option", "--version"},
    {{"8080", "h:1", "--algorithm", "rr"}, "unknown option", "--algorithm"},
    {{"8080", "h"}, NULL, "h"},
    {{"8080", "h:1", "h"}, NULL, "h"},
    {{"8080", "h:"}, NULL, "h:"},
    {{"8080", ":1"}, NULL, ":1"},
    {{"8080", ""}, NULL, ""},
    {{"8080", "h:1", "h:80x"}, NULL, "h:80x"},
    {{"8080", "h:70000"}, NULL, "h:70000"},
    {{"8080", "h:-1"}, NULL, "h:-1"},
    {{"8080", "::1:80"}, NULL, "::1:80"},
    {{"8080", "[::1]"}, NULL, "[::1]"},
    {{"8080", "[::1:80"}, NULL, "[::1:80"},
    {{"8080", "a b:80"}, NULL, "a b:80"},
    {{"8080", "u@h:80"}, NULL, "u@h:80"},
    {{"8080", "--", "-h"}, NULL, "-h"},
    {{"8080", "h:0"}, "a backend's port is 1 to 65535", "h:0"},
};

static void refuses(const struct lb_command *c, const struct lb_command_case *w,
                    const char *usage)
{
    struct run r = program_run(command(c, w->arguments), NULL, 0);
    char line[256];
    int len = w->says != NULL
                  ? snprintf(line, sizeof line, "%s: %s", name_of(c), w->says)
                  : snprintf(line, sizeof line, "%s: not %s", name_of(c),
                             c->backend);

    snprintf(line + len, sizeof line - (size_t)len, "%s%s\n",
             w->word != NULL ? ": " : "", w->word != NULL ? w->word : "");
    expect_begins(r.err, line);
    assert_string_equal(r.err + strlen(line), usage);
    assert_string_equal(r.out, "");
    assert_int_equal(r.status, 2);
    run_free(&r);
}

void lb_command_refuses(const struct lb_command *c,
                        const struct lb_command_case *cases, size_t count)
{
    static const char *const help[LB_COMMAND_WORDS] = {"-h"};
    struct run usage = program_run(command(c, help), NULL, 0);

    assert_int_equal(usage.status, 0);
    for (size_t i = 0; i < count; i++)
        refuses(c, &cases[i], usage.out);
    run_free(&usage);
}

void lb_command_refuses_what_is_wrong(const struct lb_command *c)
{
    lb_command_refuses(c, wrong, sizeof wrong / sizeof *wrong);
}

/* ---- what is right ------------------------------------------------------ */

static void expect_usage(const struct lb_command *c, const char *text,
                         const char *operands, const char *options)
{
    char begin[128];

    snprintf(begin, sizeof begin, "usage: %s %s", name_of(c), operands);
    expect_begins(text, begin);
    for (; *options != '\0'; options++) {
        char line[] = "\n  -?";

        line[4] = *options;
        if (strstr(text, line) == NULL)
            failure("no line for -%c in:\n%s", *options, text);
    }
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_null(strstr(text + 1, "usage: ")); /* once */
}

void lb_command_explains_itself(const struct lb_command *c,
                                const char *operands, const char *options)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"-h"}, {"--help"}, {"8080", "-h"}, {"8080", "h:1", "--help"},
        {"-h", "80x"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = program_run(command(c, lines[i]), NULL, 0);

        expect_usage(c, r.out, operands, options);
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        run_free(&r);
    }
}

void lb_command_accepts(const struct lb_command *c,
                        const char *const lines[][LB_COMMAND_WORDS],
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        program_stop(program_start_args(command(c, lines[i])));
}

/* PORT 0 and so many backends, all the same. */
static const char *const *many(const struct lb_command *c, int count,
                               const char *backend)
{
    static const char *argv[257 + 3];

    argv[0] = c->program;
    argv[1] = "0";
    for (int i = 0; i < count; i++)
        argv[2 + i] = backend;
    argv[2 + count] = NULL;
    return argv;
}

/* Asks, is answered by b1, and so leaves a connection behind that has ended. */
static void expect_b1(const struct program *lb)
{
    char name[64];

    http_get_backend(program_port(lb), "/", 200, name);
    assert_string_equal(name, "b1");
}

static struct program *start_b1(char where[32])
{
    struct program *backend = program_start(BACKEND, "0", "b1", NULL);

    snprintf(where, 32, "127.0.0.1:%d", program_port(backend));
    return backend;
}

void lb_command_takes_256_backends(const struct lb_command *c)
{
    char where[32], says[128];
    struct program *backend = start_b1(where), *lb;
    struct run r = program_run(many(c, 257, where), NULL, 0);

    assert_int_equal(r.status, 2);
    snprintf(says, sizeof says, "%s: more than 256 backends: %s\n", name_of(c),
             where);
    expect_begins(r.err, says);
    run_free(&r);
    lb = program_start_args(many(c, 256, where));
    expect_b1(lb);
    program_stop(lb);
    program_stop(backend);
}

/* ---- what fails at the start -------------------------------------------- */

/* It says this, in one line, and ends. */
static void expect_start_fails(const struct lb_command *c, const char *port,
                               const char *backend, const char *says)
{
    const char *const arguments[LB_COMMAND_WORDS] = {port, backend};
    struct run r = program_run(command(c, arguments), NULL, 0);
    char begin[256];

    snprintf(begin, sizeof begin, "%s: %s", name_of(c), says);
    expect_begins(r.err, begin);
    assert_ptr_equal(strchr(r.err, '\n'), r.err + strlen(r.err) - 1);
    assert_string_equal(r.out, "");
    assert_int_equal(r.status, 1);
    run_free(&r);
}

void lb_command_needs_its_port(const struct lb_command *c)
{
    char where[32], port[16], says[128];
    struct program *backend = start_b1(where);
    struct program *lb = program_start(c->program, "0", where, NULL);

    snprintf(port, sizeof port, "%d", program_port(lb));
    snprintf(says, sizeof says, "listen on port %s: %s\n", port,
             strerror(EADDRINUSE));
    expect_start_fails(c, port, where, says);
    expect_b1(lb); /* the first one does not mind */
    program_stop(lb);
    lb = program_start(c->program, port, where, NULL);
    expect_b1(lb);
    program_stop(lb);
    program_stop(backend);
}

void lb_command_needs_known_hosts(const struct lb_command *c)
{
    expect_start_fails(c, "0", NO_NAME ":80", "resolve " NO_NAME ": ");
    expect_start_fails(c, "0", "[:::]:80", "resolve :::: ");
}
