/* logging_server: signals, clients that do not read, two servers, a full disk. */
#include "fixture.h"
#include "logs.h"
#include "stream.h"

#include <signal.h>
#include <stdlib.h>

#define LONG ((size_t)16 << 20)

static void a_signal_is_called_stop(void **state)
{
    struct program *p = start_server(LOG);
    int fd = connect_and_talk(p);

    (void)state;
    program_signal(p, SIGTERM);
    expect_int("exit status after SIGTERM", program_wait(p), 0);
    log_expect("a client that the server left", " received=6 sent=6 stop\n");
    wire_close(fd);
}

static void sent_counts_what_was_taken(void **state)
{
    struct program *p = start_server(LOG);
    int fd = wire_connect(program_port(p));
    unsigned char *sent = stream_make(LONG);
    unsigned long long in = 0, out = 0;
    const char *counts;

    (void)state;
    stream_fill(fd, sent, LONG);
    wire_reset(fd);
    log_expect("a client that did not read", " reset\n");
    counts = strstr(log_text(), "received=");
    expect_that("its line",
                counts != NULL &&
                    sscanf(counts, "received=%llu sent=%llu", &in, &out) == 2,
                "received=NUMBER sent=NUMBER");
    expect_that(about("received=%llu sent=%llu", in, out), out > 0 && out < in,
                "less sent than received: the last bytes were not taken");
    free(sent);
    program_stop(p);
}

static void two_servers_share_a_file(void **state)
{
    struct program *p[2] = {start_server(LOG), start_server(LOG)};
    int lines = 0;

    (void)state;
    for (int i = 0; i < 6; i++)
        leave(connect_and_talk(p[i % 2]));
    program_stop(p[0]);
    program_stop(p[1]);
    for (const char *at = log_text(); (at = strstr(at, "connect ")) != NULL; at++)
        lines++;
    expect_int("lines of three clients of each server", lines, 12);
}

static void a_full_disk_stops_nobody(void **state)
{
    static const char said[] = "logging_server: write /dev/full: ";
    struct program *p = start_server("/dev/full");
    char *output;

    (void)state;
    for (int i = 0; i < 3; i++)
        leave(connect_and_talk(p));
    program_expect(p, said);
    program_signal(p, SIGTERM);
    expect_int("exit status", program_wait_output(p, &output), 0);
    expect_that("the complaint", strstr(strstr(output, said) + 1, said) == NULL,
                "made once");
    free(output);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_signal_is_called_stop),
        fixture_test(sent_counts_what_was_taken),
        fixture_test(two_servers_share_a_file),
        fixture_test(a_full_disk_stops_nobody),
    };

    return fixture_run("logging_server_more", tests);
}
