#ifndef CONFIG_FAULTS_H
#define CONFIG_FAULTS_H

#include "json.h"
#include "log.h"

/* config_faults: what is wrong with a file, one line each.
 *
 *     lb.json:7:15: backends[1].port: 70000 is not in 1..65535
 *
 * Their room is fixed, so that there is always memory to say what is wrong. If
 * there are more of them than that, the last line says so. */

#define CONFIG_FAULTS_MAX 50
#define CONFIG_FAULT_SIZE 512 /* a longer line is cut */

struct config_faults {
    char file[CONFIG_FAULT_SIZE / 2]; /* its name, for people */
    int count;                        /* at most one more than the maximum */
    char lines[CONFIG_FAULTS_MAX + 1][CONFIG_FAULT_SIZE];
};

void config_faults_init(struct config_faults *f, const char *file);

/* Notes one at a place; line 0 is the file as a whole. */
void config_fault(struct config_faults *f, struct json_place place,
                  const char *format, ...) LOG_PRINTF(3, 4);

/* Whether no more are noted: then nobody need look for what to say. */
int config_faults_full(const struct config_faults *f);

/* Some text from the file as it may be shown on a terminal: no control
 * characters, and cut where it is long. Returns `out`. */
#define CONFIG_SHOWN 64
const char *config_shown(struct slice text, char out[CONFIG_SHOWN]);

#endif
