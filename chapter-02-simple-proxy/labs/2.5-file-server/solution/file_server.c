/* file_server: sends the files of a directory.
 *
 *     file_server PORT DIRECTORY
 *
 * Which file is meant, files.h says; one request a connection, one client at a
 * time. */

#include "authority.h"
#include "clock.h"
#include "files.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "request.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static uint64_t silence_ms(void)
{
    return clock_now_ms() + REQUEST_SILENCE_MS;
}

/* Opens a regular file. Its descriptor, or -1 with a status in *status. Without
 * O_NONBLOCK a named pipe would let us wait for its writer. */
static int open_file(const struct server *s, const char *path, off_t *size,
                     int *status)
{
    int fd = openat(s->fd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat facts;

    *status = fd < 0 && errno == EACCES ? 403 : 404;
    if (fd < 0)
        return -1;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close(fd);
        return -1;
    }
    *size = facts.st_size;
    return fd;
}

/* 0, or -1 when the client is gone. */
static int send_head(int client_fd, off_t size, const char *type)
{
    char head[256];
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n"
                       "Content-Type: %s\r\nConnection: close\r\n\r\n",
                       (long long)size, type);

    return net_send_all(client_fd, head, (size_t)len, silence_ms());
}

/* As many bytes as the head has said. 0, or -1. */
static int send_body(int client_fd, int fd, off_t size)
{
    char data[RELAY_BUFFER];

    while (size > 0) {
        ssize_t n = read(fd, data, sizeof data);

        if (n <= 0)
            return -1; /* somebody has made it shorter */
        if (n > size)
            n = (ssize_t)size; /* or longer */
        if (net_send_all(client_fd, data, (size_t)n, silence_ms()) != 0)
            return -1;
        size -= n;
    }
    return 0;
}

/* 0, a status to refuse with, or -1: as the steps in request.h. */
static int handle_request(struct request *r, void *self)
{
    const struct server *s = self;
    int is_head = slice_equal(r->head.method, SLICE("HEAD"));
    char path[FILES_PATH_MAX];
    off_t size;
    int status, fd;

    r->why = "neither GET nor HEAD";
    if (!is_head && !slice_equal(r->head.method, SLICE("GET")))
        return 405;
    r->why = "no such file";
    status = files_path(r->head.path, path);
    if (status != 0)
        return status;
    fd = open_file(s, path, &size, &status);
    if (fd < 0)
        return status;
    status = send_head(r->client_fd, size, files_type(path));
    if (status == 0 && !is_head)
        status = send_body(r->client_fd, fd, size);
    close(fd);
    return status;
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
