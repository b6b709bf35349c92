/* room: names, lines for all, and lines for one. */
#include "fixture.h"
#include "ears.h"

static void who_joins_and_leaves_is_told(void **state)
{
    struct ears *e = room_of(2);

    (void)state;
    room_join(&e->room, 3);
    expect_heard("3 joins", e, "* guest3 joined\n", "* guest3 joined\n", "");
    room_leave(&e->room, 2);
    expect_heard("2 leaves", e, "* guest2 left\n", "", "* guest2 left\n");
}

static void all_others_hear_a_line(void **state)
{
    struct ears *e = room_of(3);

    (void)state;
    say(e, 2, "hello all");
    expect_heard("2 says hello all", e, "guest2: hello all\n", "",
                 "guest2: hello all\n");
    say(e, 1, "");
    expect_heard("1 says nothing", e, "", "guest1: \n", "guest1: \n");
}

static void a_name_is_taken(void **state)
{
    struct ears *e = room_of(3);

    (void)state;
    say(e, 1, "/name ann");
    expect_heard("1 becomes ann", e, "", "* guest1 is ann now\n",
                 "* guest1 is ann now\n");
    say(e, 1, "hi");
    expect_heard("ann says hi", e, "", "ann: hi\n", "ann: hi\n");
    room_leave(&e->room, 1);
    expect_heard("ann leaves", e, "", "* ann left\n", "* ann left\n");
}

static void a_name_belongs_to_one(void **state)
{
    struct ears *e = room_of(3);

    (void)state;
    say(e, 1, "/name ann");
    forget(e);
    say(e, 2, "/name ann");
    expect_heard("2 wants to be ann", e, "", "! taken\n", "");
    say(e, 2, "/name Ann");
    expect_heard("2 wants to be Ann", e, "", "! taken\n", "");
    say(e, 1, "/name Ann");
    expect_heard("ann wants to be Ann", e, "", "* ann is Ann now\n",
                 "* ann is Ann now\n");
}

static void what_is_no_name_is_refused(void **state)
{
    static const char *const names[] = {"", "a b", " a", "a:", "\xc3\x9f", "a\r",
                                        "abcdefghijklmnopq", "guest9",
                                        "GUESTS"};
    struct ears *e = room_of(3);
    char line[64];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(line, sizeof line, "/name %s", names[i]);
        say(e, 2, line);
        expect_heard(line, e, "", "! not a name\n", "");
    }
    say(e, 2, "/name abcdefghijklmno_");
    expect_heard("a name of 16 bytes", e,
                 "* guest2 is abcdefghijklmno_ now\n", "",
                 "* guest2 is abcdefghijklmno_ now\n");
}

static void a_private_line_reaches_one(void **state)
{
    struct ears *e = room_of(3);

    (void)state;
    say(e, 2, "/name bob");
    forget(e);
    say(e, 1, "/msg bob hi you");
    expect_heard("1 to bob", e, "", "guest1 (to you): hi you\n", "");
    say(e, 2, "/msg GUEST3  /name x");
    expect_heard("bob to guest3", e, "", "", "bob (to you):  /name x\n");
}

static void a_private_line_needs_somebody_and_words(void **state)
{
    static const char *const none[] = {"/msg bob hi", "/msg guest hi",
                                       "/msg guest22 hi", "/msg  guest2 hi",
                                       "/msg "};
    struct ears *e = room_of(3);

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        say(e, 1, none[i]);
        expect_heard(none[i], e, "! nobody of that name\n", "", "");
    }
    say(e, 1, "/msg guest2");
    expect_heard("no words", e, "! nothing to say\n", "", "");
    say(e, 1, "/msg guest2 ");
    expect_heard("no words, but a space", e, "! nothing to say\n", "", "");
}

static void what_is_no_command_is_refused(void **state)
{
    static const char *const lines[] = {"/", "/msgs guest2 hi", "/names ann",
                                        "/MSG guest2 hi", "/msg", "/name"};
    struct ears *e = room_of(3);

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        say(e, 3, lines[i]);
        expect_heard(lines[i], e, "", "", "! no such command\n");
    }
    say(e, 3, " /msg");
    expect_heard("a space in front", e, "guest3:  /msg\n", "guest3:  /msg\n",
                 "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_joins_and_leaves_is_told),
        fixture_test(all_others_hear_a_line),
        fixture_test(a_name_is_taken),
        fixture_test(a_name_belongs_to_one),
        fixture_test(what_is_no_name_is_refused),
        fixture_test(a_private_line_reaches_one),
        fixture_test(a_private_line_needs_somebody_and_words),
        fixture_test(what_is_no_command_is_refused),
    };

    return fixture_run("room", tests);
}
