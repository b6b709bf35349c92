/* conn_pool watched by a loop: whatever is done to it, in whatever order, it does
 * what a model made of two arrays says. */
#include "fixture.h"

#include "watched_pool.h"

#define MODEL_MAX 24

/* What a pool should be: two arrays. */
struct model {
    int max_size, idle_count, lent_count;
    uint64_t ttl_ms, lent, reused;
    struct {
        int fd;
        uint64_t since_ms;
    } idle[MODEL_MAX + 1]; /* oldest first */
    int out[MODEL_MAX];    /* lent */
};

static void model_forget(struct model *m, int i)
{
    assert_false(rig_is_open(m->idle[i].fd));
    m->idle_count--;
    memmove(&m->idle[i], &m->idle[i + 1],
            (size_t)(m->idle_count - i) * sizeof m->idle[0]);
}

/* Closed are those whose time has come. */
static void model_age(struct model *m)
{
    while (m->idle_count > 0 &&
           rig.now_ms - m->idle[0].since_ms >= m->ttl_ms)
        model_forget(m, 0);
}

static void model_take(struct model *m, conn_pool_t *pool)
{
    int fd;

    if (m->lent_count == MODEL_MAX)
        return;
    fd = conn_pool_take_idle(pool);
    model_age(m);
    if (m->idle_count == 0) {
        assert_int_equal(fd, -1);
        fd = rig_lend(&rig, pool);
    } else {
        assert_int_equal(fd, m->idle[--m->idle_count].fd);
        m->reused++;
    }
    m->lent++;
    m->out[m->lent_count++] = fd;
}

static void model_return(struct model *m, conn_pool_t *pool, uint32_t which,
                         int healthy)
{
    int at, fd;

    if (m->lent_count == 0)
        return;
    at = (int)(which % (uint32_t)m->lent_count);
    fd = m->out[at];
    m->out[at] = m->out[--m->lent_count];
    conn_pool_return(pool, fd, healthy);
    if (!healthy || m->max_size == 0) {
        assert_false(rig_is_open(fd));
        return;
    }
    m->idle[m->idle_count].fd = fd;
    m->idle[m->idle_count++].since_ms = rig.now_ms;
    if (m->idle_count > m->max_size)
        model_forget(m, 0);
}

static void model_spoil(struct model *m, uint32_t which)
{
    int at;

    if (m->idle_count == 0)
        return;
    at = (int)(which % (uint32_t)m->idle_count);
    rig_spoil(&rig, m->idle[at].fd, (enum spoiled)(which / 64 % 3));
    assert_int_equal(rig_turn(&rig), 1);
    model_forget(m, at);
}

static void model_compare(const struct model *m, conn_pool_t *pool, int before)
{
    double hit_rate, expected = m->lent > 0 ? (double)m->reused /
                                                  (double)m->lent : 0.0;
    int peers = 0;

    rig_expect(pool, m->idle_count, m->lent_count);
    conn_pool_stats(pool, NULL, NULL, NULL, &hit_rate);
    assert_true(hit_rate > expected - 1e-9 && hit_rate < expected + 1e-9);
    for (int i = 0; i < m->idle_count; i++) {
        assert_true(rig_is_open(m->idle[i].fd));
        assert_int_equal(rig.wanted[m->idle[i].fd], WATCH_READ);
    }
    for (int i = 0; i < m->lent_count; i++)
        assert_true(rig_is_open(m->out[i]));
    for (int fd = 0; fd < 1024; fd++)
        peers += rig.peer[fd] != 0;
    assert_int_equal(fixture_descriptors(),
                     before + peers + m->idle_count + m->lent_count);
}

/* A borrower always sets his own watch; here he waits for nothing. */
static void model_unwatch_lent(const struct model *m)
{
    for (int i = 0; i < m->lent_count; i++)
        rig_set(&rig, m->out[i], 0, NULL);
}

static void model_step(struct model *m, conn_pool_t *pool, uint32_t *seed)
{
    uint32_t what = random_next(seed) >> 8, which = random_next(seed) >> 8;

    switch (what % 8) {
    case 0:
    case 1:
    case 2:
        model_take(m, pool);
        break;
    case 3:
    case 4:
        model_return(m, pool, which, 1);
        break;
    case 5:
        model_return(m, pool, which, which / 1024 % 2 != 0);
        break;
    case 6:
        rig_pass(&rig, which % (m->ttl_ms / 2));
        model_age(m);
        break;
    default:
        if (which % 16 == 0) {
            assert_int_equal(conn_pool_prune(pool, 1), m->idle_count);
            while (m->idle_count > 0)
                model_forget(m, 0);
        } else {
            model_spoil(m, which);
        }
        break;
    }
    model_unwatch_lent(m);
}

static void does_what_two_arrays_would(void **state)
{
    static const int sizes[] = {0, 1, 2, 5, MODEL_MAX};
    uint32_t seed = random_seed();

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        conn_pool_t *pool = new_pool(sizes[i], 2);
        int before = fixture_descriptors();
        struct model m;

        memset(&m, 0, sizeof m);
        m.max_size = sizes[i];
        m.ttl_ms = 2000;
        for (int step = 0; step < 1500; step++) {
            model_step(&m, pool, &seed);
            model_compare(&m, pool, before);
        }
        while (m.lent_count > 0)
            model_return(&m, pool, 0, 1);
        end(pool);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(does_what_two_arrays_would),
    };
    int failed = fixture_run("conn_pool_model", tests);

    rig_on_select = 1; /* the same, on the loop of chapter 4 */
    return failed + fixture_run("conn_pool_model_on_select", tests);
}
