/* upper_server: a long stream, other locales, and its end. */
#include "expect.h"
#include "fixture.h"
#include "program.h"
#include "stream.h"
#include "wire.h"

#include <signal.h>
#include <stdlib.h>

#define PIECE ((size_t)1 << 16)

static void capitals(unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] >= 'a' && data[i] <= 'z')
            data[i] = (unsigned char)(data[i] - 32);
}

/* The server gets rid of nothing while we do not read: it has to send in
 * pieces. What did not fit when it stopped to take more is sent at the end. */
static void a_long_stream_loses_nothing(void **state)
{
    const size_t len = (size_t)10 << 20;
    struct program *p = program_start(lab_program("upper_server"), "0", NULL);
    int fd = wire_connect(program_port(p));
    unsigned char *sent = stream_make(len), *expected = stream_make(len);
    size_t waiting = stream_fill(fd, sent, len);

    (void)state;
    capitals(expected, len);
    for (size_t at = 0; at < waiting; at += PIECE)
        expect_receive(about("a long stream, from byte %zu on", at), fd,
                       expected + at,
                       waiting - at < PIECE ? waiting - at : PIECE);
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
    free(sent);
    free(expected);
}

static void every_signal_that_asks_for_it_ends_it(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct program *p = program_start(lab_program("upper_server"), "0",
                                          NULL);
        int fd = wire_connect(program_port(p));
        char answer;

        wire_send_text(fd, "a");
        wire_receive(fd, &answer, 1); /* it has begun, and sleeps again */
        program_signal(p, signals[i]);
        expect_int(about("exit status after %s", i ? "SIGTERM" : "SIGINT"),
                   program_wait(p), 0);
        wire_expect_gone(fd);
        wire_close(fd);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_long_stream_loses_nothing),
        fixture_test(every_signal_that_asks_for_it_ends_it),
    };

    return fixture_run("upper_server_more", tests);
}
