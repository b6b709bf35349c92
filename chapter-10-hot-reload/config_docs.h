#ifndef CONFIG_DOCS_H
#define CONFIG_DOCS_H

#include <stdio.h>

/* config_docs: the table of keys, for people and for editors. */

/* CONFIG.md: a table in Markdown. */
void config_docs_markdown(FILE *out);

/* lb.schema.json: a JSON Schema (draft 7, which editors know). What it allows
 * is what config allows, but for what two keys have to do with each other. */
void config_docs_schema(FILE *out);

#endif
