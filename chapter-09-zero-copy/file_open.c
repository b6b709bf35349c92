#include "file_open.h"

#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ALWAYS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

int file_root_open(struct file_root *root, const char *directory)
{
    root->fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root->fd < 0 ? -1 : 0;
}

void file_root_close(struct file_root *root)
{
    if (root->fd >= 0)
        close(root->fd);
    root->fd = -1;
}

static int status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:  /* a symbolic link; */
    case EMLINK: /* FreeBSD's word for it */
        return 404;
    case EACCES:
    case EPERM:
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
        return 403;
    default:
        return net_is_shortage(error) ? 503 : 500;
    }
}

/* Walks to the directory in which the last segment lies, which *name is then set
 * to. A descriptor to be closed unless it is the root's, or -1 and errno. */
static int walk(const struct file_root *root, const char **name)
{
    int at = root->fd;
    const char *slash;

    while (at >= 0 && (slash = strchr(*name, '/')) != NULL) {
        char segment[FILE_PATH_MAX];
        int next, saved;

        memcpy(segment, *name, (size_t)(slash - *name));
        segment[slash - *name] = '\0';
        next = openat(at, segment, ALWAYS | O_DIRECTORY);
        saved = errno;
        if (at != root->fd)
            close(at);
        errno = saved;
        at = next;
        *name = slash + 1;
    }
    return at;
}

/* Opens what is there and looks at it through the descriptor: a name could be
 * another file by now. 0, or a status. */
static int open_one(int at, const char *name, struct found_file *out)
{
    int status = 0;

    out->fd = openat(at, name, ALWAYS);
    if (out->fd < 0)
        return status_of(errno);
    if (fstat(out->fd, &out->stat) != 0)
        status = 500;
    else if (!S_ISREG(out->stat.st_mode) && !S_ISDIR(out->stat.st_mode))
        status = 403;
    if (status == 0)
        return 0;
    close(out->fd);
    out->fd = -1;
    return status;
}

/* A directory was found: its index is what is meant. Without one, 403: what there
 * is in it is nobody's business. */
static int open_index(struct found_file *out)
{
    int directory = out->fd, status = open_one(directory, FILE_INDEX, out);

    close(directory);
    out->is_index = 1;
    if (status != 0)
        return status == 404 ? 403 : status;
    if (S_ISREG(out->stat.st_mode))
        return 200;
    close(out->fd);
    return 403;
}

int file_open(const struct file_root *root, const struct file_path *path,
              struct found_file *out)
{
    const char *name = path->name;
    int at = walk(root, &name), status;

    out->fd = -1;
    out->is_index = 0;
    if (at < 0)
        return status_of(errno);
    status = open_one(at, *name != '\0' ? name : ".", out);
    if (at != root->fd)
        close(at);
    if (status != 0)
        return status;
    if (S_ISDIR(out->stat.st_mode) && path->is_directory)
        return open_index(out);
    if (S_ISREG(out->stat.st_mode) && !path->is_directory)
        return 200;
    close(out->fd);
    return path->is_directory ? 404 : 301;
}
