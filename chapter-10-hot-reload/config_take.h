#ifndef CONFIG_TAKE_H
#define CONFIG_TAKE_H

#include "config_faults.h"
#include "config_table.h"

/* config_take: one value of the file into one field of the config, if it is
 * what its key says. */

#define CONFIG_KEY_PATH 64 /* "backends[255].max_connections" */

struct config_value {
    const struct config_key *key;
    const struct json_value *value;
    const char *path;             /* of the key, for people */
    void *base;                   /* what key->offset counts from */
    struct config_faults *faults; /* where to note that it is not right */
};

/* For all types but those that hold other keys. */
void config_take(const struct config_value *v);

/* What the field is when the key is not given, if the key has a preset. */
void config_take_preset(const struct config_key *key, void *base,
                        struct config_faults *faults);

/* "path: an object is wanted, not a string" */
void config_wrong_type(const struct config_value *v, const char *wanted);

#endif
