/* file_open: which names open a file, and that nothing outside is ever opened. */
#include "fixture.h"

#include "file_open.h"
#include "www.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static struct file_root root;

static int open_name(const char *target, struct found_file *found)
{
    struct file_path path;
    int status = file_path_decode(slice_of(target), &path);

    return status != 0 ? status : file_open(&root, &path, found);
}

/* A file with this content, or a status. */
static void expect_content(const char *target, const char *content)
{
    struct found_file found;
    char text[64];
    int status = open_name(target, &found);
    ssize_t n;

    if (status != 200)
        failure("%s: %d", target, status);
    n = read(found.fd, text, sizeof text);
    close(found.fd);
    if (n != (ssize_t)strlen(content) || memcmp(text, content, (size_t)n) != 0)
        failure("%s: other content", target);
    assert_int_equal(found.stat.st_size, n);
}

static void expect_status(const char *target, int wanted)
{
    struct found_file found;
    int before = fixture_descriptors(), status = open_name(target, &found);

    if (status != wanted)
        failure("%s: %d, not %d", target, status, wanted);
    assert_int_equal(fixture_descriptors(), before);
}

static void begin(void)
{
    www_open();
    assert_int_equal(file_root_open(&root, www.directory), 0);
}

static void end(void)
{
    file_root_close(&root);
    www_close();
}

static void files_are_found(void **state)
{
    (void)state;
    begin();
    www_text("index.html", "front");
    www_directory("a");
    www_directory("a/b");
    www_text("a/b/c.txt", "deep");
    www_text("a/index.html", "a's");
    www_text(".hidden", "served, too");
    www_text("with space", "blank");
    expect_content("/", "front");
    expect_content("", "front");
    expect_content("/index.html", "front");
    expect_content("/a/b/c.txt", "deep");
    expect_content("//a//b//c.txt", "deep");
    expect_content("/a/", "a's");
    expect_content("/.hidden", "served, too");
    expect_content("/with%20space", "blank");
    end();
}

static void what_is_no_file_has_a_status(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    begin();
    www_directory("empty");
    www_directory("odd");
    www_directory("odd/index.html");
    www_text("file", "x");
    www_fifo("fifo");
    www_directory("f");
    www_fifo("f/index.html");
    strcpy(address.sun_path,
           www_remember("socket"));
    assert_int_equal(bind(listener, (struct sockaddr *)&address,
                          sizeof address), 0);
    expect_status("/", 403); /* no index */
    expect_status("/empty/", 403);
    expect_status("/empty", 301);
    expect_status("/odd/", 403); /* the index is a directory */
    expect_status("/none", 404);
    expect_status("/none/", 404);
    expect_status("/none/x", 404);
    expect_status("/file/", 404);
    expect_status("/file/x", 404);
    expect_status("/fifo", 403); /* and does not wait for a writer */
    expect_status("/fifo/", 403);
    expect_status("/f/", 403);
    expect_status("/socket", 403);
    close(listener);
    end();
}

static void a_file_that_may_not_be_read_is_forbidden(void **state)
{
    (void)state;
    begin();
    www_text("secret", "x");
    www_directory("closed");
    www_text("closed/x", "x");
    chmod(www_name("secret"), 0);
    chmod(www_name("closed"), 0);
    if (geteuid() != 0) { /* root may read everything */
        expect_status("/secret", 403);
        expect_status("/closed/x", 403);
        expect_status("/closed/", 403);
    }
    chmod(www_name("closed"), 0755);
    end();
}

/* Symbolic links of all kinds: out, absolute, within, and in the middle. */
static void no_link_is_followed(void **state)
{
    (void)state;
    begin();
    www_directory("d");
    www_text("d/file", "x");
    www_link("passwd", "/etc/passwd");
    www_link("etc", "/etc");
    www_link("up", "..");
    www_link("within", "d/file");
    www_link("d/loop", "../d");
    www_link("d/index.html", "file");
    www_link("dangling", "nowhere");
    expect_status("/passwd", 404);
    expect_status("/etc/passwd", 404);
    expect_status("/etc/", 404);
    expect_status("/etc", 404);
    expect_status("/up/", 404);
    expect_status("/up/etc/passwd", 404);
    expect_status("/within", 404);
    expect_status("/d/loop/file", 404);
    expect_status("/d/", 403); /* its index is a link, so it has none */
    expect_status("/dangling", 404);
    expect_content("/d/file", "x");
    end();
}

static void the_directory_itself_may_be_a_link(void **state)
{
    (void)state;
    www_open();
    www_directory("real");
    www_text("real/file", "x");
    www_link("link", "real");
    assert_int_equal(file_root_open(&root, www_name("link")), 0);
    expect_content("/file", "x");
    end();
}

static void only_a_directory_can_be_served(void **state)
{
    (void)state;
    www_open();
    www_text("file", "x");
    assert_int_equal(file_root_open(&root, www_name("file")), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(file_root_open(&root, www_name("none")), -1);
    assert_int_equal(errno, ENOENT);
    end();
}

/* In a process of its own: makes "x" a file and a link to a secret, by turns. */
static void swap_for_ever(void)
{
    char x[600], link[600], file[600];

    snprintf(x, sizeof x, "%s/x", www.directory);
    snprintf(link, sizeof link, "%s/link", www.directory);
    snprintf(file, sizeof file, "%s/file", www.directory);
    for (int i = 0; i < 1000000; i++) {
        int fd = open(file, O_WRONLY | O_CREAT, 0644);

        if (fd < 0 || close(fd) != 0 || symlink("/etc/passwd", link) != 0 ||
            rename(link, x) != 0 || rename(file, x) != 0)
            _exit(1);
    }
    _exit(0);
}

static void a_swapped_name_never_leads_out(void **state)
{
    int opened = 0;
    pid_t child;

    (void)state;
    begin();
    www_text("x", "");
    child = fork();
    if (child == 0)
        swap_for_ever();
    for (int i = 0; i < 20000; i++) {
        struct found_file found;
        int status = open_name("/x", &found);

        if (status != 200) {
            assert_int_equal(status, 404);
            continue;
        }
        assert_int_equal(found.stat.st_size, 0); /* the file, not the secret */
        close(found.fd);
        opened++;
    }
    kill(child, SIGKILL);
    assert_true(waitpid(child, NULL, 0) == child);
    assert_true(opened > 0);
    remove(www_name("link"));
    remove(www_name("file"));
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(files_are_found),
        fixture_test(what_is_no_file_has_a_status),
        fixture_test(a_file_that_may_not_be_read_is_forbidden),
        fixture_test(no_link_is_followed),
        fixture_test(the_directory_itself_may_be_a_link),
        fixture_test(only_a_directory_can_be_served),
        fixture_test(a_swapped_name_never_leads_out),
    };

    return fixture_run("file_open", tests);
}
