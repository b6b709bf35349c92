#ifndef PROMTOOL_H
#define PROMTOOL_H

/* promtool: Prometheus' own opinion of a page of metrics, where it is installed
 * (Debian: prometheus). Include it after fixture.h. */

#include <stdlib.h>
#include <unistd.h>

#include "program.h"

/* The command's path, or NULL. */
static inline const char *promtool_path(void)
{
    static const char *const places[] = {
        "/usr/bin/promtool", "/usr/local/bin/promtool",
        "/opt/homebrew/bin/promtool"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

/* The page passes `promtool check metrics` without a word. Skips the test where
 * there is no promtool. */
static inline void promtool_approves(const void *page, size_t len)
{
    const char *const argv[] = {promtool_path(), "check", "metrics", NULL};
    struct run r;

    if (argv[0] == NULL) {
        print_message("promtool is not installed (Debian: prometheus)\n");
        skip();
    }
    r = program_run(argv, page, len);
    if (r.status != 0 || r.err_len > 0 || r.out_len > 0)
        fail_msg("promtool: %s%s", r.out, r.err);
    run_free(&r);
}

#endif
