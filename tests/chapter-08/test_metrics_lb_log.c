/* metrics_lb: the access log beside the traffic, which it never stops. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measured_lb.h"

static char directory[64], path[96], other[96];
static struct lb lb;
static int admin;

static int begin(void **state)
{
    fixture_setup(state);
    snprintf(directory, sizeof directory, "/tmp/lb-log-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/access", directory);
    snprintf(other, sizeof other, "%s/access.1", directory);
    return 0;
}

static int end(void **state)
{
    unlink(path);
    unlink(other);
    rmdir(directory);
    return fixture_teardown(state);
}

#define log_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static void start(const char *log, const char *format)
{
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-m", "0", "-o", log, "-f",
                                                format}});
    admin = admin_port(lb.program);
}

static void get(const char *target, int status)
{
    char name[64];

    http_get_backend(lb.port, target, status, name);
}

/* What the file holds; "" if it is not there. */
static const char *content(const char *name)
{
    static char text[1 << 20];
    int fd = open(name, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* The file gets this text, soon. */
static void expect(const char *name, const char *text)
{
    deadline_t deadline = deadline_in(10000);

    while (strstr(content(name), text) == NULL)
        if (!deadline_pause(deadline))
            failure("%s: not there: %s\n%s", name, text, content(name));
}

static void expect_created(const char *name)
{
    deadline_t deadline = deadline_in(10000);

    while (access(name, F_OK) != 0)
        assert_true(deadline_pause(deadline));
}

static int lines_of(const char *name)
{
    int lines = 0;

    for (const char *at = content(name); *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static void each_request_is_a_line(void **state)
{
    struct http_response r;
    char wanted[128];
    int fd;

    (void)state;
    start(path, "combined");
    http_request(lb.port, "GET", "/a?b", "X-Request-ID: my-id\r\n", NULL, 0,
                 &r);
    http_response_free(&r);
    expect(path, "] \"GET /a?b HTTP/1.1\" 404 "); /* within a second */
    snprintf(wanted, sizeof wanted, " 127.0.0.1:%d 1 new my-id -\n",
             lb.backend_port[0]);
    expect(path, wanted);
    fd = wire_connect(lb.port);
    wire_send_text(fd, "GE\"T \x1b[31m\r\n\r\n");
    http_receive(fd, "GET", &r);
    assert_int_equal(r.status, 400);
    http_response_free(&r);
    wire_close(fd);
    get("/", 200);
    lb_stop(&lb);
    assert_int_equal(lines_of(path), 3);
    expect(path, "\"GE\\x22T \\x1B[31m\" 400 ");
    expect(path, " - 0 - - \"control character or bare CR in the head\"\n");
    expect(path, " 1 reused ");
}

static void json_too(void **state)
{
    (void)state;
    start(path, "json");
    get("/", 200);
    lb_stop(&lb);
    assert_int_equal(lines_of(path), 1);
    expect(path, "\"request\":\"GET / HTTP/1.1\",\"status\":200,");
    expect(path, "\"why\":null}\n");
}

static void sighup_opens_it_anew(void **state)
{
    (void)state;
    start(path, "combined");
    get("/old", 404);
    expect(path, "GET /old ");
    assert_int_equal(rename(path, other), 0);
    get("/between", 404);
    program_signal(lb.program, SIGHUP);
    expect(other, "GET /between ");
    expect_created(path);
    get("/new", 404);
    lb_stop(&lb);
    expect(path, "GET /new ");
    assert_int_equal(lines_of(path), 1);
    assert_int_equal(lines_of(other), 2);
}

/* ---- what must not stop it ------------------------------------------------- */

#define MANY 3000 /* lines of more than a buffer */

/* So many requests on one connection, all answered. */
static void ask_many(int count)
{
    int fd = wire_connect(lb.port);

    for (int i = 0; i < count; i++) {
        struct http_response r;

        wire_send_text(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        http_receive(fd, "GET", &r);
        assert_int_equal(r.status, 200);
        http_response_free(&r);
    }
    wire_close(fd);
}

/* All requests are counted; of the lines, some are lost. */
static void expect_lost_lines(void)
{
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"200\"",
                      MANY);
    assert_in_range((uintmax_t)metric(admin, "lb_access_log_lost_total"), 1,
                    MANY);
}

/* How often the program has said this. */
static int said(const char *output, const char *text)
{
    int times = 0;

    while ((output = strstr(output, text)) != NULL) {
        times++;
        output++;
    }
    return times;
}

static void a_full_disk_does_not(void **state)
{
    char *output;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    start("/dev/full", "combined");
    ask_many(MANY);
    expect_lost_lines();
    output = lb_stop_output(&lb);
    assert_int_equal(said(output, "access log /dev/full: "), 1);
    free(output);
}

static void a_fifo_without_a_reader_does_not(void **state)
{
    char *output;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    start(path, "json");
    ask_many(MANY);
    expect_lost_lines();
    output = lb_stop_output(&lb);
    assert_int_equal(said(output, "access log "), 1);
    free(output);
}

static void a_reader_that_does_not_read_does_not(void **state)
{
    int fd;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    start(path, "combined");
    ask_many(MANY);
    expect_lost_lines();
    lb_stop(&lb);
    close(fd);
}

static void a_reader_that_leaves_does_not(void **state)
{
    char line[64];
    int fd;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    assert_true(fd >= 0);
    start(path, "combined");
    ask_many(1);
    assert_int_equal(deadline_poll(fd, POLLIN, deadline_in(10000)), 1);
    assert_int_equal(read(fd, line, 9), 9);
    assert_memory_equal(line, "127.0.0.1", 9);
    close(fd); /* EPIPE from now on */
    ask_many(MANY - 1);
    expect_lost_lines();
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        log_test(each_request_is_a_line),
        log_test(json_too),
        log_test(sighup_opens_it_anew),
        log_test(a_full_disk_does_not),
        log_test(a_fifo_without_a_reader_does_not),
        log_test(a_reader_that_does_not_read_does_not),
        log_test(a_reader_that_leaves_does_not),
    };

    return fixture_run("metrics_lb_log", tests);
}
