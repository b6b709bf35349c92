/* unchunk: every cut, faults, and data that looks like something else. */
#include "fixture.h"

#include "bodies.h"

static const char whole[] = "3\r\na\r\n\r\n1;e\r\n\n\r\n08\r\n0\r\n\r\nend\r\n"
                            "0\r\nX: y\r\nZ:\r\n\r\n";
static const char data_of_whole[] = "a\r\n\n0\r\n\r\nend";

/* Gives what has arrived by `cut` and was not used yet. Returns what is used by
 * now. */
static size_t feed(struct body *b, size_t used, size_t cut, char *out,
                   size_t *have)
{
    body_unpack(b, whole + used, cut - used);
    expect_that("the length of the data", b->data <= b->len,
                "no more than there are bytes");
    expect_that("*used", b->used <= b->len, "no more than there are bytes");
    memcpy(out + *have, b->bytes, b->data);
    *have += b->data;
    return used + b->used;
}

static void the_cuts_do_not_matter(void **state)
{
    size_t len = sizeof whole - 1;

    (void)state;
    for (size_t i = 0; i <= len; i++)
        for (size_t j = i; j <= len; j++) {
            char out[2 * sizeof whole];
            size_t have = 0, used = 0;
            struct body b;

            body_begin(&b, 1, -1);
            used = feed(&b, used, i, out, &have);
            used = feed(&b, used, j, out, &have);
            used = feed(&b, used, len, out, &have);
            expect_bytes(
                about("the data, cut at bytes %d and %d", (int)i, (int)j), out,
                have, data_of_whole, sizeof data_of_whole - 1);
            expect_int("*used, in all", (long long)used, (long long)len);
            expect_done(&b, 1);
        }
}

static void data_may_look_like_lines(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "9\r\n0\r\n\r\n\n\r\nX\r\n0\r\n\r\n", "0\r\n\r\n\n\r\nX",
                 19);
    expect_done(&b, 1);
    expect_malformed(&b, 0);
}

static void what_came_before_a_fault_is_unpacked(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "3\r\nabc\r\nzz\r\n", "abc", 8);
    expect_malformed(&b, 1);
    expect_first(&b, "3\r\nabcd\r\n", "abc", 6);
    expect_malformed(&b, 1);
}

static void an_endless_line_is_refused(void **state)
{
    char line[HTTP_CHUNK_LINE_MAX + 1] = "1;";
    struct body b;

    (void)state;
    memset(line + 2, 'x', sizeof line - 2);
    body_begin(&b, 1, -1);
    body_unpack(&b, line, sizeof line);
    expect_int("data in a size line that never ends", (long long)b.data, 0);
    expect_malformed(&b, 1);
}

static void a_body_without_chunks_is_data(void **state)
{
    struct body b;

    (void)state;
    body_begin(&b, 0, 8);
    expect_next(&b, "hel", "hel", 3);
    expect_next(&b, "lo\r\n\nGET", "lo\r\n\n", 5);
    expect_done(&b, 1);
    expect_next(&b, "GET", "", 0);
}

static void nothing_is_nothing(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "", "", 0);
    expect_next(&b, "0\r\n\r\n", "", 5);
    expect_next(&b, "5\r\nhello\r\n", "", 0);
    expect_malformed(&b, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_cuts_do_not_matter),
        fixture_test(data_may_look_like_lines),
        fixture_test(what_came_before_a_fault_is_unpacked),
        fixture_test(an_endless_line_is_refused),
        fixture_test(a_body_without_chunks_is_data),
        fixture_test(nothing_is_nothing),
    };

    return fixture_run("unchunk_more", tests);
}
