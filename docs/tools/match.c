#include "match.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char ellipsis[] = "\xe2\x80\xa6"; /* U+2026 */

int match_is_gap(const char *shown)
{
    return strcmp(shown, ellipsis) == 0;
}

static const char *behind_number(const char *at)
{
    while (isdigit((unsigned char)*at) ||
           (*at == '.' && isdigit((unsigned char)at[1])))
        at++;
    return at;
}

static int at_end(const char *at)
{
    return at[strspn(at, " \t\r")] == '\0';
}

static int line_matches(const char *shown, const char *actual, unsigned flags)
{
    size_t gap = sizeof ellipsis - 1;
    int numbers = (flags & MATCH_NUMBERS) != 0;

    while (!at_end(shown)) {
        if (strncmp(shown, ellipsis, gap) == 0) {
            while (!line_matches(shown + gap, actual, flags))
                if (*actual++ == '\0')
                    return 0;
            return 1;
        }
        if (numbers && isdigit((unsigned char)*shown) &&
            isdigit((unsigned char)*actual)) {
            shown = behind_number(shown);
            actual = behind_number(actual);
        } else if (numbers && *shown == ' ' && *actual == ' ') {
            shown += strspn(shown, " ");
            actual += strspn(actual, " ");
        } else if (*shown++ != *actual++) {
            return 0;
        }
    }
    return at_end(actual);
}

/* The shown line that is free and matches; an exact one before one with "…". */
static int find_free(const struct lines *shown, unsigned flags,
                     const char *used, const char *line)
{
    int found = -1;

    for (int i = 0; i < shown->count; i++) {
        if (used[i] || match_is_gap(shown->at[i]) ||
            !line_matches(shown->at[i], line, flags))
            continue;
        if (strstr(shown->at[i], ellipsis) == NULL)
            return i;
        if (found < 0)
            found = i;
    }
    return found;
}

static int first_free(const struct lines *shown, const char *used)
{
    int i = 0;

    while (i < shown->count && (used[i] || match_is_gap(shown->at[i])))
        i++;
    return i;
}

static int match_any_order(const struct lines *shown, unsigned flags,
                           const struct lines *actual, int least, char *used)
{
    int others = (flags & MATCH_SKIPS) != 0;

    for (int i = 0; i < shown->count; i++)
        others |= match_is_gap(shown->at[i]);
    for (int k = 0;; k++) {
        int i;

        if (k >= least && first_free(shown, used) == shown->count)
            return k;
        if (k == actual->count)
            return MATCH_MORE;
        if ((i = find_free(shown, flags, used, actual->at[k])) >= 0)
            used[i] = 1;
        else if (!others)
            return MATCH_NEVER;
    }
}

/* In order it is a search over "so many shown lines are done": several numbers
 * can be true at once, because a "…" may end before this line or go on. */
static void set_done(const struct lines *shown, char *done, int i)
{
    done[i] = 1;
    while (i < shown->count && match_is_gap(shown->at[i]))
        done[++i] = 1;
}

/* One actual line: from what was done to what is; returns whether anything is.
 */
static int take_line(const struct lines *shown, unsigned flags,
                     const char *line, char *done)
{
    int alive = 0;

    for (int i = shown->count; i >= 0; i--) {
        int gap = (i == 0 && (flags & MATCH_SKIPS)) ||
                  (i < shown->count && match_is_gap(shown->at[i]));

        if (!done[i])
            continue;
        done[i] = (char)gap;
        if (i < shown->count && !match_is_gap(shown->at[i]) &&
            line_matches(shown->at[i], line, flags)) {
            set_done(shown, done, i + 1);
            alive = 1;
        } else if (gap) {
            set_done(shown, done, i);
            alive = 1;
        }
    }
    return alive;
}

static int match_in_order(const struct lines *shown, unsigned flags,
                          const struct lines *actual, int least, char *done,
                          int *reached)
{
    set_done(shown, done, 0);
    for (int k = 0;; k++) {
        for (int i = *reached; i <= shown->count; i++)
            if (done[i])
                *reached = i;
        if (k >= least && done[shown->count])
            return k;
        if (k == actual->count)
            return MATCH_MORE;
        if (!take_line(shown, flags, actual->at[k], done))
            return MATCH_NEVER;
    }
}

int match_lines(const struct lines *shown, unsigned flags,
                const struct lines *actual, int least, int *reached)
{
    char *marks = text_zeros((size_t)shown->count + 1);
    int result;

    *reached = 0;
    if (flags & MATCH_UNORDERED) {
        result = match_any_order(shown, flags, actual, least, marks);
        *reached = first_free(shown, marks);
    } else {
        result = match_in_order(shown, flags, actual, least, marks, reached);
    }
    free(marks);
    return result;
}
