/* Any bytes get a verdict, and no shortage of memory does harm. */
#include "config_sane.h"
#include "config_texts.h"

#include <errno.h>
#include <stdlib.h>

#define ROUNDS 20000

static char sample[64 * 1024];

static size_t read_sample(void)
{
    FILE *f = fopen("lb.json", "r");
    size_t len;

    if (f == NULL)
        failure("lb.json: %s", strerror(errno));
    len = fread(sample, 1, sizeof sample / 2, f);
    fclose(f);
    return len;
}

static void expect_sane(const char *text, size_t len)
{
    char *copy = guard_copy(text, len);
    config_t *cfg = config_parse("lb.json", copy, len);
    const char *wrong = config_sane(cfg);

    if (wrong != NULL)
        failure("%s: %.*s", wrong, (int)len, text);
    config_free(cfg);
    guard_free(copy, len);
}

/* ---- bytes -------------------------------------------------------------- */

static void every_beginning_of_the_sample_is_told_apart(void **state)
{
    size_t len = read_sample();

    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        expect_sane(sample, cut);
}

/* Replaces, inserts, removes or doubles some bytes; returns the new length. */
static size_t change(char *text, size_t len, uint32_t *random)
{
    static const char likely[] = "{}[]\",:0123456789-.eE\\ux \ntfn";
    size_t at = random_next(random) % len;
    size_t n = 1 + random_next(random) % 8;
    char byte = random_next(random) % 4 == 0
                    ? (char)random_next(random)
                    : likely[random_next(random) % (sizeof likely - 1)];

    if (n > len - at)
        n = len - at;
    switch (random_next(random) % 4) {
    case 0:
        text[at] = byte;
        return len;
    case 1:
        memmove(text + at + 1, text + at, len - at);
        text[at] = byte;
        return len + 1;
    case 2:
        memmove(text + at, text + at + n, len - at - n);
        return len - n;
    default:
        memmove(text + at + n, text + at, len - at);
        return len + n;
    }
}

static void changed_bytes_get_a_verdict(void **state)
{
    static char text[sizeof sample];
    uint32_t random = random_seed();
    size_t len = read_sample();

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        size_t now = len;
        int changes = 1 + (int)(random_next(&random) % 4);

        memcpy(text, sample, len);
        while (changes-- > 0 && now > 0)
            now = change(text, now, &random);
        expect_sane(text, now);
    }
}

/* ---- memory ------------------------------------------------------------- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)
#define CAN_FAIL 1

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);

static long until_failure = -1; /* allocations; -1: none fails */
static long outstanding;
static int counting;

/* Whether this one fails; it counts those that do not. */
static int fails(void)
{
    if (!counting)
        return 0;
    if (until_failure >= 0 && until_failure-- == 0)
        return 1;
    outstanding++;
    return 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return __libc_realloc(old, size);
}

void free(void *memory)
{
    if (counting && memory != NULL)
        outstanding--;
    __libc_free(memory);
}
#endif

/* Loads while the n-th allocation fails; returns whether there was one. */
static int load_short_of_memory(const char *path, long n)
{
#ifdef CAN_FAIL
    config_t *cfg;
    int failed, valid, told;

    until_failure = n;
    outstanding = 0;
    counting = 1;
    cfg = config_load(path);
    failed = until_failure < 0;
    valid = config_validate(cfg);
    told = config_error(cfg, 0) != NULL &&
           (strstr(config_error(cfg, 0), "out of memory") != NULL ||
            strstr(config_error(cfg, 0), strerror(ENOMEM)) != NULL);
    config_free(cfg);
    counting = 0;
    until_failure = -1;
    assert_int_equal(outstanding, 0);
    assert_int_equal(valid, !failed);
    assert_int_equal(told, failed);
    return failed;
#else
    (void)path;
    (void)n;
    skip();
    return 0;
#endif
}

static void every_allocation_may_fail(void **state)
{
    long n = 0;

    (void)state;
    while (load_short_of_memory("lb.json", n))
        n++;
    if (n == 0)
        skip(); /* valgrind puts an allocator of its own in place of ours */
    assert_true(n >= 3); /* the config, the bytes, the tree at least */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_beginning_of_the_sample_is_told_apart),
        fixture_test(changed_bytes_get_a_verdict),
        fixture_test(every_allocation_may_fail),
    };

    return fixture_run("config_random", tests);
}
