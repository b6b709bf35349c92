#ifndef FORWARDED_H
#define FORWARDED_H

/* forwarded: heads for this lab, and what becomes of them. */

#include "expect.h"
#include "forwarded_for.h"

#include <stdio.h>
#include <string.h>

#define VALUE_SIZE 256

/* A GET with these field lines gives this value for a client at 127.0.0.1. */
static inline void expect_list(const char *fields, const char *value)
{
    char text[1024], out[VALUE_SIZE];
    struct http_head head;
    size_t len;

    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    expect_int("the verdict on the head",
               http_head_parse_request(&head, text, strlen(text)),
               HTTP_COMPLETE);
    len = forwarded_for(&head, "127.0.0.1", out, sizeof out);
    expect_bytes(about("the value after %s", *fields ? fields : "no field"),
                 out, len, value, strlen(value));
}

#endif
