#include "config_check.h"
#include "limit_rule.h"

#include <string.h>

/* ---- backends ----------------------------------------------------------- */

static int is_same_server(const struct config_backend *a,
                          const struct config_backend *b)
{
    return a->port == b->port &&
           slice_equal_nocase(slice_of(a->host), slice_of(b->host));
}

/* A backend without host or port has been found fault with already. */
static void check_backend(config_t *cfg, int i, const struct json_value *object)
{
    const struct config_backend *b = cfg->backends;

    for (int j = 0; j < i && b[i].host[0] != '\0' && b[i].port != 0; j++) {
        if (is_same_server(&b[i], &b[j])) {
            config_fault(&cfg->faults, object->place,
                         "backends[%d]: the same host and port as backends[%d]",
                         i, j);
            return;
        }
        if (strcmp(b[i].name, b[j].name) == 0) {
            config_fault(&cfg->faults, object->place,
                         "backends[%d]: the same name as backends[%d]", i, j);
            return;
        }
    }
}

static int all_are_backups(const config_t *cfg)
{
    for (int i = 0; i < cfg->num_backends; i++)
        if (!cfg->backends[i].backup)
            return 0;
    return cfg->num_backends > 0;
}

static void check_backends(config_t *cfg, const struct json_value *root)
{
    const struct json_value *array = json_member(root, "backends"), *object;
    int i = 0;

    if (array == NULL || array->type != JSON_ARRAY)
        return;
    object = array->first;
    for (; object != NULL && i < cfg->num_backends; object = object->next)
        check_backend(cfg, i++, object);
    if (all_are_backups(cfg))
        config_fault(&cfg->faults, array->place,
                     "backends: all of them are backups");
}

/* ---- the rest ----------------------------------------------------------- */

/* The place of a key in a section; of the section if it is not given. */
static struct json_place place_of(const struct json_value *root,
                                  const char *section, const char *name)
{
    const struct json_value *object = json_member(root, section);
    const struct json_value *value = json_member(object, name);

    return value != NULL ? value->place : object->place;
}

static int is_any_address(const char *address)
{
    return address[strspn(address, "0.:")] == '\0';
}

static void check_admin(config_t *cfg, const struct json_value *root)
{
    if (!cfg->admin.on || cfg->admin.port == 0 ||
        cfg->admin.port != cfg->listen_port)
        return;
    if (strcmp(cfg->admin.address, cfg->listen_address) == 0 ||
        is_any_address(cfg->admin.address) ||
        is_any_address(cfg->listen_address))
        config_fault(&cfg->faults, place_of(root, "admin", "port"),
                     "admin.port: %d is the listen_port already",
                     cfg->admin.port);
}

static void check_rate_limit(config_t *cfg, const struct json_value *root)
{
    double rate = cfg->rate_limit.per_ip;
    int burst = cfg->rate_limit.burst;

    if (cfg->rate_limit.on && rate > 0 && burst > rate * LIMIT_FILL_MAX)
        config_fault(&cfg->faults, place_of(root, "rate_limit", "burst"),
                     "rate_limit.burst: %d take more than a week, at %g/s",
                     burst, rate);
}

void config_check(config_t *cfg, const struct json_value *root)
{
    check_backends(cfg, root);
    check_admin(cfg, root);
    check_rate_limit(cfg, root);
}
