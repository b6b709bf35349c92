/* metrics_lb: the command line, and what can fail at the start. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lb_command.h"
#include "measured_lb.h"

static const struct lb_command me = {LB_PROGRAM,
                                     "HOST:PORT or HOST:PORT:WEIGHT"};

#define NO_PORT "not a port (0 to 65535)"
#define NO_FORMAT "neither combined nor json"

static const struct lb_command_case wrong[] = {
    {{"8080", "h:1", "-m"}, "missing value after", "-m"},
    {{"8080", "h:1", "-m", ""}, NO_PORT, ""},
    {{"8080", "h:1", "-m", "80x"}, NO_PORT, "80x"},
    {{"8080", "h:1", "-m", "-1"}, NO_PORT, "-1"},
    {{"8080", "h:1", "-m", "70000"}, NO_PORT, "70000"},
    {{"8080", "h:1", "-m65536"}, NO_PORT, "65536"},
    {{"8080", "h:1", "-o"}, "missing value after", "-o"},
    {{"8080", "h:1", "-f"}, "missing value after", "-f"},
    {{"8080", "h:1", "-f", "xml"}, NO_FORMAT, "xml"},
    {{"8080", "h:1", "-f", "JSON"}, NO_FORMAT, "JSON"},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    lb_command_refuses_what_is_wrong(&me);
    lb_command_refuses(&me, wrong, sizeof wrong / sizeof *wrong);
}

static void explains_itself(void **state)
{
    (void)state;
    lb_command_explains_itself(
        &me, "PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n", "aptrblmof");
}

static void takes_its_options_anywhere(void **state)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"-m", "0", "0", "127.0.0.1:1"},
        {"0", "127.0.0.1:1", "-m0", "-o/dev/null", "-fjson"},
        {"0", "-o", "/dev/null", "127.0.0.1:1", "-m0"},
    };

    (void)state;
    lb_command_accepts(&me, lines, sizeof lines / sizeof *lines);
}

/* Runs it to its end, which must come by itself, with status 1 and this line. */
static void expect_failure(const char *const argv[], const char *says)
{
    struct run r = program_run(argv, NULL, 0);

    assert_int_equal(r.status, 1);
    if (strstr(r.err, says) == NULL)
        fail_msg("expected: %s\ngot: %s", says, r.err);
    assert_null(strstr(r.out, "metrics_lb listening"));
    run_free(&r);
}

static void an_admin_port_in_use_ends_it(void **state)
{
    char port[16], says[128];
    int number, taken = wire_listen(&number);
    const char *const argv[] = {LB_PROGRAM, "0", "127.0.0.1:1", "-m", port,
                                NULL};

    (void)state;
    snprintf(port, sizeof port, "%d", number);
    snprintf(says, sizeof says,
             "metrics_lb admin: listen on 127.0.0.1 port %d: ", number);
    expect_failure(argv, says);
    wire_close(taken);
}

static void a_port_in_use_ends_it_with_the_admin_port(void **state)
{
    char port[16];
    int number, taken = wire_listen(&number);
    const char *const argv[] = {LB_PROGRAM, port, "127.0.0.1:1", "-m", "0",
                                "-o", "/dev/null", NULL};

    (void)state;
    snprintf(port, sizeof port, "%d", number);
    expect_failure(argv, "metrics_lb: listen on port ");
    wire_close(taken);
}

static void a_log_that_cannot_be_opened_ends_it(void **state)
{
    const char *const argv[] = {LB_PROGRAM, "0", "127.0.0.1:1", "-o",
                                "/nowhere/at/all", NULL};

    (void)state;
    expect_failure(argv, "metrics_lb: access log /nowhere/at/all: ");
}

/* Another address of this machine, as good as any from outside. */
static void expect_refused_elsewhere(int port)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(0x7f000002)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), -1);
    close(fd);
}

/* On 127.0.0.1 only: who is not on this machine cannot ask. */
static void the_admin_port_is_not_for_everybody(void **state)
{
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-m", "0"}});
    expect_health(admin_port(lb.program), 200, "ok\n");
    expect_refused_elsewhere(admin_port(lb.program));
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_itself),
        fixture_test(takes_its_options_anywhere),
        fixture_test(an_admin_port_in_use_ends_it),
        fixture_test(a_port_in_use_ends_it_with_the_admin_port),
        fixture_test(a_log_that_cannot_be_opened_ends_it),
        fixture_test(the_admin_port_is_not_for_everybody),
    };

    return fixture_run("metrics_lb_command", tests);
}
