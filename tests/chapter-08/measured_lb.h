#ifndef MEASURED_LB_H
#define MEASURED_LB_H

/* measured_lb: a load balancer with an admin port, and what it says there.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "failure.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

/* The port of the line that comes before the ready line. */
static inline int admin_port(struct program *p)
{
    static const char line[] = " admin listening on 127.0.0.1:";

    return atoi(program_expect(p, line) + sizeof line - 1);
}

/* The body of a page, which must answer 200; free() it. */
static inline char *admin_get(int port, const char *path)
{
    struct http_response r;

    http_get(port, path, &r);
    if (r.status != 200)
        failure("GET %s: %s%s", path, r.head, r.body);
    return r.body;
}

/* The number behind this text at the beginning of a line of /metrics; -1 if there
 * is no such line. */
static inline double metric(int port, const char *series)
{
    char *page = admin_get(port, "/metrics");
    const char *at = page;
    size_t len = strlen(series);
    double value = -1;

    while ((at = strstr(at, series)) != NULL) {
        if ((at == page || at[-1] == '\n') && at[len] == ' ')
            value = strtod(at + len, NULL);
        at += len;
    }
    free(page);
    return value;
}

/* Waits until the number is exactly this: what a client has got may not have been
 * counted yet. */
static inline void expect_metric(int port, const char *series, double wanted)
{
    deadline_t deadline = deadline_in(10000);
    double got;

    while ((got = metric(port, series)) != wanted)
        if (!deadline_pause(deadline)) {
            char *page = admin_get(port, "/metrics");

            failure("%s is %g, not %g\n%s", series, got, wanted, page);
        }
}

/* The same with a number of the backend at this place, counted from 0; `more` are
 * further labels (",status=\"200\""), or "". */
static inline void expect_of_backend(int port, const struct lb *lb, int i,
                                     const char *name, const char *more,
                                     double wanted)
{
    char series[256];

    snprintf(series, sizeof series, "%s{backend=\"127.0.0.1:%d\"%s}", name,
             lb->backend_port[i], more);
    expect_metric(port, series, wanted);
}

/* /lb-stats contains this text, soon. */
static inline void expect_stats(int port, const char *text)
{
    deadline_t deadline = deadline_in(10000);
    char *page;

    while (strstr(page = admin_get(port, "/lb-stats"), text) == NULL) {
        if (!deadline_pause(deadline))
            failure("not there: %s\n%s", text, page);
        free(page);
    }
    free(page);
}

/* The status of /health becomes this, soon. */
static inline void expect_health(int port, int status, const char *body)
{
    deadline_t deadline = deadline_in(20000);
    struct http_response r;

    for (;;) {
        int done;

        http_get(port, "/health", &r);
        done = r.status == status && strcmp(r.body, body) == 0;
        if (!done && !deadline_pause(deadline))
            failure("/health: %s%s", r.head, r.body);
        http_response_free(&r);
        if (done)
            return;
    }
}

#endif
