#ifndef HEALTH_HTTP_H
#define HEALTH_HTTP_H

#include "probe.h"

/* health_http: a health check that asks for a page. A backend that accepts and
 * then says nothing, or that it is not well (503), is not healthy.
 *
 * Plugs into health_policy.accepted (chapter 4): sends `GET path` with the policy's
 * path, and reads no more of the answer than its status: 200 to 399 is healthy.
 * The whole check has the policy's timeout. */
void health_http_ask(struct probe *probe);

#endif
