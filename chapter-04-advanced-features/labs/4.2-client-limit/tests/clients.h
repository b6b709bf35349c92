#ifndef CLIENTS_H
#define CLIENTS_H

/* clients: requests of made-up addresses to a limit, on a clock that only the
 * test moves. */

#include <stdio.h>
#include <string.h>

#include "client_limit.h"
#include "expect.h"

static uint64_t now_ms;
static struct client_limit *limit;
static struct exchange last; /* the request that ask() has made */

static inline void begin(int per_second)
{
    now_ms = 0;
    limit = client_limit_create(per_second, &now_ms);
    expect_that("the limit", limit != NULL, "was created");
}

static inline void end(void)
{
    client_limit_destroy(limit);
    limit = NULL;
}

/* What the filter says to a request of this address. */
static inline int ask(const char *ip)
{
    struct filter filter = client_limit_filter(limit);

    memset(&last, 0, sizeof last);
    snprintf(last.client_ip, sizeof last.client_ip, "%s", ip);
    return filter.admit(filter.self, &last);
}

static inline void expect_answer(const char *ip, uint64_t at_ms, int expected)
{
    now_ms = at_ms;
    expect_int(about("to %s at %d ms", ip, (int)at_ms), ask(ip), expected);
}

/* The n-th of many addresses. */
static inline const char *address(int n)
{
    static char ip[32];

    snprintf(ip, sizeof ip, "10.0.%d.%d", n / 256, n % 256);
    return ip;
}

#endif
