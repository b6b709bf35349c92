/* chat_server: last words, one who does not listen, and a crowd. */
#include "fixture.h"
#include "guests.h"

#include <sys/socket.h>

#define CROWD  100
#define LINES  20000 /* at most, for the one who does not read */
#define LENGTH 1000

static void the_last_words_come_before_the_end(void **state)
{
    struct program *p = start_chat();
    int fds[2];

    (void)state;
    join(p, fds, 2);
    wire_send_text(fds[1], "bye\nand");
    wire_close(fds[1]);
    expect_hears(1, fds[0], "2: bye\n* 2 left\n");
    end_chat(p, fds, 1);
}

/* Client 1 sleeps, client 2 talks, client 3 hears all of it until 1 is gone. */
static void who_does_not_read_delays_nobody(void **state)
{
    struct program *p = start_chat();
    int fds[3], size = 4096, gone = 0;
    char line[LENGTH + 1], heard[LENGTH + 16];

    (void)state;
    join(p, fds, 3);
    setsockopt(fds[0], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    memset(line, 'x', LENGTH - 1);
    line[LENGTH - 1] = '\n';
    line[LENGTH] = '\0';
    for (int i = 0; i < LINES && !gone; i++) {
        wire_send(fds[1], line, LENGTH);
        wire_receive_until(fds[2], "\n", heard, sizeof heard);
        if (heard[0] == '*') {
            expect_text("what client 3 hears of the one who does not read",
                        heard, "* 1 left\n");
            gone = 1;
        } else {
            expect_int("bytes of a line that client 3 hears",
                       (long long)strlen(heard), LENGTH + 3);
        }
    }
    expect_that("the client that does not read", gone, "ended in the end");
    end_chat(p, fds, 3);
}

static void a_hundred_clients_talk_at_once(void **state)
{
    static char heard[CROWD * 16];
    struct program *p = start_chat();
    int fds[CROWD];

    (void)state;
    for (int i = 0; i < CROWD; i++)
        fds[i] = wire_connect(program_port(p));
    wire_send_text(fds[CROWD - 1], "hi\n");
    for (int i = 0; i < CROWD - 1; i++)
        wire_receive_until(fds[i], "100: hi\n", heard, sizeof heard);
    end_chat(p, fds, CROWD);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_last_words_come_before_the_end),
        fixture_test(who_does_not_read_delays_nobody),
        fixture_test(a_hundred_clients_talk_at_once),
    };

    return fixture_run("chat_server_more", tests);
}
