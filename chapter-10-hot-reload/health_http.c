#include "health_http.h"

#include "slice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define STATUS_LENGTH (sizeof "HTTP/1.1 200" - 1)

/* Whether these STATUS_LENGTH bytes begin a good answer. */
static int is_well(const char *line)
{
    struct slice digits = {line + STATUS_LENGTH - 3, 3};
    uint64_t status;

    return memcmp(line, "HTTP/1.", 7) == 0 && line[8] == ' ' &&
           slice_number(digits, 999, &status) == 0 && status >= 200 &&
           status < 400;
}

/* The rest of the answer is of no interest and goes when the connection is
 * closed. */
static void answer_ready(struct watcher *w, int fd, unsigned events)
{
    struct probe *probe = (struct probe *)w;
    ssize_t n = recv(fd, probe->heard + probe->heard_len,
                     STATUS_LENGTH - probe->heard_len, 0);

    (void)events;
    if (n > 0)
        probe->heard_len += (size_t)n;
    if (probe->heard_len == STATUS_LENGTH)
        probe_conclude(probe, is_well(probe->heard));
    else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
        probe_conclude(probe, 0);
}

void health_http_ask(struct probe *probe)
{
    const struct watch *watch = &probe->prober->watch;
    char request[2048];
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: %s\r\n"
                       "User-Agent: lb-health-check\r\n"
                       "Connection: close\r\n\r\n",
                       probe->prober->policy.path, probe->backend->name);

    probe->watcher.ready = answer_ready;
    probe->heard_len = 0;
    if (len < 0 || len >= (int)sizeof request ||
        send(probe->fd, request, (size_t)len, 0) != len ||
        watch->set(watch->loop, probe->fd, WATCH_READ, &probe->watcher) != 0)
        probe_conclude(probe, 0);
}
