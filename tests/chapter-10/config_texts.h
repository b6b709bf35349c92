#ifndef CONFIG_TEXTS_H
#define CONFIG_TEXTS_H

/* config_texts: configs out of texts in the tests, and what is said of them. */

#include "config.h"
#include "failure.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define BACKENDS "\"backends\": [{\"host\": \"h\", \"port\": 9}]"
#define LEAST    "\"listen_port\": 1, " BACKENDS

/* All faults, each with a newline. Good until the next call. */
static inline const char *faults_of(const config_t *cfg)
{
    static char all[(CONFIG_FAULTS_MAX + 1) * (CONFIG_FAULT_SIZE + 1)];
    const char *line;
    size_t len = 0;

    all[0] = '\0';
    for (int i = 0; (line = config_error(cfg, i)) != NULL; i++)
        len += (size_t)snprintf(all + len, sizeof all - len, "%s\n", line);
    return all;
}

/* It must be without a fault; config_free() it. */
static inline config_t *good_config(const char *text)
{
    config_t *cfg = config_parse("lb.json", text, strlen(text));

    if (!config_validate(cfg))
        failure("%s\n%s", text, faults_of(cfg));
    return cfg;
}

static inline void expect_faults(const char *text, const char *wanted)
{
    config_t *cfg = config_parse("lb.json", text, strlen(text));

    if (strcmp(faults_of(cfg), wanted) != 0)
        failure("%s\n  expected:\n%s  found:\n%s", text, wanted,
                faults_of(cfg));
    assert_int_equal(config_validate(cfg), wanted[0] == '\0');
    config_free(cfg);
}

#endif
