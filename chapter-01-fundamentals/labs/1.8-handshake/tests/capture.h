#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "expect.h"
#include "failure.h"

/* capture: what `tcpdump -n -S` has written into the file `capture`. */

enum { SERVER = 8080, NOBODY = 8081, PACKETS_MAX = 200 };

struct packet {
    int from, to;       /* ports */
    char flags[8];      /* as written: "S." */
    double seq;         /* of its first byte; -1: it names none */
    double ack;         /* -1: it names none */
    int length;         /* bytes of data */
};

struct connection {
    int client_port;
    int count;
    struct packet at[PACKETS_MAX];
};

/* The number behind a word of a line; -1 without the word. */
static inline double number_behind(const char *line, const char *word)
{
    const char *at = strstr(line, word);

    return at != NULL ? strtod(at + strlen(word), NULL) : -1;
}

/* "... IP 127.0.0.1.59920 > 127.0.0.1.8080: Flags [S], seq 42, ..."; 1 if the
 * line is such a one. */
static inline int read_packet(const char *text, struct packet *p)
{
    char line[512], from[80], to[80];
    const char *at;

    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    if ((at = strstr(line, "IP ")) == NULL &&
        (at = strstr(line, "IP6 ")) == NULL)
        return 0;
    at = strchr(at, ' ');
    if (sscanf(at, " %79s > %79[^:]", from, to) != 2 &&
        sscanf(at, " %79s > %79s", from, to) != 2)
        return 0;
    if ((at = strstr(line, ": Flags [")) == NULL ||
        sscanf(at, ": Flags [%7[^]]", p->flags) != 1 ||
        strrchr(from, '.') == NULL)
        return 0;
    while (at > line && at[-1] != '.') /* IPv6 addresses have colons */
        at--;
    p->from = atoi(strrchr(from, '.') + 1);
    p->to = atoi(at);
    p->seq = number_behind(line, "seq ");
    p->ack = number_behind(line, " ack ");
    p->length = (int)number_behind(line, "length ");
    return p->from > 0 && p->to > 0;
}

/* Adds it if it belongs to the connection that is looked for. `skip` counts down
 * the connections before it. */
static inline void take_packet(struct connection *c, const struct packet *p,
                               int port, int *skip)
{
    int opens = p->to == port && strcmp(p->flags, "S") == 0;

    if (opens && (*skip)-- == 0)
        c->client_port = p->from;
    if (c->client_port != 0 && *skip == -1 && c->count < PACKETS_MAX &&
        ((p->from == c->client_port && p->to == port) ||
         (p->to == c->client_port && p->from == port)))
        c->at[c->count++] = *p;
}

/* The nth connection (from 0) to this port; fails the test if there is none. */
static inline const struct connection *capture_connection(int port, int n)
{
    static struct connection c;
    const char *text = submitted_text("capture");
    struct packet p;

    memset(&c, 0, sizeof c);
    for (const char *line = text; line != NULL; line = strchr(line, '\n'))
        if (read_packet(line += *line == '\n', &p))
            take_packet(&c, &p, port, &n);
    if (c.count == 0)
        failure("the capture has no such connection to port %d: no line "
                "\"IP ... > ....%d: Flags [S], seq ...\" (were -n and -S given?)",
                port, port);
    return &c;
}

/* The first packet of that connection with this flag that the client (or the
 * server) has sent; fails the test if there is none. */
static inline const struct packet *
capture_find(const struct connection *c, int from_client, char flag)
{
    for (int i = 0; i < c->count; i++)
        if ((c->at[i].from == c->client_port) == from_client &&
            strchr(c->at[i].flags, flag) != NULL)
            return &c->at[i];
    failure("the capture has no packet of the %s with %c in its flags, in the "
            "connection from port %d",
            from_client ? "client" : "server", flag, c->client_port);
}

/* Who sent the first FIN. */
static inline const char *capture_first_fin(const struct connection *c)
{
    for (int i = 0; i < c->count; i++)
        if (strchr(c->at[i].flags, 'F') != NULL)
            return c->at[i].from == c->client_port ? "client" : "server";
    failure("the capture has no FIN in the connection from port %d",
            c->client_port);
}

#endif
