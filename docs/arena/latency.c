#include "latency.h"

#include <string.h>

#define PARETO_POWER 2.1
#define SIGMA        1.0 /* of the logarithm, lognormal */
#define LONG_ONES    10  /* one in so many, two_point */

static double constant(struct chance *c)
{
    (void)c;
    return 1;
}

static double two_point(struct chance *c)
{
    return chance_below(c, LONG_ONES) == 0 ? 5.5 : 0.5;
}

static double lognormal(struct chance *c)
{
    return chance_exp(SIGMA * chance_normal(c) - SIGMA * SIGMA / 2);
}

/* u to the -1/power is e to the exponential draw over the power. */
static double pareto(struct chance *c)
{
    return (PARETO_POWER - 1) / PARETO_POWER *
           chance_exp(chance_exponential(c) / PARETO_POWER);
}

const struct latency *latency_find(const char *name)
{
    static const struct latency known[] = {
        {"constant", constant},   {"exponential", chance_exponential},
        {"two_point", two_point}, {"lognormal", lognormal},
        {"pareto", pareto},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0)
            return &known[i];
    return NULL;
}
