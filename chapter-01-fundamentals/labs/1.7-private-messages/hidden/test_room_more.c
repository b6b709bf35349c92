/* room: those who have left, and those who would like to do harm. */
#include "fixture.h"
#include "ears.h"

static void who_has_left_leaves_name_and_place(void **state)
{
    struct ears *e = room_of(ROOM_MEMBERS);

    (void)state;
    expect_int("room_join of one too many", room_join(&e->room, 150), -1);
    say(e, 2, "/name bob");
    room_leave(&e->room, 2);
    forget(e);
    say(e, 1, "/msg bob hi");
    expect_heard("to bob, who has left", e, "! nobody of that name\n", "", "");
    expect_int("room_join when one has left", room_join(&e->room, 150), 0);
    forget(e);
    say(e, 3, "/name bob");
    expect_heard("3 becomes bob", e, "* guest3 is bob now\n", "", "");
}

static void nobody_moves_the_cursor_of_another(void **state)
{
    struct ears *e = room_of(3);
    char line[ROOM_LINE + 1], heard[ROOM_LINE + 32];

    (void)state;
    say(e, 1, "/msg guest2 a\x1b[2J\r\x7f\xc3\x9f");
    expect_heard("in private", e, "", "guest1 (to you): a?[2J??\xc3\x9f\n", "");
    say(e, 1, "\t\x01");
    expect_heard("to all", e, "", "guest1: ??\n", "guest1: ??\n");
    memset(line, 'x', ROOM_LINE);
    line[ROOM_LINE] = '\0';
    snprintf(heard, sizeof heard, "guest1: %s\n", line);
    say(e, 1, line);
    expect_heard("the longest line", e, "", heard, heard);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_has_left_leaves_name_and_place),
        fixture_test(nobody_moves_the_cursor_of_another),
    };

    return fixture_run("room_more", tests);
}
