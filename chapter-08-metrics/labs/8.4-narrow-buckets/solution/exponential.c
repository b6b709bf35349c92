#include "exponential.h"

#include <limits.h>
#include <math.h>

/* 2^(i/8), to the last digit of a double. */
static const double eighth[8] = {
    1,
    1.0905077326652577,
    1.189207115002721,
    1.2968395546510096,
    1.4142135623730951,
    1.5422108254079407,
    1.681792830507429,
    1.8340080864093424,
};

double histogram_exponential_bound(double least, int i)
{
    return ldexp(least * eighth[i % 8], i / 8);
}

/* The bucket, or one beside it: value / least is rounded. The two are divided
 * without their exponents, since the quotient could be too large. */
static int guess(double least, double value)
{
    int above, below, k = 0;
    double ratio = frexp(value, &above) / frexp(least, &below);

    if (ratio < 1) {
        ratio *= 2;
        above--;
    }
    while (k < 8 && ratio > eighth[k])
        k++;
    return 8 * (above - below) + k;
}

int histogram_exponential_bucket(double least, double value)
{
    int i;

    if (!(value > least)) /* not a number, too */
        return 0;
    if (isinf(value))
        return INT_MAX;
    i = guess(least, value);
    if (i > 0 && value <= histogram_exponential_bound(least, i - 1))
        return i - 1;
    return value > histogram_exponential_bound(least, i) ? i + 1 : i;
}
