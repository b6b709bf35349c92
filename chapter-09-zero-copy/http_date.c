#include "http_date.h"

#include <stdio.h>
#include <string.h>

#define DAY        86400
#define LATEST     (INT64_C(253402300800) - 1) /* the end of 9999 */
#define YEAR_LATER 50

struct moment {
    int year, month, day; /* month 0..11, day 1.. */
    int hour, minute, second;
};

static const char DAYS[] = "SunMonTueWedThuFriSat";
static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* ---- the calendar ------------------------------------------------------- */

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && is_leap(year));
}

/* Days from 1970 to the beginning of a year. */
static int64_t days_before(int year)
{
    int64_t y = year - 1;

    return (y - 1969) * 365 + (y / 4 - 492) - (y / 100 - 19) + (y / 400 - 4);
}

static int64_t to_seconds(const struct moment *m)
{
    int64_t days = days_before(m->year) + m->day - 1;

    for (int i = 0; i < m->month; i++)
        days += days_of_month(m->year, i);
    return ((days * 24 + m->hour) * 60 + m->minute) * 60 + m->second;
}

static void from_seconds(int64_t seconds, struct moment *m)
{
    int64_t days = seconds / DAY;
    int left = (int)(seconds % DAY);

    m->hour = left / 3600;
    m->minute = left / 60 % 60;
    m->second = left % 60;
    m->year = 1970 + (int)(days / 366); /* or a few later */
    while (days_before(m->year + 1) <= days)
        m->year++;
    days -= days_before(m->year);
    for (m->month = 0; days >= days_of_month(m->year, m->month); m->month++)
        days -= days_of_month(m->year, m->month);
    m->day = (int)days + 1;
}

/* ---- writing ------------------------------------------------------------ */

void http_date_format(char out[HTTP_DATE_MAX], int64_t seconds)
{
    struct moment m;
    int weekday;

    seconds = seconds < 0 ? 0 : seconds > LATEST ? LATEST : seconds;
    from_seconds(seconds, &m);
    weekday = (int)((seconds / DAY + 4) % 7); /* 1970 began on a Thursday */
    snprintf(out, HTTP_DATE_MAX, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
             DAYS + 3 * weekday, (unsigned)m.day % 100, MONTHS + 3 * m.month,
             (unsigned)m.year % 10000, (unsigned)m.hour % 100,
             (unsigned)m.minute % 100, (unsigned)m.second % 100);
}

/* ---- reading ------------------------------------------------------------ */

static int take_number(struct slice *s, size_t digits, int *out)
{
    uint64_t n;

    if (s->len < digits ||
        slice_number((struct slice){s->at, digits}, 9999, &n) != 0)
        return 0;
    *out = (int)n;
    s->at += digits;
    s->len -= digits;
    return 1;
}

/* One of the names of three letters; its place, or -1. */
static int take_name(struct slice *s, const char *names)
{
    for (int i = 0; s->len >= 3 && names[3 * i] != '\0'; i++)
        if (memcmp(s->at, names + 3 * i, 3) == 0) {
            s->at += 3;
            s->len -= 3;
            return i;
        }
    return -1;
}

/* The rest of a weekday's long name: which letters does not matter. */
static int take_letters(struct slice *s)
{
    while (s->len > 0 && s->at[0] >= 'a' && s->at[0] <= 'z') {
        s->at++;
        s->len--;
    }
    return 1;
}

static int take_one(struct slice *s, char wanted)
{
    if (s->len == 0 || s->at[0] != wanted)
        return 0;
    s->at++;
    s->len--;
    return 1;
}

/* A letter of a pattern stands for a part of the date, another character for
 * itself; e is a day that may have a space for its first digit. */
static int take_part(struct slice *s, char part, struct moment *m)
{
    switch (part) {
    case 'w':
        return take_name(s, DAYS) >= 0;
    case 'l':
        return take_letters(s);
    case 'b':
        return (m->month = take_name(s, MONTHS)) >= 0;
    case 'd':
        return take_number(s, 2, &m->day);
    case 'e':
        return take_one(s, ' ') ? take_number(s, 1, &m->day)
                                : take_number(s, 2, &m->day);
    case 'Y':
        return take_number(s, 4, &m->year);
    case 'y':
        return take_number(s, 2, &m->year);
    case 'H':
        return take_number(s, 2, &m->hour);
    case 'M':
        return take_number(s, 2, &m->minute);
    case 'S':
        return take_number(s, 2, &m->second);
    case 'Z':
        return take_one(s, 'G') && take_one(s, 'M') && take_one(s, 'T');
    default:
        return take_one(s, part);
    }
}

static int matches(struct slice text, const char *pattern, struct moment *m)
{
    for (; *pattern != '\0'; pattern++)
        if (!take_part(&text, *pattern, m))
            return 0;
    return text.len == 0;
}

/* A leap second is allowed, and is the first second of the next minute. */
static int is_possible(const struct moment *m)
{
    return m->year >= 1970 && m->day >= 1 &&
           m->day <= days_of_month(m->year, m->month) && m->hour < 24 &&
           m->minute < 60 && m->second <= 60;
}

static int full_year(int two_digits, int64_t now)
{
    struct moment m;
    int year;

    from_seconds(now < 0 ? 0 : now, &m);
    year = m.year - m.year % 100 + two_digits;
    if (year > m.year + YEAR_LATER)
        return year - 100;
    return year + 100 <= m.year + YEAR_LATER ? year + 100 : year;
}

int http_date_parse(struct slice text, int64_t now, int64_t *seconds)
{
    struct moment m;

    if (matches(text, "wl, d-b-y H:M:S Z", &m))
        m.year = full_year(m.year, now);
    else if (!matches(text, "w, d b Y H:M:S Z", &m) &&
             !matches(text, "w b e H:M:S Y", &m))
        return -1;
    if (!is_possible(&m))
        return -1;
    *seconds = to_seconds(&m);
    return 0;
}
