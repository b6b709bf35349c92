#include "names.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

static int compare(const struct net_address *a, const struct net_address *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return memcmp(&a->storage, &b->storage, a->len);
}

/* By insertion: there are eight at most. */
static void sort(struct net_addresses *addresses)
{
    for (int i = 1; i < addresses->count; i++) {
        struct net_address moving = addresses->at[i];
        int to = i;

        for (; to > 0 && compare(&moving, &addresses->at[to - 1]) < 0; to--)
            addresses->at[to] = addresses->at[to - 1];
        addresses->at[to] = moving;
    }
}

void names_ask(const config_t *config, struct answer *answers)
{
    for (int i = 0; i < config->num_backends; i++) {
        const struct config_backend *b = &config->backends[i];
        struct answer *answer = &answers[i];

        answer->error = net_resolve(b->host, b->port, &answer->addresses);
        if (answer->error == 0)
            sort(&answer->addresses);
    }
}

int names_same(const struct answer *a, const struct answer *b, int count)
{
    for (int i = 0; i < count; i++) {
        const struct net_addresses *x = &a[i].addresses, *y = &b[i].addresses;

        if (x->count != y->count)
            return 0;
        for (int n = 0; n < x->count; n++)
            if (compare(&x->at[n], &y->at[n]) != 0)
                return 0;
    }
    return 1;
}

/* ---- the last good answer ----------------------------------------------- */

static const struct answer *find_old(const struct config_backend *wanted,
                                     const config_t *old_config,
                                     const struct answer *old)
{
    for (int i = 0; old != NULL && i < old_config->num_backends; i++) {
        const struct config_backend *b = &old_config->backends[i];

        if (old[i].error == 0 && b->port == wanted->port &&
            strcmp(b->host, wanted->host) == 0)
            return &old[i];
    }
    return NULL;
}

int names_keep_old(const config_t *config, struct answer *answers,
                   const config_t *old_config, const struct answer *old)
{
    int failed = -1;

    for (int i = config->num_backends - 1; i >= 0; i--) {
        const struct answer *last =
            answers[i].error == 0
                ? &answers[i]
                : find_old(&config->backends[i], old_config, old);

        if (last == NULL)
            failed = i;
        else if (last != &answers[i])
            answers[i] = *last;
    }
    return failed;
}

/* ---- the set ------------------------------------------------------------ */

static void fill_in(struct backend *b, const struct config_backend *from,
                    const struct net_addresses *addresses, int which)
{
    char ip[NET_IP_TEXT];

    memset(b, 0, sizeof *b);
    if (addresses->count == 1)
        snprintf(b->name, sizeof b->name, "%s", from->name);
    else
        snprintf(b->name, sizeof b->name, "%s@%s", from->name,
                 net_ip_text(&addresses->at[which], ip));
    snprintf(b->where.host, sizeof b->where.host, "%s", from->host);
    b->where.port = from->port;
    b->addresses.count = 1;
    b->addresses.at[0] = addresses->at[which];
    b->weight = from->weight;
    b->max_connections = from->max_connections;
    b->backup = from->backup;
    b->is_healthy = 1;
}

int names_make_set(const config_t *config, const struct answer *answers,
                   struct backend_set *set)
{
    int left_out = 0;

    set->num_backends = set->num_backups = set->current_index = 0;
    for (int i = 0; i < config->num_backends; i++) {
        const struct net_addresses *addresses = &answers[i].addresses;

        for (int n = 0; n < addresses->count; n++) {
            if (set->num_backends == MAX_BACKENDS) {
                left_out++;
                continue;
            }
            fill_in(&set->backends[set->num_backends++], &config->backends[i],
                    addresses, n);
            set->num_backups += config->backends[i].backup;
        }
    }
    return left_out;
}

static int same_backend(const struct backend *a, const struct backend *b)
{
    return strcmp(a->name, b->name) == 0 &&
           compare(&a->addresses.at[0], &b->addresses.at[0]) == 0;
}

const struct backend *names_find(const struct backend_set *set,
                                 const struct backend *b)
{
    for (int i = 0; i < set->num_backends; i++)
        if (same_backend(&set->backends[i], b))
            return &set->backends[i];
    return NULL;
}
