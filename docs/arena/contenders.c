#include "contenders.h"

#include "balance_more.h"
#include "config_table.h"

#include <string.h>

/* One by lot, whatever its weight, and no look at what it has to do. */
static struct backend *select_random(struct backend_set *set,
                                     const char *client_ip,
                                     const struct backend_mask *tried)
{
    struct backend *drawn = NULL;
    uint32_t seen = 0;

    (void)client_ip;
    for (int i = 0; i < set->num_backends; i++)
        if (balance_is_usable(set, i, tried) &&
            (balance_mix(++set->dice) >> 32) % ++seen == 0)
            drawn = &set->backends[i];
    return drawn;
}

/* An algorithm of your own: its function above, a row here. */
static const struct balance own[] = {
    {"random", "rnd", select_random},
    {NULL, NULL, NULL},
};

const struct balance *contender_at(int n)
{
    const struct config_choice *lb = config_choices(CONFIG_ALGORITHM);
    int i = 0;

    for (; lb->name != NULL; lb++, i++)
        if (i == n)
            return balance_more_find(lb->name);
    for (const struct balance *b = own; b->name != NULL; b++, i++)
        if (i == n)
            return b;
    return NULL;
}

const struct balance *contender_find(const char *name)
{
    const struct balance *b;

    for (int i = 0; (b = contender_at(i)) != NULL; i++)
        if (strcmp(name, b->name) == 0 || strcmp(name, b->alias) == 0)
            return b;
    return NULL;
}
