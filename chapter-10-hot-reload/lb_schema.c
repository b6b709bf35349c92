/* lb_schema: prints what there is to know about the keys of lb.json, as a table
 * for people or as a JSON Schema for editors. `make reference` writes both.
 * Read next: config_table.c. */

#include "config_docs.h"
#include "log.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char PROGRAM[] = "lb_schema";
static const char USAGE[] =
    "usage: lb_schema markdown|schema\n"
    "Prints the keys of lb.json.\n"
    "  markdown  a table of them (CONFIG.md)\n"
    "  schema    a JSON Schema for editors (lb.schema.json)\n";

static const char *take(void *self, int what, int n, const char *value)
{
    void (**print)(FILE *) = self;

    (void)what; /* there are no options */
    if (n > 1)
        return "one too many";
    if (strcmp(value, "markdown") == 0)
        *print = config_docs_markdown;
    else if (strcmp(value, "schema") == 0)
        *print = config_docs_schema;
    else
        return "neither markdown nor schema";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, "", 1, "markdown or schema"};
    void (*print)(FILE *) = NULL;
    int status = options_read(&command_line, argc, argv, take, &print);

    if (status >= 0)
        return status;
    print(stdout);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    log_error(PROGRAM, "write to standard output: %s", strerror(errno));
    return 1;
}
