/* ttl: how long something is there, and what makes it go. */
#include "expect.h"
#include "fixture.h"
#include "ttl.h"

#include <stdio.h>
#include <string.h>

static void expect_kept(struct ttl *t, const char *key, uint64_t now_ms,
                         int value)
{
    size_t len = strlen(key);
    char *at = guard_copy(key, len);
    int came = ttl_get(t, (struct slice){at, len}, now_ms);

    guard_free(at, len);
    expect_int(about("the value of %s at %llu ms", key,
                     (unsigned long long)now_ms), came, value);
}

static void put(struct ttl *t, const char *key, int value, uint64_t seconds,
                uint64_t now_ms)
{
    expect_int(about("ttl_put of %s", key),
               ttl_put(t, slice_of(key), value, seconds, now_ms), 0);
}

static void what_is_put_is_there_until_it_is_old(void **state)
{
    struct ttl t;

    (void)state;
    ttl_init(&t);
    expect_kept(&t, "a/x", 0, -1);
    put(&t, "a/x", 7, 60, 5000);
    put(&t, "a/y", 0, 1, 5000);
    expect_kept(&t, "a/x", 5000, 7);
    expect_kept(&t, "a/y", 5999, 0);
    expect_kept(&t, "a/y", 6000, -1);
    expect_kept(&t, "a/x", 64999, 7);
    expect_kept(&t, "a/x", 65000, -1);
    expect_int("ttl_put for 0 seconds", ttl_put(&t, SLICE("b"), 1, 0, 0), -1);
    expect_int("ttl_put of no key", ttl_put(&t, SLICE(""), 1, 1, 0), -1);
}

static void a_key_is_copied_and_compared_whole(void **state)
{
    char key[TTL_KEY_MAX + 2] = "host/path";
    struct ttl t;

    (void)state;
    ttl_init(&t);
    expect_int("ttl_put", ttl_put(&t, slice_of(key), 1, 9, 0), 0);
    memset(key, 'x', TTL_KEY_MAX + 1);
    expect_kept(&t, "host/path", 0, 1);
    expect_kept(&t, "host/pat", 0, -1);
    expect_kept(&t, "host/path?", 0, -1);
    expect_kept(&t, "", 0, -1);
    expect_int("ttl_put of 257 bytes", ttl_put(&t, slice_of(key), 1, 9, 0), -1);
    key[TTL_KEY_MAX] = '\0';
    put(&t, key, 2, 9, 0);
    expect_kept(&t, key, 0, 2);
}

static void a_key_is_kept_once(void **state)
{
    struct ttl t;

    (void)state;
    ttl_init(&t);
    put(&t, "a", 1, 100, 0);
    put(&t, "b", 2, 100, 0);
    put(&t, "b", 3, 1, 0);
    expect_kept(&t, "b", 0, 3);
    expect_kept(&t, "b", 1000, -1);
    put(&t, "b", 4, 1, 2000);
    expect_kept(&t, "b", 2000, 4);
    expect_int("how many b there were", ttl_forget(&t, SLICE("b")), 1);
}

static void the_rest_is_rounded_up(void **state)
{
    struct ttl t;

    (void)state;
    ttl_init(&t);
    put(&t, "a", 1, 2, 0);
    expect_int("left at 0", (long long)ttl_left(&t, SLICE("a"), 0), 2);
    expect_int("left at 999", (long long)ttl_left(&t, SLICE("a"), 999), 2);
    expect_int("left at 1000", (long long)ttl_left(&t, SLICE("a"), 1000), 1);
    expect_int("left at 1999", (long long)ttl_left(&t, SLICE("a"), 1999), 1);
    expect_int("left at 2000", (long long)ttl_left(&t, SLICE("a"), 2000), 0);
    expect_int("left of nothing", (long long)ttl_left(&t, SLICE("b"), 0), 0);
}

static const char *name_of(int i)
{
    static char name[16];

    snprintf(name, sizeof name, "k%d", i);
    return name;
}

static void a_full_table_gives_up_what_ends_first(void **state)
{
    struct ttl t;

    (void)state;
    ttl_init(&t);
    for (int i = 0; i < TTL_ENTRIES; i++)
        put(&t, name_of(i), i, i == 40 ? 5 : 50, 0);
    put(&t, "next", 100, 9, 0);
    expect_kept(&t, "k40", 0, -1);
    expect_kept(&t, "next", 0, 100);
    put(&t, "later", 101, 90, 10000); /* next is too old by now */
    for (int i = 0; i < TTL_ENTRIES; i++)
        if (i != 40)
            expect_kept(&t, name_of(i), 10000, i);
    expect_kept(&t, "later", 10000, 101);
}

static struct ttl *table(void)
{
    static const char *const keys[] = {"a/x", "a/x/1", "a/x/2", "a/y", "b/x"};
    static struct ttl t;

    ttl_init(&t);
    for (int i = 0; i < 5; i++)
        put(&t, keys[i], i, 9, 0);
    return &t;
}

static void a_key_is_forgotten(void **state)
{
    struct ttl *t = table();

    (void)state;
    expect_int("ttl_forget of a/x", ttl_forget(t, SLICE("a/x")), 1);
    expect_kept(t, "a/x", 0, -1);
    expect_kept(t, "a/x/1", 0, 1);
    expect_kept(t, "b/x", 0, 4);
    expect_int("ttl_forget of a/x again", ttl_forget(t, SLICE("a/x")), 0);
    expect_int("ttl_forget of nothing", ttl_forget(t, SLICE("")), 0);
}

static void a_star_forgets_all_that_begin_so(void **state)
{
    struct ttl *t = table();

    (void)state;
    expect_int("ttl_forget of a/x*", ttl_forget(t, SLICE("a/x*")), 3);
    expect_kept(t, "a/x/2", 0, -1);
    expect_kept(t, "a/y", 0, 3);
    expect_int("ttl_forget of *", ttl_forget(t, SLICE("*")), 2);
    expect_int("ttl_forget of * again", ttl_forget(t, SLICE("*")), 0);
}

static void expect_stale(const char *method, int status, int stale)
{
    expect_int(about("whether %s with %d makes it stale", method, status),
               ttl_invalidates(slice_of(method), status) != 0, stale);
}

static void who_writes_makes_it_stale(void **state)
{
    (void)state;
    expect_stale("POST", 200, 1);
    expect_stale("PUT", 201, 1);
    expect_stale("DELETE", 204, 1);
    expect_stale("POST", 303, 1);
    expect_stale("PROPPATCH", 207, 1);
    expect_stale("get", 200, 1); /* another method than GET */
    expect_stale("GET", 200, 0);
    expect_stale("HEAD", 200, 0);
    expect_stale("OPTIONS", 204, 0);
    expect_stale("POST", 404, 0);
    expect_stale("PUT", 500, 0);
    expect_stale("POST", 100, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_is_put_is_there_until_it_is_old),
        fixture_test(a_key_is_copied_and_compared_whole),
        fixture_test(a_key_is_kept_once),
        fixture_test(the_rest_is_rounded_up),
        fixture_test(a_full_table_gives_up_what_ends_first),
        fixture_test(a_key_is_forgotten),
        fixture_test(a_star_forgets_all_that_begin_so),
        fixture_test(who_writes_makes_it_stale),
    };

    return fixture_run("ttl", tests);
}
