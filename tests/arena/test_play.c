/* play: what `make arena` runs: pictures, and one setting after the other. */
#include "fixture.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The script is that of the source tree, the program that of this build. */
static struct run play(const char *one, const char *two, const char *three)
{
    const char *argv[] = {"/bin/sh", ARENA "/play", "REQUESTS=2000", one, two,
                          three, NULL};

    setenv("BUILT", PROGRAMS "/docs/arena", 1);
    return program_run(argv, NULL, 0);
}

static void expect(struct run r, int status, const char *out, const char *err)
{
    if (r.status != status)
        fail_msg("exit status %d: %s", r.status, r.err);
    assert_non_null(strstr(r.out, out));
    assert_non_null(strstr(r.err, err));
    run_free(&r);
}

/* The drawn file, in memory that is free()d by the caller. */
static char *drawn(const char *path)
{
    char *text = calloc(1, 65536);
    FILE *file = fopen(path, "r");

    assert_non_null(text);
    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

static void without_more_it_is_the_arena(void **state)
{
    (void)state;
    expect(play("ALGORITHMS=rr", NULL, NULL), 0, "round_robin", "");
    expect(play("BACKEND=3", NULL, NULL), 2, "", "arena: BACKEND=3: no such");
    expect(play("HELP=1", NULL, NULL), 0, "SWEEP=", "");
    expect(play("HELP=1", NULL, NULL), 0, "BACKENDS", "");
}

static void pictures_are_drawn(void **state)
{
    static const char *const more[] = {"LATENCY=pareto", "SWEEP=LOAD 0.2 0.9"};
    char word[64] = "SVG=/tmp/play-test-XXXXXX";
    int fd = mkstemp(word + 4);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (int i = 0; i < 2; i++) {
        char *svg;

        expect(play("ALGORITHMS=rr lc", more[i], word), 0, word + 4, "");
        svg = drawn(word + 4);
        assert_memory_equal(svg, "<svg ", 5);
        assert_non_null(strstr(svg, ">round_robin<"));
        assert_non_null(strstr(svg, ">least_connections<"));
        assert_non_null(strstr(svg, "</svg>\n"));
        assert_null(strstr(svg, "nan"));
        free(svg);
    }
    unlink(word + 4);
}

static void a_sweep_has_a_line_for_each_value(void **state)
{
    (void)state;
    expect(play("SWEEP=LOAD 0.2 0.5", "ALGORITHMS=rr lc", "METRIC=p50"), 0,
           "LOAD      round_robin  least_connections\n0.2  ", "");
    expect(play("SWEEP=LOAD 0.2 0.5", "ALGORITHMS=rr", "METRIC=lost"), 0,
           "\n0.5                 0\n", "");
}

static void a_wrong_sweep_is_told(void **state)
{
    (void)state;
    expect(play("SWEEP=LOAD 0", NULL, NULL), 2, "", "play: SWEEP: 0 is not");
    expect(play("SWEEP=LOAD", NULL, NULL), 2, "", "no values");
    expect(play("SWEEP=LAOD 1", NULL, NULL), 2, "", "arena: LAOD=1: no such");
    expect(play("SWEEP=LOAD 1", "METRIC=p42", NULL), 2, "", "METRIC=p42: not");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(without_more_it_is_the_arena),
        fixture_test(pictures_are_drawn),
        fixture_test(a_sweep_has_a_line_for_each_value),
        fixture_test(a_wrong_sweep_is_told),
    };

    return fixture_run("play", tests);
}
