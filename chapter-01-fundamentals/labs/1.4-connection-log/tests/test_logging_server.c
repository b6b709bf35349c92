/* logging_server: what stands in its file, and when. */
#include "fixture.h"
#include "logs.h"

#include <stdlib.h>

static void listens_and_says_so(void **state)
{
    struct program *p = start_server(LOG);

    (void)state;
    program_expect(p, "logging_server listening on ");
    leave(connect_and_talk(p));
    program_stop(p);
}

static void a_line_when_a_client_comes(void **state)
{
    struct program *p = start_server(LOG);
    int fd = connect_and_talk(p);
    char form[64];
    size_t len;

    (void)state;
    log_expect("a client that is still there", "\n");
    snprintf(form, sizeof form, "%s", log_text());
    len = strlen(form);
    for (size_t i = 0; i < len; i++)
        if (form[i] >= '0' && form[i] <= '9' && (i < 20 || i > 38))
            form[i] = '0';
    if (len > 40) /* a port has one to five digits */
        snprintf(form + 39, sizeof form - 39, "PORT\n");
    expect_text("the first line, with the digits of time as 0", form,
                "0000-00-00T00:00:00Z connect 127.0.0.1:PORT\n");
    leave(fd);
    program_stop(p);
}

static void a_line_when_it_goes(void **state)
{
    struct program *p = start_server(LOG);

    (void)state;
    leave(connect_and_talk(p));
    log_expect("a client that has gone", " received=6 sent=6 end\n");
    expect_that("the second line", strstr(log_text(), "Z disconnect 127.0.0.1:")
                                       != NULL,
                "\"TIME disconnect 127.0.0.1:PORT received=6 sent=6 end\"");
    program_stop(p);
}

static void lines_go_behind_what_is_there(void **state)
{
    FILE *f = fopen(LOG, "w");
    struct program *p;

    (void)state;
    expect_that("the directory of the test", f != NULL, "one can write there");
    fputs("yesterday\n", f);
    fclose(f);
    p = start_server(LOG);
    leave(connect_and_talk(p));
    log_expect("the new line", "Z connect ");
    expect_that("the old line", strncmp(log_text(), "yesterday\n", 10) == 0,
                "still the first");
    program_stop(p);
}

static void a_file_that_cannot_be_opened_is_told(void **state)
{
    const char *const argv[] = {lab_program("logging_server"), "0",
                                "nowhere/clients.log", NULL};
    struct program *p = program_spawn(argv);

    (void)state;
    program_expect(p, "\n");
    expect_text("what it prints", program_output(p),
                "logging_server: open nowhere/clients.log: No such file or "
                "directory\n");
    expect_int("exit status", program_wait(p), 1);
}

static void a_reset_is_called_reset(void **state)
{
    struct program *p = start_server(LOG);

    (void)state;
    wire_reset(connect_and_talk(p));
    log_expect("a client that was reset", " received=6 sent=6 reset\n");
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(listens_and_says_so),
        fixture_test(a_line_when_a_client_comes),
        fixture_test(a_line_when_it_goes),
        fixture_test(lines_go_behind_what_is_there),
        fixture_test(a_file_that_cannot_be_opened_is_told),
        fixture_test(a_reset_is_called_reset),
    };

    return fixture_run("logging_server", tests);
}
