#ifndef PAGE_H
#define PAGE_H

/* page: sets of backends, and the page about them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "lb_stats.h"

/* So many backends, 127.0.0.1:1 and so on; static, made anew. */
static inline struct backend_set *set_of(int count)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "127.0.0.1:%d", i + 1);
        backend_set_add(&set, text, 0);
    }
    return &set;
}

/* The answer's body, checked against its Content-Length; free() the answer. */
static inline const char *body_of(const char *answer, size_t len)
{
    const char *field = strstr(answer, "\r\nContent-Length: ");
    const char *end = strstr(answer, "\r\n\r\n");

    expect_that("the answer", field != NULL && end != NULL,
                "a head with Content-Length, and an empty line");
    expect_int("Content-Length",
               atoi(field + strlen("\r\nContent-Length: ")),
               (long long)(len - (size_t)(end + 4 - answer)));
    return end + 4;
}

static inline void expect_body(const char *what, const struct lb_stats *stats,
                               const char *expected)
{
    size_t len = 0;
    char *answer = lb_stats_answer(stats, &len), *text = malloc(len + 1);

    expect_that("the answer", answer != NULL && text != NULL, "not NULL");
    memcpy(text, answer, len);
    text[len] = '\0';
    free(answer);
    expect_text(what, body_of(text, len), expected);
    free(text);
}

static inline int route(const char *line)
{
    static struct http_head head;
    char text[256];

    snprintf(text, sizeof text, "%s\r\nHost: h\r\n\r\n", line);
    expect_int(about("the parser on \"%s\"", line),
               http_head_parse_request(&head, text, strlen(text)),
               HTTP_COMPLETE);
    return lb_stats_route(&head);
}

static inline void expect_route(const char *line, int expected)
{
    int came = route(line);

    expect_int(about("the route of \"%s\"", line), came, expected);
}

#endif
