#ifndef ACCEPTING_H
#define ACCEPTING_H

/* accepting: a request with these Accept-Encoding fields, and what it gets. */

#include <stdio.h>
#include <string.h>

#include "coding.h"
#include "expect.h"
#include "fixture.h"

/* `fields` are the values of so many fields, with '|' between them; NULL: none.
 * The head ends at the end of a page. */
static inline int ask(const char *fields, const char *coding)
{
    char text[1024] = "GET / HTTP/1.1\r\nHost: h\r\n";
    struct http_head head;
    char *edge;
    size_t len;
    int answer;

    for (const char *at = fields; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        len = strlen(text);
        snprintf(text + len, sizeof text - len, "Accept-Encoding: %.*s\r\n",
                 (int)strcspn(at, "|"), at);
        if (strchr(at, '|') == NULL)
            break;
    }
    strcat(text, "\r\n");
    len = strlen(text);
    edge = guard_copy(text, len);
    expect_int("the verdict about the request",
               http_head_parse_request(&head, edge, len), HTTP_COMPLETE);
    answer = coding != NULL ? coding_quality(&head, slice_of(coding))
                            : coding_prefers_gzip(&head);
    guard_free(edge, len);
    return answer;
}

static inline void expect_gzip(const char *fields, int gzip)
{
    int came = ask(fields, NULL);

    expect_text(about("what is sent for Accept-Encoding: %s",
                      fields != NULL ? fields : "(no such field)"),
                came ? "FILE.gz" : "FILE", gzip ? "FILE.gz" : "FILE");
}

static inline void expect_quality(const char *fields, const char *coding,
                                  int quality)
{
    int came = ask(fields, coding);

    expect_int(
        about("the quality of %s in Accept-Encoding: %s", coding, fields), came,
        quality);
}

#endif
