#ifndef TRACE_H
#define TRACE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "expect.h"
#include "failure.h"

/* trace: what strace has written into the file `trace`. */

enum { CALLS_MAX = 2000, NAME_MAX_LEN = 32 };

struct call {
    char name[NAME_MAX_LEN];
    int first;      /* its first argument, if that is a number; else -1 */
    int second;     /* the last number before the closing bracket; else -1 */
    int returned;   /* -1: an error, or nothing yet */
    char error[24]; /* "EAGAIN"; "" if there is none */
};

struct trace {
    int count;
    struct call at[CALLS_MAX];
};

/* "2279  accept(3, ..., [128])  = -1 EAGAIN (...)"; 1 if it is such a line. */
static inline int read_call(const char *text, struct call *c)
{
    char line[1024], *at = line, *open, *equals = NULL;

    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    if (strncmp(at, "[pid", 4) == 0)
        at += strcspn(at, "]") + (strchr(at, ']') != NULL);
    at += strspn(at, " 0123456789");
    if ((open = strchr(at, '(')) == NULL || open == at ||
        open - at >= NAME_MAX_LEN || memchr(at, ' ', (size_t)(open - at)))
        return 0;
    for (char *next = at; (next = strstr(next, " = ")) != NULL; next++)
        equals = next;
    if (equals == NULL)
        return 0;
    memset(c, 0, sizeof *c);
    memcpy(c->name, at, (size_t)(open - at));
    c->first = c->second = -1;
    sscanf(open, "(%d", &c->first);
    if (strchr(open, ',') != NULL)
        sscanf(strchr(open, ','), ", %d", &c->second);
    c->returned = -1;
    sscanf(equals, " = %d", &c->returned);
    if (sscanf(equals, " = -1 %23[A-Z0-9]", c->error) != 1)
        sscanf(equals, " = ? %23[A-Z0-9]", c->error);
    return 1;
}

/* The whole trace; fails the test if it is none of a server. */
static inline const struct trace *trace_read(void)
{
    static struct trace t;
    const char *text = submitted_text("trace");

    t.count = 0;
    for (const char *line = text; line != NULL && t.count < CALLS_MAX;
         line = strchr(line, '\n'))
        t.count += read_call(line += *line == '\n', &t.at[t.count]);
    return &t;
}

/* The first call of that name from the ith on; count if there is none. */
static inline int trace_next(const struct trace *t, int i, const char *name)
{
    while (i < t->count && strcmp(t->at[i].name, name) != 0)
        i++;
    return i;
}

/* The same, where there must be one. */
static inline int trace_find(const struct trace *t, int i, const char *name)
{
    i = trace_next(t, i, name);
    if (i == t->count)
        failure("the trace has no line \"%s(...) = ...\" where one is looked "
                "for: was it made as the README says?",
                name);
    return i;
}

/* The accept that returned the nth client (from 0). */
static inline int trace_client(const struct trace *t, int n)
{
    int i = trace_find(t, 0, "accept");

    while (t->at[i].returned < 0 || n-- > 0)
        i = trace_find(t, i + 1, "accept");
    return i;
}

/* What a client costs: from its accept to the close of its descriptor. */
static inline int trace_cost(const struct trace *t, int client)
{
    int i = trace_find(t, client, "close");

    while (t->at[i].first != t->at[client].returned)
        i = trace_find(t, i + 1, "close");
    return i - client + 1;
}

/* The call in which the server sleeps, from the ith on. */
static inline int trace_sleep(const struct trace *t, int i)
{
    while (i < t->count && strstr(t->at[i].name, "select") == NULL &&
           strstr(t->at[i].name, "poll") == NULL)
        i++;
    if (i == t->count)
        failure("the trace has no call in which the server sleeps (select, "
                "poll) where one is looked for");
    return i;
}

#endif
