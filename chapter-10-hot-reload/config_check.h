#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config.h"
#include "json.h"

/* config_check: what no key can say of itself: where two of them contradict
 * each other. To be called when all have been read; `root` is the file's
 * object. */
void config_check(config_t *cfg, const struct json_value *root);

#endif
