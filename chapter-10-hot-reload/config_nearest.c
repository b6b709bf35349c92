#include "config_table.h"

#include <string.h>

#define COMPARED 32 /* bytes of a name; all known ones are shorter */

static int least(int a, int b, int c)
{
    int least = a < b ? a : b;

    return least < c ? least : c;
}

/* How many letters must be added, taken away or replaced to make one of the
 * other (Levenshtein's distance). row[j] is what it costs to come from the
 * letters of a so far to the first j of b. */
static int distance(struct slice a, struct slice b)
{
    int row[COMPARED + 1], diagonal, above;

    for (size_t j = 0; j <= b.len; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= a.len; i++) {
        diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= b.len; j++) {
            above = row[j];
            row[j] = least(row[j - 1] + 1, above + 1,
                           diagonal + (a.at[i - 1] != b.at[j - 1]));
            diagonal = above;
        }
    }
    return row[b.len];
}

const struct config_key *config_nearest(const char *section, struct slice name)
{
    const struct config_key *nearest = NULL;
    int best = 0;

    if (name.len > COMPARED)
        name.len = COMPARED;
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        int is_near = strcmp(key->section, section) == 0;
        int cost = 2 * distance(name, slice_of(key->name)) + !is_near;

        if ((is_near || cost == 1) && (nearest == NULL || cost < best)) {
            nearest = key;
            best = cost;
        }
    }
    return nearest;
}
