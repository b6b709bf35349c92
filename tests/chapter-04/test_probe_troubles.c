/* probe: backends with several addresses, and troubles of our own. */
#include "fixture.h"

#include <sys/resource.h>

#include "lone_prober.h"

/* ---- several addresses --------------------------------------------------- */

/* Gives the backend the addresses of several ports, as a name may have. */
static void set_addresses(struct backend *b, const int *ports, int count)
{
    struct net_addresses one;

    for (int i = 0; i < count; i++) {
        assert_int_equal(net_resolve("127.0.0.1", ports[i], &one), 0);
        b->addresses.at[i] = one.at[0];
    }
    b->addresses.count = count;
}

static void any_address_that_answers_is_enough(void **state)
{
    int port, listener = wire_listen(&port);
    int dead, holder = refusing(&dead);
    const int ports[] = {dead, dead, port};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    set_addresses(b, ports, 3);
    open_prober();
    check_all();
    assert_int_equal(b->checks, 1);
    assert_true(b->is_healthy);
    assert_int_equal(b->preferred, 2); /* requests go there, too */
    pass(PROBE_INTERVAL_MS);
    decide(0); /* at once: it is asked first now */
    assert_int_equal(b->checks, 2);
    wire_close(listener);
    wire_close(holder);
}

static void it_is_down_when_no_address_answers(void **state)
{
    int dead, holder = refusing(&dead);
    const int ports[] = {dead, dead, dead};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(ports[0]);
    set_addresses(b, ports, 3);
    open_prober();
    check_all();
    assert_int_equal(b->checks, 1); /* one check, however many addresses */
    assert_false(b->is_healthy);
    wire_close(holder);
}

static void after_a_silent_address_the_next_is_asked(void **state)
{
    int port, listener = wire_listen(&port);
    const int ports[] = {port, port};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    set_addresses(b, ports, 2);
    open_prober();
    check_one(b, 0);
    assert_int_equal(b->preferred, 1);
    wire_close(listener);
}

/* ---- our own troubles ---------------------------------------------------- */

/* Nothing is known of a backend that we have no descriptor to ask with. */
static void a_lack_of_descriptors_is_no_failure(void **state)
{
    int port, listener = wire_listen(&port);
    struct rlimit limit, none;
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    for (int i = 0; i < 2 * PROBE_FALL; i++) {
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        pass((uint64_t)due_in_ms(0));
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(fd_of(0), -1);
        assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    }
    assert_int_equal(b->checks, 1);
    assert_int_equal(b->streak, 0);
    assert_true(b->is_healthy);
    wire_close(listener);
}

static void nor_is_a_loop_that_is_full(void **state)
{
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    fake.failing = 1;
    pass(PROBE_INTERVAL_MS);
    fake.failing = 0;
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    assert_int_equal(fd_of(0), -1);
    assert_int_equal(b->checks, 1);
    wire_close(listener);
}

/* But the first check has to say something: nobody waits for ever for the
 * program to be ready. */
static void the_first_check_counts_in_any_case(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    open_prober();
    fake.failing = 1;
    pass(0);
    fake.failing = 0;
    assert_true(prober_knows_all(&prober));
    assert_false(set.backends[0].is_healthy);
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    wire_close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(any_address_that_answers_is_enough),
        fixture_test(it_is_down_when_no_address_answers),
        fixture_test(after_a_silent_address_the_next_is_asked),
        fixture_test(a_lack_of_descriptors_is_no_failure),
        fixture_test(nor_is_a_loop_that_is_full),
        fixture_test(the_first_check_counts_in_any_case),
    };
    return fixture_run("probe_troubles", tests);
}
