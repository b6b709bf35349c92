#ifndef AUTHORITY_H
#define AUTHORITY_H

#include "slice.h"

/* authority: HOST:PORT, as on a command line, in a Host field, after CONNECT.
 *
 *     example.com:80   127.0.0.1:9001   [::1]:9001   example.com
 *
 * A pure parser: it checks the form, it does not ask whether the host exists.
 * Source: RFC 3986, section 3.2 (without userinfo, which RFC 9110, 4.2.4
 * forbids here). */

#define AUTHORITY_HOST_MAX 253 /* the longest name that DNS can carry */
#define AUTHORITY_PORT_REQUIRED -1

struct authority {
    char host[AUTHORITY_HOST_MAX + 1]; /* no brackets, NUL-terminated */
    int port;                          /* 0..65535 */
};

/* Splits "HOST..." into the host (brackets removed) and what follows it, which
 * is empty or begins with ':'. 0, or -1 if there is no well-formed host. */
int authority_split(struct slice text, struct slice *host, struct slice *rest);

/* HOST:PORT, or HOST alone, which means `default_port`
 * (AUTHORITY_PORT_REQUIRED: that is an error). 0, or -1. */
int authority_parse(struct slice text, int default_port, struct authority *out);

/* A port as every program takes it: digits only, 0..65535. 0, or -1. */
int authority_port(struct slice text, int *port);

#endif
