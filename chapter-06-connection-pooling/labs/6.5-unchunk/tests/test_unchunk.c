/* unchunk: whole bodies, and pieces of them. */
#include "fixture.h"

#include "bodies.h"

static void a_chunk_is_unpacked(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\r\nhello\r\n0\r\n\r\n", "hello", 15);
    expect_done(&b, 1);
    expect_malformed(&b, 0);
}

static void several_chunks_become_one_text(void **state)
{
    struct body b;

    (void)state;
    expect_first(
        &b,
        "4\r\nWiki\r\nB\r\npedia in \r\n\r\n5;x=\"y\"\r\nchunk\r\n0\r\n\r\n",
        "Wikipedia in \r\nchunk", 46);
    expect_done(&b, 1);
}

static void what_follows_is_not_the_bodys(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\r\nhello\r\n0\r\n\r\nGET", "hello", 15);
    expect_done(&b, 1);
    expect_bytes("the bytes behind *used", b.bytes + 15, 3, "GET", 3);
}

static void trailers_are_no_data(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\r\nhello\r\n0\r\nX: y\r\n\r\n", "hello", 21);
    expect_done(&b, 1);
}

static void a_chunk_may_come_in_pieces(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\r\nhel", "hel", 6);
    expect_done(&b, 0);
    expect_next(&b, "l", "l", 1);
    expect_next(&b, "o\r\n0\r\n\r\n", "o", 8);
    expect_done(&b, 1);
}

static void half_a_line_is_given_again(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\r", "", 0);
    expect_next(&b, "5\r\n", "", 3);
    expect_next(&b, "hello\r", "hello", 5);
    expect_next(&b, "\r\n1", "", 2);
    expect_malformed(&b, 0);
}

static void what_is_malformed_is_told(void **state)
{
    struct body b;

    (void)state;
    expect_first(&b, "5\nhello", "", 0);
    expect_malformed(&b, 1);
    expect_first(&b, "x\r\nhello", "", 0);
    expect_malformed(&b, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_chunk_is_unpacked),
        fixture_test(several_chunks_become_one_text),
        fixture_test(what_follows_is_not_the_bodys),
        fixture_test(trailers_are_no_data),
        fixture_test(a_chunk_may_come_in_pieces),
        fixture_test(half_a_line_is_given_again),
        fixture_test(what_is_malformed_is_told),
    };

    return fixture_run("unchunk", tests);
}
