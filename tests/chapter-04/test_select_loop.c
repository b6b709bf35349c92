/* select_loop on socket pairs: who is called, and who must not be. Limits and
 * errors are in test_select_limits.c, timers in test_select_timers.c. */
#include "fixture.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spy.h"

/* ---- who is called ------------------------------------------------------- */

static void calls_those_who_are_ready(void **state)
{
    struct spy busy = new_spy(), idle = new_spy();
    int a[2], b[2];

    (void)state;
    open_loop();
    pair(a);
    pair(b);
    assert_int_equal(set(a[0], WATCH_READ, &busy), 0);
    assert_int_equal(set(b[0], WATCH_READ, &idle), 0);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    fill(a[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(busy.calls, 1);
    assert_int_equal(busy.fd, a[0]);
    assert_int_equal(busy.events, WATCH_READ);
    assert_int_equal(idle.calls, 0);
    close_pair(a);
    close_pair(b);
}

static void calls_again_until_it_has_been_dealt_with(void **state)
{
    struct spy spy = new_spy();
    char byte;
    int a[2];

    (void)state;
    open_loop();
    pair(a);
    set(a[0], WATCH_READ, &spy);
    fill(a[1]);
    for (int turn = 1; turn <= 3; turn++) {
        assert_int_equal(select_loop_turn(&loop, 0), 1);
        assert_int_equal(spy.calls, turn);
    }
    assert_int_equal(read(a[0], &byte, 1), 1);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    close_pair(a);
}

static void tells_only_what_was_asked_for(void **state)
{
    static const struct {
        unsigned asked, told;
    } cases[] = {
        {WATCH_READ, WATCH_READ},
        {WATCH_WRITE, WATCH_WRITE},
        {WATCH_READ | WATCH_WRITE, WATCH_READ | WATCH_WRITE},
        {WATCH_READ, WATCH_READ}, /* the WRITE of before is gone */
    };
    struct spy spy = new_spy();
    int a[2];

    (void)state;
    open_loop();
    pair(a);
    fill(a[1]); /* a[0] can be read and written */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set(a[0], cases[i].asked, &spy);
        assert_int_equal(select_loop_turn(&loop, 0), 1);
        assert_int_equal(spy.events, cases[i].told);
    }
    close_pair(a);
}

static void the_end_of_a_stream_is_readable(void **state)
{
    struct spy spy = new_spy();
    int a[2];

    (void)state;
    open_loop();
    pair(a);
    set(a[0], WATCH_READ | WATCH_WRITE, &spy);
    close(a[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(spy.events, WATCH_READ | WATCH_WRITE);
    close(a[0]);
}

static void events_0_forgets_a_descriptor(void **state)
{
    struct spy spy = new_spy();
    int a[2], b[2];

    (void)state;
    open_loop();
    pair(a);
    pair(b);
    set(a[0], WATCH_READ | WATCH_WRITE, &spy);
    set(b[0], WATCH_READ, &spy);
    assert_int_equal(loop.interest.top, b[0]);
    assert_int_equal(set(b[0], 0, &spy), 0);
    assert_int_equal(loop.interest.top, a[0]);
    assert_int_equal(set(a[0], 0, &spy), 0);
    assert_int_equal(loop.interest.top, -1);
    fill(a[1]);
    fill(b[1]);
    close(b[1]); /* a hang-up is no reason either */
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    close_pair(a);
    close(b[0]);
}

/* ---- changes during a turn ----------------------------------------------- */

static void forget_other(struct spy *spy)
{
    struct spy unused = new_spy();

    set(spy->other, 0, &unused);
}

static void a_watcher_can_take_another_out(void **state)
{
    struct spy first = new_spy(), second = new_spy();
    int a[2], b[2];

    (void)state;
    open_loop();
    pair(a);
    pair(b);
    first.then = forget_other;
    first.other = b[0];
    set(a[0], WATCH_READ, &first);
    set(b[0], WATCH_READ, &second);
    fill(a[1]);
    fill(b[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(second.calls, 0);
    close_pair(a);
    close_pair(b);
}

static void forget_self(struct spy *spy)
{
    set(spy->fd, 0, spy);
}

static void a_watcher_can_take_itself_out(void **state)
{
    struct spy spy = new_spy();
    int a[2];

    (void)state;
    open_loop();
    pair(a);
    spy.then = forget_self;
    set(a[0], WATCH_READ, &spy);
    fill(a[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    assert_int_equal(spy.calls, 1);
    close_pair(a);
}

/* The trap: closes a descriptor that is ready, too, and opens a socket, which
 * gets its number. What select() said was about the old one. */
static struct spy newcomer;
static int newcomer_ends[2];

static void replace_other(struct spy *spy)
{
    int ends[2];

    if (newcomer.watcher.ready == NULL)
        newcomer = new_spy();
    set(spy->other, 0, spy);
    close(spy->other);
    pair(ends);
    assert_int_equal(ends[0], spy->other); /* the lowest number that is free */
    newcomer_ends[0] = spy->other;
    newcomer_ends[1] = ends[1];
    set(spy->other, WATCH_READ, &newcomer);
    spy->then = NULL;
}

static void replace_while_ready(struct spy *first, struct spy *second)
{
    int a[2], b[2];

    open_loop();
    pair(a);
    pair(b);
    assert_true(a[0] < b[0]); /* so a[0] is looked at before b[0] */
    first->then = replace_other;
    first->other = b[0];
    set(a[0], WATCH_READ, first);
    set(b[0], WATCH_READ, second);
    fill(a[1]);
    fill(b[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(newcomer.calls, 0);
    set(a[0], 0, first);

    assert_int_equal(select_loop_turn(&loop, 0), 0); /* not ready yet */
    fill(newcomer_ends[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(newcomer.calls, 1);
    close_pair(a);
    close(b[1]);
    close_pair(newcomer_ends);
}

static void a_newcomer_does_not_get_the_event_of_its_predecessor(void **state)
{
    struct spy first = new_spy(), second = new_spy();

    (void)state;
    memset(&newcomer, 0, sizeof newcomer);
    replace_while_ready(&first, &second);
    assert_int_equal(second.calls, 0);
}

/* As when a session's next backend gets the descriptor of the last one. */
static void nor_if_it_is_the_same_watcher(void **state)
{
    struct spy first = new_spy();

    (void)state;
    newcomer = new_spy();
    replace_while_ready(&first, &newcomer);
}

/* ---- a model ------------------------------------------------------------- */

#define PAIRS 24

/* What the loop should know of each pair's first end. */
static struct {
    struct spy spy;
    int ends[2];
    unsigned asked;
    int bytes; /* that lie there to be read */
} model[PAIRS];

static void change(uint32_t *seed)
{
    int i = (int)(random_next(seed) % PAIRS);
    char byte;

    switch (random_next(seed) % 4) {
    case 0:
        fill(model[i].ends[1]);
        model[i].bytes++;
        break;
    case 1:
        if (model[i].bytes > 0 && read(model[i].ends[0], &byte, 1) == 1)
            model[i].bytes--;
        break;
    default:
        model[i].asked = random_next(seed) % 4;
        set(model[i].ends[0], model[i].asked, &model[i].spy);
        break;
    }
}

static void compare(void)
{
    int calls = select_loop_turn(&loop, 0), expected = 0;

    for (int i = 0; i < PAIRS; i++) {
        unsigned ready = WATCH_WRITE | (model[i].bytes > 0 ? WATCH_READ : 0);
        unsigned told = model[i].asked & ready;

        assert_int_equal(model[i].spy.calls, told != 0);
        assert_int_equal(model[i].spy.events, told);
        expected += told != 0;
        model[i].spy.calls = 0;
        model[i].spy.events = 0;
    }
    assert_int_equal(calls, expected);
}

static void any_changes_of_interest_are_followed(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    open_loop();
    for (int i = 0; i < PAIRS; i++) {
        memset(&model[i], 0, sizeof model[i]);
        model[i].spy = new_spy();
        pair(model[i].ends);
    }
    for (int turn = 0; turn < 2000; turn++) {
        change(&seed);
        change(&seed);
        compare();
    }
    for (int i = 0; i < PAIRS; i++)
        close_pair(model[i].ends);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(calls_those_who_are_ready),
        fixture_test(calls_again_until_it_has_been_dealt_with),
        fixture_test(tells_only_what_was_asked_for),
        fixture_test(the_end_of_a_stream_is_readable),
        fixture_test(events_0_forgets_a_descriptor),
        fixture_test(a_watcher_can_take_another_out),
        fixture_test(a_watcher_can_take_itself_out),
        fixture_test(a_newcomer_does_not_get_the_event_of_its_predecessor),
        fixture_test(nor_if_it_is_the_same_watcher),
        fixture_test(any_changes_of_interest_are_followed),
    };
    return fixture_run("select_loop", tests);
}
