#include "client.h"

#include "authority.h"
#include "log.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char REQUEST[] = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
static const char LAST_REQUEST[] = "GET / HTTP/1.1\r\nHost: bench\r\n"
                                   "Connection: close\r\n\r\n";

int client_resolve(const char *program, const char *text,
                   struct net_addresses *out)
{
    struct authority where;
    int error;

    if (authority_parse(slice_of(text), AUTHORITY_PORT_REQUIRED, &where) != 0) {
        log_error(program, "%s: not HOST:PORT", text);
        return -1;
    }
    error = net_resolve(where.host, where.port, out);
    if (error != 0)
        log_error(program, "resolve %s: %s", where.host, gai_strerror(error));
    return error == 0 ? 0 : -1;
}

int client_ask(struct client *c, int is_last)
{
    const char *request = is_last ? LAST_REQUEST : REQUEST;
    const size_t len = strlen(request);

    c->len = 0;
    c->answer[0] = '\0';
    return send(c->fd, request, len, 0) == (ssize_t)len ? 0 : -1;
}

/* Behind the colon of a field, or NULL. The answer ends in a NUL. */
static const char *field(const struct client *c, const char *name)
{
    const size_t len = strlen(name);

    for (const char *line = strchr(c->answer, '\n'); line != NULL;
         line = strchr(line + 1, '\n'))
        if (strncasecmp(line + 1, name, len) == 0 && line[1 + len] == ':')
            return line + 2 + len + strspn(line + 2 + len, " ");
    return NULL;
}

static enum client_verdict judge(const struct client *c)
{
    const enum client_verdict open =
        c->len < CLIENT_ANSWER_MAX ? CLIENT_PARTIAL : CLIENT_WRONG;
    const char *end = strstr(c->answer, "\r\n\r\n");
    const char *length;

    if (end == NULL)
        return open;
    length = field(c, "Content-Length");
    if (strncmp(c->answer, "HTTP/1.1 2", 10) != 0 || length == NULL)
        return CLIENT_WRONG;
    if (c->answer + c->len < end + 4 + strtoul(length, NULL, 10))
        return open;
    return strncasecmp(end + 4, CLIENT_BODY, strlen(CLIENT_BODY)) == 0
               ? CLIENT_COMPLETE
               : CLIENT_WRONG;
}

enum client_verdict client_receive(struct client *c)
{
    ssize_t n = recv(c->fd, c->answer + c->len, CLIENT_ANSWER_MAX - c->len, 0);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return CLIENT_PARTIAL;
    if (n <= 0)
        return n == 0 ? CLIENT_CLOSED : CLIENT_RESET;
    c->len += (size_t)n;
    c->answer[c->len] = '\0';
    return judge(c);
}

int client_is_done(const struct client *c)
{
    const char *connection = field(c, "Connection");

    return connection != NULL && strncasecmp(connection, "close", 5) == 0;
}

void client_close(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->len = 0;
}
