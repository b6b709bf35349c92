#include "balance.h"

#include <string.h>

int balance_is_usable(const struct backend_set *set, int i,
                      const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)i;
    (void)tried;
    return 0;
}

int balance_is_busy(const struct backend_set *set,
                    const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)tried;
    return 0;
}

int balance_is_idler(const struct backend *a, const struct backend *b)
{
    /* YOUR CODE. */
    (void)a;
    (void)b;
    return 0;
}

struct backend *select_round_robin(struct backend_set *set,
                                   const char *client_ip,
                                   const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)client_ip;
    (void)tried;
    return NULL;
}

struct backend *select_weighted_round_robin(struct backend_set *set,
                                            const char *client_ip,
                                            const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)client_ip;
    (void)tried;
    return NULL;
}

struct backend *select_least_connections(struct backend_set *set,
                                         const char *client_ip,
                                         const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)client_ip;
    (void)tried;
    return NULL;
}

struct backend *select_ip_hash(struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    /* YOUR CODE. */
    (void)set;
    (void)client_ip;
    (void)tried;
    return NULL;
}

/* ---- by name: this part is done ----------------------------------------- */

const struct balance *balance_find(const char *name)
{
    static const struct balance all[] = {
        {"round_robin", "rr", select_round_robin},
        {"weighted_round_robin", "wrr", select_weighted_round_robin},
        {"least_connections", "lc", select_least_connections},
        {"ip_hash", "iphash", select_ip_hash},
    };

    for (int i = 0; i < 4; i++)
        if (!strcmp(name, all[i].name) || !strcmp(name, all[i].alias))
            return &all[i];
    return NULL;
}

struct backend *select_backend(const struct balance *balance,
                               struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    return balance->pick(set, client_ip, tried);
}
