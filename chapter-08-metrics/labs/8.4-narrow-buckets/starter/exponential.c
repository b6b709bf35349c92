#include "exponential.h"

double histogram_exponential_bound(double least, int i)
{
    /* YOUR CODE. */
    (void)i;
    return least;
}

int histogram_exponential_bucket(double least, double value)
{
    /* YOUR CODE. */
    (void)least;
    (void)value;
    return 0;
}
