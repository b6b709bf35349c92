/* log_writer: lines into files, pipes and FIFOs that are full, gone or not there
 * yet; on a clock that only the test moves. */
#include "fixture.h"

#include "../chapter-04/fake_watch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "log_writer.h"

static struct fake_watch fake;
static struct log_writer log_to;
static char directory[64], path[96], other[96];

static int begin(void **state)
{
    fixture_setup(state);
    signal(SIGPIPE, SIG_IGN); /* as signals_open() does */
    snprintf(directory, sizeof directory, "/tmp/lb-log-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/access", directory);
    snprintf(other, sizeof other, "%s/access.1", directory);
    memset(&log_to, 0, sizeof log_to);
    return 0;
}

static int end(void **state)
{
    log_writer_close(&log_to);
    unlink(path);
    unlink(other);
    rmdir(directory);
    return fixture_teardown(state);
}

#define log_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static void open_log(const char *where)
{
    struct watch watch = fake_open(&fake);

    assert_int_equal(log_writer_open(&log_to, "test", where, watch), 0);
}

static void put(const char *line)
{
    log_writer_put(&log_to, line, strlen(line));
}

static void pass(uint64_t ms)
{
    fake.clock.now_ms += ms;
    virtual_clock_ring(&fake.clock);
}

static void expect_file(const char *name, const char *wanted)
{
    static char got[2 * LOG_WRITER_BUFFER];
    int fd = open(name, O_RDONLY);
    ssize_t n;

    assert_true(fd >= 0);
    n = read(fd, got, sizeof got - 1);
    close(fd);
    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, wanted);
}

/* ---- files ----------------------------------------------------------------- */

static void a_line_is_written_within_a_second(void **state)
{
    (void)state;
    open_log(path);
    put("one\n");
    pass(500);
    put("two\n");
    expect_file(path, ""); /* many lines, one write */
    pass(499);
    expect_file(path, "");
    pass(1);
    expect_file(path, "one\ntwo\n");
    assert_int_equal(virtual_clock_next(&fake.clock), CLOCK_NEVER);
    put("three\n");
    pass(1000);
    expect_file(path, "one\ntwo\nthree\n");
}

static void it_appends_and_the_rest_is_written_at_the_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        open_log(path);
        put("line\n");
        log_writer_close(&log_to);
    }
    expect_file(path, "line\nline\n");
}

static void a_buffer_that_is_half_full_is_written_at_once(void **state)
{
    char line[1024];
    struct stat st;

    (void)state;
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    open_log(path);
    for (int i = 0; i < LOG_WRITER_BUFFER / 2 / 1024; i++)
        log_writer_put(&log_to, line, sizeof line);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, LOG_WRITER_BUFFER / 2);
    assert_int_equal(log_to.lost, 0);
}

static void it_is_opened_anew_when_the_file_was_renamed(void **state)
{
    (void)state;
    open_log(path);
    put("old\n");
    assert_int_equal(rename(path, other), 0);
    log_writer_reopen(&log_to);
    put("new\n");
    log_writer_flush(&log_to);
    expect_file(other, "old\n");
    expect_file(path, "new\n");
}

static void what_cannot_be_opened_anew_goes_on_as_it_was(void **state)
{
    (void)state;
    open_log(path);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    log_writer_reopen(&log_to); /* EISDIR */
    put("line\n");
    log_writer_flush(&log_to);
    expect_file(other, "line\n");
    rmdir(path);
}

static void a_path_that_cannot_be_opened_is_told_at_once(void **state)
{
    struct watch watch = fake_open(&fake);

    (void)state;
    assert_int_equal(log_writer_open(&log_to, "test", directory, watch), -1);
    assert_int_equal(log_writer_open(&log_to, "test", "/nowhere/at/all", watch),
                     -1);
    assert_int_equal(log_writer_open(&log_to, "test", "", watch), -1);
}

/* ---- disks that are full ---------------------------------------------------- */

static void fill(int lines)
{
    char line[1024];

    memset(line, 'y', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < lines; i++)
        log_writer_put(&log_to, line, sizeof line);
}

static void a_full_disk_costs_lines_and_nothing_else(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    open_log("/dev/full");
    fill(LOG_WRITER_BUFFER / 1024);
    assert_int_equal(log_to.lost, 0); /* they still fit */
    fill(10);
    assert_int_equal(log_to.lost, 10);
    assert_true(log_to.troubled);
    for (int i = 0; i < 5; i++)
        pass(1000);
    assert_int_equal(log_to.len, LOG_WRITER_BUFFER);
}

static void when_the_disk_has_room_again_it_goes_on(void **state)
{
    struct stat st;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_int_equal(symlink("/dev/full", path), 0);
    open_log(path);
    fill(LOG_WRITER_BUFFER / 1024 + 3);
    assert_int_equal(unlink(path), 0);
    log_writer_reopen(&log_to); /* somebody has made room */
    pass(1000);
    put("last\n");
    pass(1000);
    assert_false(log_to.troubled);
    assert_int_equal(log_to.lost, 3);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, LOG_WRITER_BUFFER + 5);
}

/* ---- pipes ------------------------------------------------------------------ */

/* Standard output is this descriptor while the writer takes it over. */
static void open_as_stdout(int fd)
{
    int saved = dup(STDOUT_FILENO);

    fflush(stdout);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0);
    open_log("-");
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    close(saved);
}

static char pending[4 * LOG_WRITER_BUFFER];
static size_t have; /* of a line whose end has not come yet */

/* All that is in the pipe: its lines are whole, numbered, and go up. Returns the
 * number of lines. */
static int read_lines(int fd, long *last)
{
    int lines = 0;
    ssize_t n;
    char *at = pending, *newline;

    while ((n = read(fd, pending + have, sizeof pending - 1 - have)) > 0)
        have += (size_t)n;
    pending[have] = '\0';
    while ((newline = strchr(at, '\n')) != NULL) {
        long number = strtol(at, NULL, 10);

        assert_true(number > *last);
        assert_int_equal(newline - at, 99);
        *last = number;
        lines++;
        at = newline + 1;
    }
    have -= (size_t)(at - pending);
    memmove(pending, at, have);
    return lines;
}

static void put_numbered(int number)
{
    char line[128];

    snprintf(line, sizeof line, "%099d\n", number);
    put(line);
}

static void a_slow_reader_loses_whole_lines_only(void **state)
{
    int ends[2], written = 0, read_back = 0;
    long last = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    descriptors_nonblocking(ends[0]);
    open_as_stdout(ends[1]); /* blocking: the writer must not be caught by it */
    close(ends[1]);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 1000; i++)
            put_numbered(++written);
        pass(LOG_WRITER_RETRY_MS);
        if (round % 3 == 0)
            read_back += read_lines(ends[0], &last);
    }
    for (int i = 0; i < 100; i++) { /* it goes on as fast as it is read */
        pass(LOG_WRITER_RETRY_MS);
        read_back += read_lines(ends[0], &last);
    }
    assert_true(log_to.lost > 0);
    assert_int_equal(have, 0);
    assert_int_equal(read_back + (int)log_to.lost, written);
    assert_false(log_to.troubled);
    close(ends[0]);
}

static void a_reader_that_left_is_no_harm(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    open_as_stdout(ends[1]);
    close(ends[1]);
    close(ends[0]);
    fill(2 * LOG_WRITER_BUFFER / 1024);
    pass(1000);
    assert_int_equal(log_to.lost, LOG_WRITER_BUFFER / 1024);
    assert_true(log_to.troubled);
}

static void a_fifo_may_get_its_reader_later(void **state)
{
    char line[64];
    int reader;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    open_log(path); /* would block for ever */
    assert_int_equal(log_to.fd, -1);
    put("one\n");
    pass(1000);
    assert_true(log_to.troubled);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    put("two\n");
    pass(1000);
    assert_int_equal(read(reader, line, sizeof line), 8);
    assert_memory_equal(line, "one\ntwo\n", 8);
    assert_false(log_to.troubled);
    close(reader);
    put("three\n"); /* it is gone again: EPIPE */
    pass(1000);
    assert_true(log_to.troubled);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    pass(1000);
    assert_int_equal(read(reader, line, sizeof line), 6);
    assert_int_equal(log_to.lost, 0);
    close(reader);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        log_test(a_line_is_written_within_a_second),
        log_test(it_appends_and_the_rest_is_written_at_the_end),
        log_test(a_buffer_that_is_half_full_is_written_at_once),
        log_test(it_is_opened_anew_when_the_file_was_renamed),
        log_test(what_cannot_be_opened_anew_goes_on_as_it_was),
        log_test(a_path_that_cannot_be_opened_is_told_at_once),
        log_test(a_full_disk_costs_lines_and_nothing_else),
        log_test(when_the_disk_has_room_again_it_goes_on),
        log_test(a_slow_reader_loses_whole_lines_only),
        log_test(a_reader_that_left_is_no_harm),
        log_test(a_fifo_may_get_its_reader_later),
    };

    return fixture_run("log_writer", tests);
}
