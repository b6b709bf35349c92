#ifndef EXPONENTIAL_H
#define EXPONENTIAL_H

/* exponential: buckets that grow by 9 %, found without a search.
 *
 *     bound 0     1         2    ...  8            9
 *     least   least * 2^(1/8)  ...  2 * least    2 * least * 2^(1/8)  ...
 *
 * A histogram with these bounds knows every value to 9 %; from 0.1 ms to 10 s
 * it has 134 buckets. Nobody looks through 134 bounds for each request: in a
 * `double` the exponent tells the power of two, and a table of eight the rest.
 *
 * `least` is a normal number above 0 (DBL_MIN or more). Pure functions; the
 * course is linked without the library of math.h, but ldexp() and frexp() are
 * in the C library itself. */

/* The i-th bound (0 or more): least * 2^(i/8). Infinite where a double ends. */
double histogram_exponential_bound(double least, int i);

/* The bucket of value: the first i whose bound it does not exceed, as
 * histogram_bucket() finds it; both agree for every value, on and beside the
 * bounds. 0 for what is not above least, and for NaN, which exceeds nothing;
 * INT_MAX for an infinite one. O(1). */
int histogram_exponential_bucket(double least, double value);

#endif
