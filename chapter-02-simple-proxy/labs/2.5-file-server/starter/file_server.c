/* file_server: sends the files of a directory.
 *
 *     file_server PORT DIRECTORY
 *
 * Which file is meant, files.h says; one request a connection, one client at a
 * time. */

#include "authority.h"
#include "files.h"
#include "log.h"
#include "options.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "file_server";
static const char USAGE[] =
    "usage: file_server PORT DIRECTORY\n"
    "Sends the files of a directory by HTTP. PORT 0: any free port.\n";

struct server {
    int port;
    const char *directory;
    int fd;                 /* of the directory */
    struct request request; /* the one being served */
};

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    const struct server *s = self;
    char path[FILES_PATH_MAX];
    int status;

    /* YOUR CODE: open it (openat(2), below s->fd), send head and body. */
    (void)s;
    r->why = "no such file";
    status = files_path(r->head.path, path);
    return status != 0 ? status : 404;
}

static void handle_client(void *self, int fd, const char *client)
{
    struct server *s = self;

    request_serve(&s->request, PROGRAM, fd, client, handle_request, s);
}

static const char *take_operand(void *self, int what, int n,
                                const char *value)
{
    struct server *server = self;

    (void)what; /* there are no options */
    if (n > 2)
        return "one operand too many";
    if (n == 2)
        server->directory = value;
    else if (authority_port(slice_of(value), &server->port) != 0)
        return "not a port (0 to 65535)";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "PORT and DIRECTORY"};
    static struct server server; /* static: too large for some stacks */
    int listener, status;

    status = options_read(&command_line, argc, argv, take_operand, &server);
    if (status >= 0)
        return status;
    server.fd = open(server.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (server.fd < 0) {
        log_error(PROGRAM, "open %s: %s", server.directory, strerror(errno));
        return 1;
    }
    listener = server_open(PROGRAM, server.port);
    if (listener < 0)
        return 1;
    server_announce(PROGRAM, listener);
    status = server_run(PROGRAM, listener, handle_client, &server);
    close(listener);
    close(server.fd);
    return status;
}
