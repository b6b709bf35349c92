#include "chance.h"

#include "balance_more.h"

#define GOLDEN   UINT64_C(0x9e3779b97f4a7c15)
#define TWO_53   9007199254740992.0
#define LN_2     0.69314718055994531
#define WIDTH    1.7155277699214135 /* sqrt(8 / e) */
#define ATTEMPTS 1000 /* each is refused with a chance of 0.27 */
#define TERMS    8

struct chance chance_stream(uint64_t seed, uint64_t number)
{
    struct chance c = {balance_mix(balance_mix(seed + GOLDEN) + number)};

    return c;
}

uint64_t chance_bits(struct chance *c)
{
    c->state += GOLDEN;
    return balance_mix(c->state);
}

uint32_t chance_below(struct chance *c, uint32_t n)
{
    return (uint32_t)((chance_bits(c) >> 32) * n >> 32);
}

double chance_exponential(struct chance *c)
{
    return balance_exponential(chance_bits(c));
}

static double between_0_and_1(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) / TWO_53;
}

/* Ratio of uniforms (Kinderman and Monahan, 1977): of the points (u, v) of a
 * rectangle those with (v/u)^2 <= -4 ln u have ratios that are normal. */
double chance_normal(struct chance *c)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        uint64_t bits = chance_bits(c);
        double v = between_0_and_1(chance_bits(c)) - 0.5;
        double x = WIDTH * v / between_0_and_1(bits);

        if (x * x <= 4 * balance_exponential(bits))
            return x;
    }
    return 0;
}

/* A power of two is taken out; the series converges for what is left. */
double chance_exp(double x)
{
    double result = 1, twos = 1;
    int halvings = 0;

    while (x > LN_2) {
        x -= LN_2;
        twos *= 2;
    }
    while (x < 0) {
        x += LN_2;
        twos /= 2;
    }
    while (x > 0.1) {
        x /= 2;
        halvings++;
    }
    for (int n = TERMS; n > 0; n--)
        result = 1 + x / n * result;
    while (halvings-- > 0)
        result *= result;
    return result * twos;
}

/* By -ln(u) of a u from 0.5 to 1. */
double chance_log(double x)
{
    double twos = 0;

    while (x >= 1) {
        x /= 2;
        twos++;
    }
    while (x < 0.5) {
        x *= 2;
        twos--;
    }
    return twos * LN_2 - balance_exponential((uint64_t)(x * TWO_53) << 11);
}
