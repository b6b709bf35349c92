/* static_server: the files of a directory, over HTTP.
 *
 * The other half of zero copy. A file lies in the kernel's page cache, where the
 * disk put it; sendfile() hands those pages to a socket. This program only says
 * which file, and how much of it.
 *
 * Read next: file_path.h, file_open.c, file_answer.h, mover_file.c,
 * engine_files.c. */

#include "authority.h"
#include "descriptor.h"
#include "engine_files.h"
#include "event_loop.h"
#include "log.h"
#include "options.h"
#include "server.h"
#include "signals.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_CLIENTS 20000

static const char PROGRAM[] = "static_server";
static const char USAGE[] =
    "usage: static_server PORT DIRECTORY\n"
    "Serves the files of a directory: GET and HEAD, ranges, conditions.\n"
    "To stop: Ctrl-C once, again to hurry.\n"
    "Example: static_server 8080 .\n";

struct static_server {
    struct watcher on_signal; /* first: the loop hands us this */
    struct file_server files;
    event_loop_t *loop;
    const char *directory;
    int port;
};

static const char *take(void *self, int what, int n, const char *value)
{
    struct static_server *server = self;

    (void)what; /* there are no options */
    if (n == 1)
        return authority_port(slice_of(value), &server->port) != 0
                   ? "not a port (0 to 65535)"
                   : NULL;
    if (server->directory != NULL)
        return "one operand too many";
    server->directory = value;
    return NULL;
}

static int failed(const char *what)
{
    log_error(PROGRAM, "%s: %s", what, strerror(errno));
    return -1;
}

static void handle_signal(struct watcher *w, int fd, unsigned events)
{
    struct static_server *server = (struct static_server *)w;
    struct service *service = &server->files.service;

    (void)fd;
    (void)events;
    signals_drain();
    if (signals_take_dump())
        log_line("Connections: active %d, max %d, peak %d", service->active,
                 service->max_clients, service->peak);
    if (signals_stops() > 0 && !service->draining) {
        service_drain(service);
        log_line("%s: draining, %d connections under way", PROGRAM,
                 service->active);
    }
}

static int prepare(struct static_server *server)
{
    struct service *service = &server->files.service;

    descriptor_want(2 * MAX_CLIENTS); /* each with a file */
    server->on_signal.ready = handle_signal;
    service->program = PROGRAM;
    service->engine = &engine_files;
    service->max_clients = MAX_CLIENTS;
    service->timeouts = (struct timeouts){.head_ms = 10000,
                                          .read_ms = 30000,
                                          .drain_ms = 30000,
                                          .idle_ms = 60000};
    if (file_root_open(&server->files.root, server->directory) != 0)
        return failed(server->directory);
    server->loop = event_loop_create(MAX_EVENTS);
    if (server->loop == NULL)
        return failed("event loop");
    service->watch = event_loop_watch(server->loop);
    service->listener = server_open(PROGRAM, server->port);
    if (service->listener < 0)
        return -1;
    if (event_loop_watch(server->loop).set(server->loop, signals_fd(),
                                           WATCH_READ,
                                           &server->on_signal) != 0 ||
        service_open(service) != 0)
        return failed("start");
    return 0;
}

static int serve(struct static_server *server)
{
    struct service *service = &server->files.service;
    int status = 0;

    server_announce(PROGRAM, service->listener);
    while (status == 0 && signals_stops() < 2 && !service_is_finished(service)) {
        if (event_loop_run(server->loop, -1) < 0)
            status = failed("waiting for events");
        service_turn(service);
    }
    service_close(service);
    return status != 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and DIRECTORY"};
    static struct static_server server; /* static: too large for some stacks */
    int status = options_read(&command_line, argc, argv, take, &server);

    if (status >= 0)
        return status;
    server.files.root.fd = -1;
    status = prepare(&server) == 0 ? serve(&server) : 1;
    event_loop_destroy(server.loop);
    file_root_close(&server.files.root);
    return status;
}
