/* upstream: a connection that has served before may be dead by now. That costs
 * the client nothing and is no failure of the backend. */
#include "fixture.h"

#include <string.h>

#include "descriptors.h"
#include "probe.h"
#include "rig.h"

#define POST_ABC "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"

/* ---- a connector that has kept a connection to the first backend --------- */

static struct {
    struct rig *rig;
    int kept;       /* -1: none any more */
    int refusing;   /* fresh ones are refused */
    char asked[16]; /* for each: 'u' if a used one would do, 'f' if not */
    int asks;
} pool;

static int pool_acquire(void *self, struct backend *b, int *reused)
{
    int fd = pool.kept;

    (void)self;
    assert_in_range(pool.asks, 0, sizeof pool.asked - 2);
    pool.asked[pool.asks++] = *reused ? 'u' : 'f';
    if (*reused && fd >= 0 && b == pool.rig->set.backends) {
        pool.kept = -1;
        return fd;
    }
    if (pool.refusing && b == pool.rig->set.backends) {
        errno = ECONNREFUSED;
        return -1;
    }
    return connector_direct.acquire(NULL, b, reused);
}

static void pool_release(void *self, struct backend *b, int fd, int reusable)
{
    (void)self;
    connector_direct.release(NULL, b, fd, reusable);
}

static const struct connector pooled = {NULL, pool_acquire, pool_release};

/* Two backends; to the first there is a connection, of which *far is its end. A
 * prober to whom nobody is suspect. */
static struct rig *start(int *far)
{
    static struct prober prober;
    struct rig *rig = rig_start(2);

    memset(&pool, 0, sizeof pool);
    pool.rig = rig;
    pool.kept = descriptors_nonblocking(
        wire_connect(rig->set.backends[0].where.port));
    *far = wire_accept(rig->at[0]);
    rig->service.connector = &pooled;
    prober_init(&prober, rig->service.watch, &rig->set);
    prober_close(&prober);
    rig->service.monitor = prober_monitor(&prober);
    return rig;
}

static void end(struct rig *rig)
{
    prober_close(rig->service.monitor.self);
    if (pool.kept >= 0)
        close(pool.kept);
    rig_close(rig);
}

/* The exchange is over: it was asked for these connections, of which the last
 * had served before or not, and the first backend was to blame or not. */
static void expect_asked(struct rig *rig, const char *asked, int reused,
                         int blamed)
{
    rig_until(rig, rig->finished == 1);
    assert_string_equal(pool.asked, asked);
    assert_int_equal(rig->last.tries, (int)strlen(asked));
    assert_int_equal(rig->last.reused, reused);
    rig_settle(rig); /* a check that is due is made now */
    assert_int_equal(rig->set.backends[0].checks, blamed);
}

static void expect_counted(const struct rig *rig, int requests, int failed)
{
    assert_int_equal(rig->set.backends[0].stats.total_requests, requests);
    assert_int_equal(rig->set.backends[0].stats.failed_requests, failed);
}

/* ---- it lives ------------------------------------------------------------ */

static void one_that_lives_is_used_at_once(void **state)
{
    int far;
    struct rig *rig = start(&far);
    char head[4096];
    int client = rig_client(rig, RIG_GET);

    (void)state;
    rig_turn(rig); /* accepted, read, sent */
    assert_true(rig_is_readable(far));
    rig_read(rig, far, "\r\n\r\n", head, sizeof head);
    assert_false(rig_is_readable(rig->at[0])); /* nobody else came */
    rig_complete(rig, far, client);
    expect_asked(rig, "u", 1, 0);
    expect_counted(rig, 1, 0);
    end(rig);
}

/* It need not be waited for: its time is that of an answer. */
static void its_time_is_that_of_an_answer(void **state)
{
    int far;
    struct rig *rig = start(&far);
    char head[4096];
    int client = rig_client(rig, RIG_GET);

    (void)state;
    rig_read(rig, far, "\r\n\r\n", head, sizeof head);
    rig_pass(rig, 29999);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    rig_expect_status(rig, client, 504);
    wire_close(client);
    wire_close(far);
    expect_asked(rig, "u", 1, 0); /* who was too slow is not asked again */
    end(rig);
}

/* ---- it is dead ---------------------------------------------------------- */

static void closed_before(int far, struct rig *rig)
{
    (void)rig;
    wire_close(far);
}

static void reset_before(int far, struct rig *rig)
{
    (void)rig;
    wire_reset(far);
}

static void closed_as_the_request_came(int far, struct rig *rig)
{
    char head[4096];

    rig_read(rig, far, "\r\n\r\n", head, sizeof head);
    wire_close(far);
}

static void reset_as_the_request_came(int far, struct rig *rig)
{
    rig_until(rig, rig_is_readable(far));
    wire_reset(far);
}

static const struct {
    void (*die)(int far, struct rig *rig);
    int at_first; /* before the client has asked */
} deaths[] = {{closed_before, 1},
              {reset_before, 1},
              {closed_as_the_request_came, 0},
              {reset_as_the_request_came, 0}};

/* Though it would be the turn of the second backend. */
static void a_dead_one_is_replaced_by_one_to_the_same_backend(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        int far, client;
        struct rig *rig = start(&far);

        if (deaths[i].at_first)
            deaths[i].die(far, rig);
        client = rig_client(rig, RIG_GET);
        if (!deaths[i].at_first)
            deaths[i].die(far, rig);
        rig_answer(rig, 0);
        rig_expect(rig, client, RIG_ANSWER);
        wire_close(client);
        assert_ptr_equal(rig->last.backend, &rig->set.backends[0]);
        assert_null(rig->last.failure);
        expect_asked(rig, "uf", 0, 0);
        expect_counted(rig, 1, 0);
        assert_false(rig_is_readable(rig->at[1]));
        end(rig);
    }
}

static void a_body_goes_there_too(void **state)
{
    int far, fd, client;
    struct rig *rig = start(&far);
    char got[4096];

    (void)state;
    client = rig_client(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                             "Content-Length: 3\r\n\r\nabc");
    rig_read(rig, far, "abc", got, sizeof got);
    wire_close(far);
    fd = rig_accept(rig, 0);
    rig_read(rig, fd, "abc", got, sizeof got);
    assert_non_null(strstr(got, "\r\n\r\nabc"));
    rig_complete(rig, fd, client);
    expect_asked(rig, "uf", 0, 0);
    end(rig);
}

/* ---- then the fresh one fails -------------------------------------------- */

static void a_fresh_one_that_is_refused_is_a_failure(void **state)
{
    int far, client;
    struct rig *rig = start(&far);

    (void)state;
    pool.refusing = 1;
    wire_close(far);
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1); /* the next backend, as always */
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    expect_asked(rig, "ufu", 0, 1);
    expect_counted(rig, 1, 1);
    end(rig);
}

static void a_fresh_one_that_dies_is_one_too(void **state)
{
    int far, fd, client;
    struct rig *rig = start(&far);

    (void)state;
    wire_close(far);
    client = rig_client(rig, RIG_GET);
    fd = rig_accept(rig, 0);
    rig_until(rig, rig_is_readable(fd));
    wire_close(fd);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    expect_asked(rig, "ufu", 0, 1);
    end(rig);
}

/* ---- what is not sent twice ---------------------------------------------- */

static void a_post_that_was_sent_is_not_repeated(void **state)
{
    int far, client;
    struct rig *rig = start(&far);
    char got[4096];

    (void)state;
    client = rig_client(rig, POST_ABC);
    rig_read(rig, far, "abc", got, sizeof got);
    wire_close(far);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    expect_asked(rig, "u", 1, 0); /* not the backend's fault, all the same */
    assert_false(rig_is_readable(rig->at[0]));
    assert_false(rig_is_readable(rig->at[1]));
    end(rig);
}

/* A reset that was there before: nothing can have reached the backend. */
static void a_post_of_which_nothing_was_sent_is(void **state)
{
    int far, fd, client;
    struct rig *rig = start(&far);
    char got[4096];

    (void)state;
    wire_reset(far);
    assert_true(deadline_poll(pool.kept, POLLIN, deadline_in(10000)) != 0);
    client = rig_client(rig, POST_ABC);
    fd = rig_accept(rig, 0);
    rig_read(rig, fd, "abc", got, sizeof got);
    rig_complete(rig, fd, client);
    expect_asked(rig, "uf", 0, 0);
    end(rig);
}

static void nor_is_anything_that_has_begun_to_be_answered(void **state)
{
    int far, client;
    struct rig *rig = start(&far);
    char got[4096];

    (void)state;
    client = rig_client(rig, RIG_GET);
    rig_read(rig, far, "\r\n\r\n", got, sizeof got);
    wire_send_text(far, "HTTP/1.1 2");
    rig_read(rig, client, "HTTP/1.1 2", got, sizeof got);
    wire_reset(far);
    rig_expect_reset(rig, client);
    wire_close(client);
    expect_asked(rig, "u", 1, 0);
    assert_string_equal(rig->last.failure, "the backend broke off its answer");
    end(rig);
}

static void nor_a_body_that_we_have_no_more(void **state)
{
    static char body[2 * SESSION_BUFFER];
    char head[128];
    int far, client;
    struct rig *rig = start(&far);

    (void)state;
    snprintf(head, sizeof head,
             "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
             sizeof body + 1); /* the last byte never comes */
    client = rig_client(rig, head);
    wire_send(client, body, sizeof body);
    rig_receive(rig, far, body, sizeof body);
    wire_close(far);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    expect_asked(rig, "u", 1, 0);
    end(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_lives_is_used_at_once),
        fixture_test(its_time_is_that_of_an_answer),
        fixture_test(a_dead_one_is_replaced_by_one_to_the_same_backend),
        fixture_test(a_body_goes_there_too),
        fixture_test(a_fresh_one_that_is_refused_is_a_failure),
        fixture_test(a_fresh_one_that_dies_is_one_too),
        fixture_test(a_post_that_was_sent_is_not_repeated),
        fixture_test(a_post_of_which_nothing_was_sent_is),
        fixture_test(nor_is_anything_that_has_begun_to_be_answered),
        fixture_test(nor_a_body_that_we_have_no_more),
    };
    return fixture_run("upstream: reused connections", tests);
}
