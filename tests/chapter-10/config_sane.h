#ifndef CONFIG_SANE_H
#define CONFIG_SANE_H

/* config_sane: what must hold of any config, whatever its text was: for the
 * tests that change bytes at random, and for the fuzzer. */

#include "config_table.h"

#include <string.h>

/* NULL, or what does not hold of the faults. */
static inline const char *config_faults_sane(const config_t *cfg)
{
    const char *line;
    int n = 0;

    for (; (line = config_error(cfg, n)) != NULL; n++) {
        if (strncmp(line, cfg->faults.file, strlen(cfg->faults.file)) != 0)
            return "a fault names the file";
        if (strlen(line) >= CONFIG_FAULT_SIZE || strchr(line, '\n') != NULL ||
            strchr(line, '\033') != NULL)
            return "a fault is a line";
    }
    return n <= CONFIG_FAULTS_MAX + 1 ? NULL : "so many faults at most";
}

/* A number in its range, or 0 where a section or a key may be absent. */
static inline int config_number_sane(const struct config_key *key,
                                     const void *field)
{
    int64_t value;

    if (key->type == CONFIG_SIZE)
        value = (int64_t)*(const uint64_t *)field;
    else if (key->type == CONFIG_RATE)
        value = (int64_t)(*(const double *)field * 1000 + 0.5);
    else if (key->type <= CONFIG_WORKERS)
        value = *(const int *)field;
    else
        return 1;
    return value == 0 || (value >= key->min && value <= key->max);
}

static inline int config_text_sane(const struct config_key *key,
                                   const void *field)
{
    const char *text = field;

    if (key->type < CONFIG_TEXT || key->type > CONFIG_HOST)
        return 1;
    return memchr(text, '\0', (size_t)key->max + 1) != NULL;
}

/* NULL, or what does not hold of a config, valid or not. */
static inline const char *config_sane(config_t *cfg)
{
    if (cfg->num_backends < 0 || cfg->num_backends > MAX_BACKENDS)
        return "so many backends at most";
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        int count = strcmp(key->section, CONFIG_BACKEND) != 0
                        ? 1 : cfg->num_backends;

        for (int b = 0; b < count && key->offset != CONFIG_NOWHERE; b++) {
            const char *base = strcmp(key->section, CONFIG_BACKEND) != 0
                                   ? (const char *)cfg
                                   : (const char *)&cfg->backends[b];

            if (!config_number_sane(key, base + key->offset) ||
                !config_text_sane(key, base + key->offset))
                return key->name;
        }
    }
    if (config_validate(cfg) && cfg->num_backends == 0)
        return "a backend at least";
    return config_faults_sane(cfg);
}

#endif
