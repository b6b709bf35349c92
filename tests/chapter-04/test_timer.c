/* timer: lists of timers, and what a timer that rings may do to them. */
#include "fixture.h"

#include <stdlib.h>

#include "clock.h"
#include "timer.h"

#define COUNT 8

/* A timer that notes when it was rung, and then does what the test wants. */
struct bell {
    struct timer timer;
    int rings, turn; /* how often; the last time as the how-manieth */
    void (*then)(struct bell *self);
    struct bell *other;
};

static struct bell bells[COUNT];
static struct timer *list, *elsewhere;
static int rung;

static void note(void *owner)
{
    struct bell *bell = owner;

    assert_true(bell->timer.at_ms == CLOCK_NEVER); /* not set any more ... */
    assert_null(bell->timer.link);                 /* ... and in no list */
    bell->rings++;
    bell->turn = rung++;
    if (bell->then != NULL)
        bell->then(bell);
}

static void begin(void)
{
    list = elsewhere = NULL;
    rung = 0;
    for (int i = 0; i < COUNT; i++) {
        bells[i].rings = bells[i].turn = 0;
        bells[i].then = NULL;
        timer_init(&bells[i].timer, note, &bells[i]);
    }
}

static void put(int i)
{
    bells[i].timer.at_ms = 5;
    timer_link(&bells[i].timer, &list);
}

/* The list has exactly these, and each knows what points to it. */
static void expect_list(const char *order)
{
    struct timer **link = &list;

    for (; *order != '\0'; order++) {
        struct timer *t = *link;

        assert_ptr_equal(t, &bells[*order - '0'].timer);
        assert_ptr_equal(t->link, link);
        link = &t->next;
    }
    assert_null(*link);
}

/* ---- lists --------------------------------------------------------------- */

static void begins_unset(void **state)
{
    const struct timer *t = &bells[0].timer;

    (void)state;
    begin();
    assert_true(t->at_ms == CLOCK_NEVER);
    assert_null(t->link);
    assert_ptr_equal(t->owner, &bells[0]);
}

static void goes_to_the_front(void **state)
{
    (void)state;
    begin();
    expect_list("");
    put(0);
    expect_list("0");
    put(1);
    put(2);
    expect_list("210");
}

static void comes_out_wherever_it_is(void **state)
{
    static const struct {
        int out;
        const char *left;
    } cases[] = {{3, "210"}, {2, "310"}, {1, "320"}, {0, "321"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timer *t = &bells[cases[i].out].timer;

        begin();
        for (int n = 0; n < 4; n++)
            put(n);
        for (int twice = 0; twice < 2; twice++) { /* in none: no harm */
            timer_unlink(t);
            expect_list(cases[i].left);
            assert_null(t->link);
        }
        put(cases[i].out);
        assert_ptr_equal(list, t);
    }
}

/* ---- ringing ------------------------------------------------------------- */

static void all_are_rung_once(void **state)
{
    (void)state;
    begin();
    assert_int_equal(timer_ring_all(&list), 0);
    for (int i = 0; i < COUNT; i++)
        put(i);
    assert_int_equal(timer_ring_all(&list), COUNT);
    expect_list("");
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(bells[i].rings, 1);
        assert_int_equal(bells[i].turn, COUNT - 1 - i); /* from the front on */
    }
    assert_int_equal(timer_ring_all(&list), 0);
}

static void unset_other(struct bell *self)
{
    timer_unlink(&self->other->timer);
}

static void one_that_is_unset_meanwhile_is_not_rung(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 4; i++)
        put(i); /* rung as 3, 2, 1, 0 */
    bells[3].then = bells[2].then = unset_other;
    bells[3].other = &bells[1]; /* in the middle */
    bells[2].other = &bells[0]; /* the last one */
    assert_int_equal(timer_ring_all(&list), 2);
    assert_int_equal(bells[1].rings + bells[0].rings, 0);
    expect_list("");
}

static void set_again_three_times(struct bell *self)
{
    if (self->rings < 4)
        put((int)(self - bells));
}

static void what_is_put_into_the_list_is_rung_too(void **state)
{
    (void)state;
    begin();
    put(0);
    put(1);
    bells[1].then = set_again_three_times;
    assert_int_equal(timer_ring_all(&list), 5);
    assert_int_equal(bells[0].rings, 1);
    assert_int_equal(bells[1].rings, 4);
}

static void put_elsewhere(struct bell *self)
{
    timer_link(&self->timer, &elsewhere);
    timer_unlink(&self->other->timer);
    timer_link(&self->other->timer, &elsewhere);
}

static void what_is_put_elsewhere_stays_there(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 3; i++)
        put(i);
    bells[2].then = put_elsewhere;
    bells[2].other = &bells[0];
    assert_int_equal(timer_ring_all(&list), 2);
    assert_int_equal(bells[0].rings, 0);
    assert_ptr_equal(elsewhere, &bells[0].timer);
    assert_ptr_equal(elsewhere->next, &bells[2].timer);
}

/* ---- its owner may go ---------------------------------------------------- */

static int *freed;

static void free_owner(void *owner)
{
    ++*freed;
    free(owner);
}

/* ASan and valgrind see it if anybody looks at it afterwards. */
static void an_owner_may_free_itself(void **state)
{
    struct timer *owners[3];
    int count = 0;

    (void)state;
    begin();
    freed = &count;
    for (int i = 0; i < 3; i++) {
        owners[i] = malloc(sizeof *owners[i]);
        timer_init(owners[i], free_owner, owners[i]);
        timer_link(owners[i], &list);
    }
    assert_int_equal(timer_ring_all(&list), 3);
    assert_int_equal(count, 3);
}

static void free_first(struct bell *self)
{
    struct timer *t = list; /* the next one to ring */

    (void)self;
    timer_unlink(t);
    free(t);
}

static void or_another(void **state)
{
    struct timer *victim = malloc(sizeof *victim);

    (void)state;
    begin();
    put(0);
    timer_init(victim, free_owner, victim);
    timer_link(victim, &list);
    put(1);
    bells[1].then = free_first;
    assert_int_equal(timer_ring_all(&list), 2);
    assert_int_equal(bells[0].rings, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(begins_unset),
        fixture_test(goes_to_the_front),
        fixture_test(comes_out_wherever_it_is),
        fixture_test(all_are_rung_once),
        fixture_test(one_that_is_unset_meanwhile_is_not_rung),
        fixture_test(what_is_put_into_the_list_is_rung_too),
        fixture_test(what_is_put_elsewhere_stays_there),
        fixture_test(an_owner_may_free_itself),
        fixture_test(or_another),
    };
    return fixture_run("timer", tests);
}
