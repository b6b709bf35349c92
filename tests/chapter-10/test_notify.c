/* notify: what the service manager is told. */
#include "fixture.h"

#include "deadline.h"
#include "failure.h"
#include "notify.h"
#include "scratch_file.h"

#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const struct sockaddr_un *address, size_t name_len)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    if (bind(fd, (const struct sockaddr *)address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_len)) !=
        0)
        failure("bind: %s", strerror(errno));
    return fd;
}

static int listen_at_path(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return listen_at(&address, strlen(path) + 1);
}

static void expect(int fd, const char *text)
{
    char got[256];
    ssize_t n;

    assert_true(deadline_poll(fd, POLLIN, deadline_in(10000)) > 0);
    n = recv(fd, got, sizeof got - 1, 0);
    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static void expect_nothing(int fd)
{
    char byte;

    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
}

static void the_lines_come_as_one_datagram(void **state)
{
    struct scratch s;
    int fd;

    (void)state;
    scratch_make(&s);
    fd = listen_at_path(s.file);
    setenv("NOTIFY_SOCKET", s.file, 1);
    notify("READY=1");
    notify("RELOADING=1\nMONOTONIC_USEC=12");
    expect(fd, "READY=1");
    expect(fd, "RELOADING=1\nMONOTONIC_USEC=12");
    expect_nothing(fd);
    close(fd);
    scratch_remove(&s);
}

#if defined(__linux__)
static void an_at_sign_means_an_abstract_name(void **state)
{
    char name[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(name, sizeof name, "@lb-test-notify-%ld",
                       (long)getpid());
    int fd;

    (void)state;
    memcpy(address.sun_path + 1, name + 1, (size_t)len - 1);
    fd = listen_at(&address, (size_t)len);
    setenv("NOTIFY_SOCKET", name, 1);
    notify("STOPPING=1");
    expect(fd, "STOPPING=1");
    close(fd);
}
#endif

static void where_nobody_listens_nothing_happens(void **state)
{
    static char too_long[300];
    static const char *const names[] = {"", "@", "/", "relative",
                                        "/nowhere/at/all", too_long};

    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[0] = '/';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        notify("READY=1");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_lines_come_as_one_datagram),
#if defined(__linux__)
        fixture_test(an_at_sign_means_an_abstract_name),
#endif
        fixture_test(where_nobody_listens_nothing_happens),
    };

    return fixture_run("notify", tests);
}
