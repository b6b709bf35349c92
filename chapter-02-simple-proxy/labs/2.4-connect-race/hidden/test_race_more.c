/* race: an answer that comes late, a signal, and wrong command lines. */
#include "fixture.h"
#include "program.h"
#include "runners.h"
#include "signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

/* After 400 ms, in a child, room in the queue: the next SYN is answered. */
static pid_t come_to_life(const struct dead *d)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    poll(NULL, 0, 400);
    for (;;) {
        struct pollfd wait = {d->listener, POLLIN, 0};

        if (poll(&wait, 1, 8000) <= 0)
            _exit(0);
        accept(d->listener, NULL, NULL);
    }
}

static void the_first_may_still_win(void **state)
{
    struct dead first = dead_open(), second = dead_open();
    const int ports[2] = {first.port, second.port};
    pid_t child = come_to_life(&first);

    (void)state;
    expect_winner("one that was dead for 400 ms, dead", ports, 2, 0, 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    dead_close(&first);
    dead_close(&second);
}

static void a_signal_ends_the_race(void **state)
{
    struct dead d = dead_open();
    const int ports[1] = {d.port};

    (void)state;
    expect_int("signals_open", signals_open(), 0);
    raise(SIGTERM);
    expect_error("dead, and SIGTERM has come", ports, 1, EINTR);
    close(signals_fd());
    close(signals_fd() + 1);
    dead_close(&d);
}

static void a_wrong_limit_is_a_wrong_command_line(void **state)
{
    static const char *const wrong[] = {"0", "60001", "-1", "x", "5s", ""};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const argv[] = {lab_program("reverse_proxy"), "-c",
                                    wrong[i], "0", "127.0.0.1:1", NULL};
        struct program *p = program_spawn(argv);

        program_expect(p, "\n");
        expect_that(about("what -c \"%s\" says:\n%s", wrong[i],
                          program_output(p)),
                    strncmp(program_output(p), "reverse_proxy listening",
                            23) != 0, "what is wrong");
        expect_int(about("the status of -c \"%s\"", wrong[i]), program_wait(p),
                   2);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_first_may_still_win),
        fixture_test(a_signal_ends_the_race),
        fixture_test(a_wrong_limit_is_a_wrong_command_line),
    };

    return fixture_run("race_more", tests);
}
