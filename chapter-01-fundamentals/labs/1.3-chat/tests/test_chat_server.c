/* chat_server: who hears what. */
#include "fixture.h"
#include "guests.h"

static void listens_and_says_so(void **state)
{
    struct program *p = start_chat();

    (void)state;
    program_expect(p, "chat_server listening on ");
    wire_close(wire_connect(program_port(p)));
    program_stop(p);
}

static void who_comes_and_goes_is_told(void **state)
{
    struct program *p = start_chat();
    int fds[3];

    (void)state;
    join(p, fds, 3);
    wire_shut(fds[2]);
    expect_hears(1, fds[0], "* 3 left\n");
    expect_hears(2, fds[1], "* 3 left\n");
    wire_expect_end(fds[2]);
    wire_reset(fds[1]);
    expect_hears(1, fds[0], "* 2 left\n");
    wire_close(fds[2]);
    end_chat(p, fds, 1);
}

static void a_line_goes_to_all_others(void **state)
{
    struct program *p = start_chat();
    int fds[3];

    (void)state;
    join(p, fds, 3);
    wire_send_text(fds[0], "hello\n");
    expect_hears(2, fds[1], "1: hello\n");
    expect_hears(3, fds[2], "1: hello\n");
    wire_send_text(fds[1], "hi\n");
    expect_hears(1, fds[0], "2: hi\n"); /* and not its own line */
    expect_hears(3, fds[2], "2: hi\n");
    end_chat(p, fds, 3);
}

/* Between two pieces another one talks: so they are not taken as one. */
static void a_line_may_come_in_pieces(void **state)
{
    struct program *p = start_chat();
    int fds[3];

    (void)state;
    join(p, fds, 3);
    wire_send_text(fds[0], "one\n\ntwo\nth");
    expect_hears(2, fds[1], "1: one\n1: \n1: two\n");
    wire_send_text(fds[2], "-\n");
    expect_hears(2, fds[1], "3: -\n");
    wire_send_text(fds[0], "ree\n");
    expect_hears(2, fds[1], "1: three\n");
    end_chat(p, fds, 3);
}

static void control_characters_become_question_marks(void **state)
{
    struct program *p = start_chat();
    int fds[2];

    (void)state;
    join(p, fds, 2);
    wire_send(fds[0], "a\0b\x1b[2J\x7f\t~ \xc3\x9f\r\n", 15);
    expect_hears(2, fds[1], "1: a?b?[2J??~ \xc3\x9f?\n");
    end_chat(p, fds, 2);
}

static void a_line_that_is_too_long_ends_its_client(void **state)
{
    struct program *p = start_chat();
    char line[1025], heard[1028] = "2: ";
    int fds[2];

    (void)state;
    join(p, fds, 2);
    memset(line, 'x', sizeof line);
    memset(heard + 3, 'x', 1023);
    line[1023] = heard[1026] = '\n';
    wire_send(fds[1], line, 1024);
    expect_receive("what client 1 hears of 1024 bytes", fds[0], heard, 1027);
    line[1023] = 'x';
    wire_send(fds[1], line, 1025);
    expect_hears(1, fds[0], "* 2 left\n");
    wire_expect_gone(fds[1]);
    end_chat(p, fds, 2);
}

static void a_number_is_given_once(void **state)
{
    struct program *p = start_chat();
    int fds[3];

    (void)state;
    join(p, fds, 2);
    wire_close(fds[1]);
    expect_hears(1, fds[0], "* 2 left\n");
    fds[1] = wire_connect(program_port(p));
    expect_hears(1, fds[0], "* 3 joined\n");
    wire_send_text(fds[1], "me\n");
    expect_hears(1, fds[0], "3: me\n");
    end_chat(p, fds, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(listens_and_says_so),
        fixture_test(who_comes_and_goes_is_told),
        fixture_test(a_line_goes_to_all_others),
        fixture_test(a_line_may_come_in_pieces),
        fixture_test(control_characters_become_question_marks),
        fixture_test(a_line_that_is_too_long_ends_its_client),
        fixture_test(a_number_is_given_once),
    };

    return fixture_run("chat_server", tests);
}
