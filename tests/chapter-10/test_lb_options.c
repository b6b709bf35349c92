/* lb: its command line, and what fails at its start. */
#include "fixture.h"

#include "whole_lb.h"

#include <errno.h>

#define GOOD "{\"listen_port\": 0, \"backends\": [" \
             "{\"host\": \"127.0.0.1\", \"port\": 9}]}\n"

static struct scratch scratch;

static struct run run(const char *a, const char *b, const char *c)
{
    const char *const argv[] = {LB_PROGRAM, a, b, c, NULL};

    return program_run(argv, NULL, 0);
}

static void write_file(const char *text)
{
    scratch_make(&scratch);
    scratch_write(scratch.file, text, strlen(text));
}

/* `from`, with the file's name for each %s. */
static void fill_in(const char *from, char *out, size_t size)
{
    const char *at;
    size_t len = 0;

    for (; (at = strstr(from, "%s")) != NULL; from = at + 2)
        len += (size_t)snprintf(out + len, size - len, "%.*s%s",
                                (int)(at - from), from, scratch.file);
    snprintf(out + len, size - len, "%s", from);
}

/* It ends like this; %s in the texts is the file. */
static void expect_end(struct run r, int status, const char *out,
                       const char *err)
{
    char text[2048];

    fill_in(err, text, sizeof text);
    assert_string_equal(r.err, text);
    fill_in(out, text, sizeof text);
    assert_string_equal(r.out, text);
    assert_int_equal(r.status, status);
    run_free(&r);
}

/* ---- the command line --------------------------------------------------- */

static void h_anywhere_prints_the_usage(void **state)
{
    static const char *const lines[][3] = {
        {"-h"}, {"--help"}, {"-t", "-h"}, {"-c", "nowhere", "--help"}};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = run(lines[i][0], lines[i][1], lines[i][2]);

        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        assert_ptr_equal(strstr(r.out, "usage: lb [-t] [-c FILE]\n"), r.out);
        assert_non_null(strstr(r.out, "\n  -c FILE "));
        assert_non_null(strstr(r.out, "\n  -t "));
        run_free(&r);
    }
}

static void a_wrong_line_is_told_with_the_usage(void **state)
{
    static const struct {
        const char *words[3], *says;
    } table[] = {
        {{"-x"}, "lb: unknown option: -x\n"},
        {{"--config", "f"}, "lb: unknown option: --config\n"},
        {{"lb.json"}, "lb: lb takes no operands: lb.json\n"},
        {{"-t", "lb.json"}, "lb: lb takes no operands: lb.json\n"},
        {{"-t", "-c"}, "lb: "},
    };
    struct run usage = run("-h", NULL, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct run r =
            run(table[i].words[0], table[i].words[1], table[i].words[2]);

        assert_int_equal(r.status, 2);
        assert_string_equal(r.out, "");
        assert_ptr_equal(strstr(r.err, table[i].says), r.err);
        assert_string_equal(strchr(r.err, '\n') + 1, usage.out);
        run_free(&r);
    }
    run_free(&usage);
}

/* ---- -t ----------------------------------------------------------------- */

static void t_says_that_a_good_file_is_valid(void **state)
{
    (void)state;
    write_file(GOOD);
    expect_end(run("-t", "-c", scratch.file), 0,
               "%s: the configuration is valid\n", "");
    scratch_remove(&scratch);
}

static void t_listens_nowhere(void **state)
{
    char text[256];
    int port, listener = wire_listen(&port);

    (void)state;
    snprintf(text, sizeof text,
             "{\"listen_port\": %d, \"backends\": [{\"host\": \"h\", "
             "\"port\": 9}]}",
             port);
    write_file(text);
    expect_end(run("-t", "-c", scratch.file), 0,
               "%s: the configuration is valid\n", "");
    scratch_remove(&scratch);
    wire_close(listener);
}

static void t_names_every_fault_and_its_place(void **state)
{
    (void)state;
    write_file("{\n  \"listen_port\": 70000,\n  \"backend\": [],\n"
               "  \"backends\": [{\"host\": \"h\", \"port\": 1}]\n}\n");
    expect_end(run("-t", "-c", scratch.file), 1, "",
               "%s:2:18: listen_port: 70000 is not in 0..65535\n"
               "%s:3:3: backend: unknown key; the nearest known one is "
               "backends\n");
    scratch_remove(&scratch);
}

static void a_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    scratch_make(&scratch);
    for (int i = 0; i < 2; i++)
        expect_end(i == 0 ? run("-t", "-c", scratch.file)
                          : run("-c", scratch.file, NULL),
                   1, "", "%s: No such file or directory\n");
    scratch_remove(&scratch);
}

/* ---- what fails at the start -------------------------------------------- */

static void a_broken_file_does_not_start(void **state)
{
    (void)state;
    write_file("{\"listen_port\": 1,}");
    expect_end(run("-c", scratch.file, NULL), 1, "",
               "%s:1:19: there is a comma before the closing bracket\n");
    scratch_remove(&scratch);
}

/* The file, but with its port in use, or a name that nobody knows. */
static void expect_start_fails(const char *text, const char *err)
{
    write_file(text);
    expect_end(run("-c", scratch.file, NULL), 1, "", err);
    scratch_remove(&scratch);
}

static void a_port_in_use_ends_it_and_harms_nobody(void **state)
{
    struct whole c;
    char text[256], says[256];

    (void)state;
    whole_start(&c, 1, "'workers': 2");
    snprintf(text, sizeof text,
             "{\"listen_port\": %d, \"backends\": [{\"host\": \"127.0.0.1\", "
             "\"port\": 9}]}", c.lb.port);
    snprintf(says, sizeof says, "lb: listen on 0.0.0.0 port %d: %s\n",
             c.lb.port, strerror(EADDRINUSE));
    expect_start_fails(text, says);
    lb_expect_order(&c.lb, "b1 b1 b1"); /* the first one does not mind */
    snprintf(text, sizeof text,
             "{\"listen_port\": 0, \"admin\": {\"port\": %d}, \"backends\": "
             "[{\"host\": \"127.0.0.1\", \"port\": 9}]}", c.admin);
    snprintf(says, sizeof says,
             "lb admin: listen on 127.0.0.1 port %d: %s\n", c.admin,
             strerror(EADDRINUSE));
    expect_start_fails(text, says);
    whole_stop(&c);
}

static void an_unknown_host_ends_it(void **state)
{
    struct run r;

    (void)state;
    write_file("{\"listen_port\": 0, \"backends\": [{\"host\": "
               "\"no-such-host.invalid\", \"port\": 9}]}");
    r = run("-c", scratch.file, NULL);
    assert_ptr_equal(strstr(r.err, "lb: resolve no-such-host.invalid: "),
                     r.err);
    assert_ptr_equal(strchr(r.err, '\n'), r.err + strlen(r.err) - 1);
    assert_string_equal(r.out, "");
    assert_int_equal(r.status, 1);
    run_free(&r);
    scratch_remove(&scratch);
}

/* Its port can be had again at once, and so can the one of another. */
static void it_ends_with_0_and_leaves_its_port(void **state)
{
    struct whole c;
    char members[64];

    (void)state;
    whole_start(&c, 1, "'workers': 2");
    lb_expect_order(&c.lb, "b1 b1");
    snprintf(members, sizeof members, "'listen_port': %d", c.lb.port);
    program_stop(c.lb.program);
    whole_write(&c, members);
    whole_run(&c);
    lb_expect_order(&c.lb, "b1 b1");
    program_signal(c.lb.program, SIGINT);
    assert_int_equal(program_wait(c.lb.program), 0);
    whole_clear(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(h_anywhere_prints_the_usage),
        fixture_test(a_wrong_line_is_told_with_the_usage),
        fixture_test(t_says_that_a_good_file_is_valid),
        fixture_test(t_listens_nowhere),
        fixture_test(t_names_every_fault_and_its_place),
        fixture_test(a_file_that_is_not_there_is_told),
        fixture_test(a_broken_file_does_not_start),
        fixture_test(a_port_in_use_ends_it_and_harms_nobody),
        fixture_test(an_unknown_host_ends_it),
        fixture_test(it_ends_with_0_and_leaves_its_port),
    };

    return fixture_run("lb_options", tests);
}
