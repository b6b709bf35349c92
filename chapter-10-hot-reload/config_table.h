#ifndef CONFIG_TABLE_H
#define CONFIG_TABLE_H

#include "config.h"

/* config_table: every key of the file, once.
 *
 * A row says where a key stands, what it may be, what it is if it is not given,
 * where it goes, and what it is for. The parser, the checks, CONFIG.md and the
 * JSON Schema follow from it. */

enum config_type {
    /* numbers: min and max bound them */
    CONFIG_INTEGER,  /* int */
    CONFIG_SIZE,     /* uint64_t, bytes */
    CONFIG_SECONDS,  /* int, milliseconds; min and max, too */
    CONFIG_RATE,     /* double; min and max are thousandths */
    CONFIG_WORKERS,  /* int, or "auto" */
    /* words */
    CONFIG_BOOLEAN,  /* int, 0 or 1 */
    CONFIG_ALGORITHM,
    CONFIG_LIMITER,
    CONFIG_FORMAT,   /* these three: const char *, one of config_choices() */
    /* texts: min and max bound their bytes, the field has room for one more */
    CONFIG_TEXT,
    CONFIG_PATH,     /* of a URL: begins with '/' */
    CONFIG_ADDRESS,  /* an IP literal */
    CONFIG_HOST,     /* a name or an IP literal */
    CONFIG_HASH_KEY, /* struct config_hash_key */
    /* what holds others */
    CONFIG_PROXIES,  /* struct config_proxies; at most max */
    CONFIG_BACKENDS, /* the only array of objects: min to max of them */
    CONFIG_SECTION,  /* the field, if any, is the int that says it is there */
    CONFIG_SECTION_OR_TEXT, /* the same; a text is its first key */
    CONFIG_UNUSED    /* any text: for editors, not for us */
};

#define CONFIG_TOP      ""          /* the section of the outermost object */
#define CONFIG_BACKEND  "backends[]" /* the section of what is in that array */
#define CONFIG_NOWHERE  ((size_t)-1)
#define CONFIG_REQUIRED NULL
#define CONFIG_ABSENT   ""          /* may be left out, and then is not there */

struct config_key {
    const char *section, *name;
    enum config_type type;
    size_t offset; /* in struct config; of CONFIG_BACKEND: in config_backend */
    int64_t min, max;
    const char *preset; /* JSON; or CONFIG_REQUIRED, or CONFIG_ABSENT */
    const char *says;   /* one line of the documentation */
};

/* All of them, section by section, in the order of the documentation. */
extern const struct config_key config_keys[];
extern const int config_key_count;

/* The words that a type allows, up to one with no name; NULL if it is another
 * type. */
struct config_choice {
    const char *name, *alias; /* alias: NULL, or what command lines call it */
};
const struct config_choice *config_choices(enum config_type type);

/* The key of that name in a section, or NULL. */
const struct config_key *config_find(const char *section, struct slice name);

/* The known key that a name in a section was most likely meant to be: one of
 * the same section, or one that is called exactly so in another. */
const struct config_key *config_nearest(const char *section,
                                        struct slice name);

/* What min and max allow, as in the file: "1..65535", "0.001..3600". */
#define CONFIG_RANGE 48
const char *config_range(const struct config_key *key, char out[CONFIG_RANGE]);

/* How many places of a number count: 3 for seconds and rates, else 0. */
int config_places(enum config_type type);

#endif
