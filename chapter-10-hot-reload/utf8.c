#include "utf8.h"

/* How long a character is that begins so; 0 if none does. Behind some first
 * bytes the second has narrower bounds than 0x80..0xbf. */
static size_t length_by_first(unsigned char first, unsigned char *low,
                              unsigned char *high)
{
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t utf8_length(const char *at, size_t len)
{
    unsigned char low, high;
    size_t n = len > 0 ? length_by_first((unsigned char)*at, &low, &high) : 0;

    if (n > len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)at[i];

        if (c < low || c > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return n;
}

size_t utf8_put(char *out, unsigned long c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}
