#include "json.h"

#include <string.h>

/* A text has at most a million digits, so beyond this an exponent only says
 * "very large" or "very small". */
#define EXPONENT_MAX 100000000

/* significand * 10^exponent; the significand is 0, or does not end in 0. */
struct decimal {
    uint64_t significand;
    int64_t exponent;
    int is_huge; /* the significand does not fit */
};

/* Times 10 and plus the digit: 0, or -1 if that is more than INT64_MAX. */
static int append_digit(uint64_t *value, unsigned digit)
{
    if (*value > ((uint64_t)INT64_MAX - digit) / 10)
        return -1;
    *value = *value * 10 + digit;
    return 0;
}

/* Zeros wait until a digit comes behind them: those at the end belong to the
 * exponent, or "1.000" would seem finer and "1000e-3" larger than they are. */
static void read_digits(struct decimal *d, const char *text, size_t len)
{
    size_t zeros = 0;
    int is_fraction = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.') {
            is_fraction = 1;
            continue;
        }
        d->exponent -= is_fraction;
        zeros++;
        if (text[i] == '0')
            continue;
        for (; zeros > 1; zeros--)
            d->is_huge |= append_digit(&d->significand, 0) != 0;
        d->is_huge |=
            append_digit(&d->significand, (unsigned)(text[i] - '0')) != 0;
        zeros = 0;
    }
    d->exponent += (int64_t)zeros;
}

static int64_t read_exponent(const char *at)
{
    int64_t value = 0;
    int is_negative = *at == '-';

    if (*at == '-' || *at == '+')
        at++;
    for (; *at != '\0'; at++)
        if (value < EXPONENT_MAX)
            value = value * 10 + (*at - '0');
    return is_negative ? -value : value;
}

enum json_fit json_scaled(const struct json_value *number, int places,
                          int64_t *out)
{
    const char *text = number->text.at;
    int is_negative = text[0] == '-';
    struct decimal d = {0, 0, 0};
    size_t len;

    text += is_negative;
    len = strcspn(text, "eE");
    read_digits(&d, text, len);
    if (text[len] != '\0')
        d.exponent += read_exponent(text + len + 1);
    d.exponent += places;
    if (d.significand != 0 && d.exponent < 0)
        return JSON_TOO_FINE;
    while (d.significand != 0 && !d.is_huge && d.exponent-- > 0)
        d.is_huge = append_digit(&d.significand, 0) != 0;
    if (d.is_huge)
        return JSON_TOO_LARGE;
    *out = is_negative ? -(int64_t)d.significand : (int64_t)d.significand;
    return JSON_FITS;
}
