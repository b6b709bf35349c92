#ifndef PLAY_H
#define PLAY_H

/* play: one algorithm, with settings as on the command line: "LOAD=0.5", NULL.
 * (static inline: a suite is linked with its own object and tests/support/.) */

#include "fixture.h"
#include "simulation.h"

static inline struct settings settings_of(const char *const words[])
{
    struct settings s;
    char wrong[SETTINGS_WRONG];

    settings_begin(&s);
    for (int i = 0; words[i] != NULL; i++)
        assert_null(settings_take(&s, words[i], wrong));
    assert_null(settings_end(&s));
    return s;
}

/* The caller closes it. What holds for every run is looked at here. */
static inline struct result play_one(const char *algorithm,
                                     const char *const words[])
{
    struct settings s = settings_of(words);
    struct result r;
    uint64_t given = 0;

    assert_int_equal(simulate(&s, contender_find(algorithm), &r), 0);
    assert_int_equal(r.arrived, s.requests);
    assert_int_equal(r.answered + r.lost, r.arrived);
    for (int i = 0; i < r.backends; i++)
        given += r.given[i];
    assert_true(given <= r.arrived + r.retried);
    assert_true(given >= r.answered);
    return r;
}

static inline double mean_of(const char *algorithm, const char *const words[])
{
    struct result r = play_one(algorithm, words);
    double mean = result_mean(&r);

    result_close(&r);
    return mean;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
