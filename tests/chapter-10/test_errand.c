/* errand: what the master and a worker tell each other. */
#include "fixture.h"

#include "errand.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int ends[2];

static void begin(void)
{
    assert_int_equal(errand_pair(ends), 0);
}

static void end(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void expect(int fd, enum errand_kind kind, int value)
{
    struct errand errand = {0, 0};

    assert_int_equal(errand_receive(fd, &errand), 1);
    assert_int_equal(errand.kind, kind);
    assert_int_equal(errand.value, value);
}

static void errands_arrive_in_order_both_ways(void **state)
{
    struct errand errand;

    (void)state;
    begin();
    assert_int_equal(errand_receive(ends[0], &errand), 0);
    assert_int_equal(errand_send(ends[1], ERRAND_READY, 0), 0);
    assert_int_equal(errand_send(ends[1], ERRAND_FAILED, 255), 0);
    assert_int_equal(errand_send(ends[0], ERRAND_RETIRE, -1), 0);
    expect(ends[0], ERRAND_READY, 0);
    expect(ends[0], ERRAND_FAILED, 255);
    assert_int_equal(errand_receive(ends[0], &errand), 0);
    expect(ends[1], ERRAND_RETIRE, -1);
    assert_int_equal(errand_receive(ends[1], &errand), 0);
    end();
}

static void neither_end_waits_nor_survives_an_exec(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 2; i++) {
        assert_true(fcntl(ends[i], F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(ends[i], F_GETFD) & FD_CLOEXEC);
    }
    end();
}

/* The last of those that fit was as whole as the first. */
static void a_full_pair_drops_whole_errands(void **state)
{
    struct errand errand;
    int sent = 0;

    (void)state;
    begin();
    while (errand_send(ends[0], ERRAND_HEALTH, sent) == 0) {
        sent++;
        assert_in_range(sent, 1, 10000000);
    }
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    for (int i = 0; i < sent; i++)
        expect(ends[1], ERRAND_HEALTH, i);
    assert_int_equal(errand_receive(ends[1], &errand), 0);
    assert_int_equal(errand_send(ends[0], ERRAND_DRAIN, 1), 0);
    expect(ends[1], ERRAND_DRAIN, 1);
    end();
}

static void what_was_sent_before_the_end_is_heard_then_the_end(void **state)
{
    struct errand errand;

    (void)state;
    begin();
    assert_int_equal(errand_send(ends[0], ERRAND_FAILED, 3), 0);
    close(ends[0]);
    expect(ends[1], ERRAND_FAILED, 3);
    assert_int_equal(errand_receive(ends[1], &errand), -1);
    assert_int_equal(errand_receive(ends[1], &errand), -1);
    close(ends[1]);
}

static void nothing_can_be_sent_to_one_that_has_ended(void **state)
{
    (void)state;
    begin();
    close(ends[1]);
    assert_int_equal(errand_send(ends[0], ERRAND_HEALTH, 0), -1);
    assert_int_equal(errno, EPIPE);
    close(ends[0]);
}

/* Nobody sends such a thing; it must not be taken for an errand. */
static void half_an_errand_is_the_end(void **state)
{
    struct errand errand;

    (void)state;
    begin();
    wire_send(ends[0], "\1\0\0", 3);
    assert_int_equal(errand_receive(ends[1], &errand), -1);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(errands_arrive_in_order_both_ways),
        fixture_test(neither_end_waits_nor_survives_an_exec),
        fixture_test(a_full_pair_drops_whole_errands),
        fixture_test(what_was_sent_before_the_end_is_heard_then_the_end),
        fixture_test(nothing_can_be_sent_to_one_that_has_ended),
        fixture_test(half_an_errand_is_the_end),
    };

    return fixture_run("errand", tests);
}
