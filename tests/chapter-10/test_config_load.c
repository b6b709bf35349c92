#include "config_texts.h"
#include "scratch_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static const char GOOD[] = "{" LEAST "}\n";

static void write_config(const struct scratch *s, const char *text)
{
    scratch_write(s->file, text, strlen(text));
}

static void expect_fault(const struct scratch *s, const char *why)
{
    config_t *cfg = config_load(s->file);
    char wanted[200];

    snprintf(wanted, sizeof wanted, "%s: %s\n", s->file, why);
    assert_string_equal(faults_of(cfg), wanted);
    assert_int_equal(config_validate(cfg), 0);
    config_free(cfg);
}

/* ---- files -------------------------------------------------------------- */

static void a_file_is_read(void **state)
{
    struct scratch s;
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    write_config(&s, GOOD);
    cfg = config_load(s.file);
    assert_true(config_validate(cfg));
    assert_int_equal(cfg->listen_port, 1);
    config_free(cfg);
    cfg = config_reload(s.file);
    assert_non_null(cfg);
    config_free(cfg);
    scratch_remove(&s);
}

static void what_is_no_file_is_a_fault(void **state)
{
    struct scratch s;
    static char name[6000];
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    expect_fault(&s, strerror(ENOENT));
    assert_int_equal(mkdir(s.file, 0700), 0);
    expect_fault(&s, "not a regular file");
    remove(s.file);
    assert_int_equal(mkfifo(s.file, 0600), 0);
    expect_fault(&s, "not a regular file"); /* nobody writes: no waiting */
    remove(s.file);
    assert_int_equal(symlink("lb.json", s.file), 0);
    expect_fault(&s, strerror(ELOOP));
    scratch_remove(&s);
    memset(name, 'a', sizeof name - 1);
    cfg = config_load(name);
    assert_non_null(strstr(config_error(cfg, 0), strerror(ENAMETOOLONG)));
    assert_false(config_changed(cfg));
    config_free(cfg);
    cfg = config_load("/dev/zero");
    assert_string_equal(config_error(cfg, 0), "/dev/zero: not a regular file");
    config_free(cfg);
}

static void a_file_that_may_not_be_read_is_a_fault(void **state)
{
    struct scratch s;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root may */
    scratch_make(&s);
    write_config(&s, GOOD);
    assert_int_equal(chmod(s.file, 0), 0);
    expect_fault(&s, strerror(EACCES));
    scratch_remove(&s);
}

static void an_empty_file_is_a_fault(void **state)
{
    struct scratch s;
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    write_config(&s, "");
    cfg = config_load(s.file);
    assert_non_null(strstr(config_error(cfg, 0), "/lb.json:1:1: there is no"));
    config_free(cfg);
    scratch_remove(&s);
}

static void a_file_has_1_mib_and_not_a_byte_more(void **state)
{
    static char text[JSON_TEXT_MAX + 1];
    struct scratch s;
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    memset(text, ' ', sizeof text);
    memcpy(text, GOOD, strlen(GOOD));
    scratch_write(s.file, text, JSON_TEXT_MAX);
    cfg = config_load(s.file);
    assert_true(config_validate(cfg));
    config_free(cfg);
    scratch_write(s.file, text, JSON_TEXT_MAX + 1);
    expect_fault(&s, strerror(EFBIG));
    scratch_remove(&s);
}

/* ---- changes ------------------------------------------------------------ */

static void set_time(const char *path, time_t seconds, long nanoseconds)
{
    struct timespec times[2] = {{seconds, 0}, {seconds, nanoseconds}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void a_change_is_seen_by_time_size_and_inode(void **state)
{
    struct scratch s;
    char other[100];
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    snprintf(other, sizeof other, "%s/other", s.dir);
    write_config(&s, GOOD);
    set_time(s.file, 1000000000, 5);
    cfg = config_load(s.file);
    assert_false(config_changed(cfg));
    assert_false(config_changed(cfg)); /* asking changes nothing */

    set_time(s.file, 1000000000, 6); /* a nanosecond */
    assert_true(config_changed(cfg));
    set_time(s.file, 1000000000, 5);
    assert_false(config_changed(cfg));
    set_time(s.file, 999999999, 5); /* an older one */
    assert_true(config_changed(cfg));

    write_config(&s, "{" LEAST " }\n"); /* one byte more, the same time */
    set_time(s.file, 1000000000, 5);
    assert_true(config_changed(cfg));

    scratch_write(other, GOOD, strlen(GOOD)); /* another of the same size */
    set_time(other, 1000000000, 5);
    assert_int_equal(rename(other, s.file), 0);
    assert_true(config_changed(cfg));

    remove(s.file);
    assert_true(config_changed(cfg));
    config_free(cfg);
    scratch_remove(&s);
}

static void one_with_faults_knows_changes_too(void **state)
{
    struct scratch s;
    config_t *cfg;

    (void)state;
    scratch_make(&s);
    cfg = config_load(s.file); /* it is not there */
    assert_false(config_changed(cfg));
    write_config(&s, "{");
    assert_true(config_changed(cfg));
    config_free(cfg);
    cfg = config_load(s.file); /* it is broken */
    assert_false(config_validate(cfg));
    assert_false(config_changed(cfg));
    write_config(&s, GOOD);
    assert_true(config_changed(cfg));
    config_free(cfg);
    scratch_remove(&s);
}

/* ---- reloading ---------------------------------------------------------- */

/* What config_reload() writes to standard error. */
static void reload_into(const char *path, char *out, size_t size)
{
    int kept = dup(2), ends[2];
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    fflush(stderr);
    dup2(ends[1], 2);
    close(ends[1]);
    assert_null(config_reload(path));
    dup2(kept, 2);
    close(kept);
    n = read(ends[0], out, size - 1);
    close(ends[0]);
    out[n > 0 ? n : 0] = '\0';
}

static void a_broken_file_is_reported_and_gives_nothing(void **state)
{
    struct scratch s;
    char said[500], wanted[500];

    (void)state;
    scratch_make(&s);
    write_config(&s, "{\"listen_port\": -1,\n\"watch\": 0, " BACKENDS "}");
    reload_into(s.file, said, sizeof said);
    snprintf(wanted, sizeof wanted,
             "%s:1:17: listen_port: -1 is not in 0..65535\n"
             "%s:2:10: watch: true or false is wanted, not a number\n",
             s.file, s.file);
    assert_string_equal(said, wanted);
    scratch_remove(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_file_is_read),
        fixture_test(what_is_no_file_is_a_fault),
        fixture_test(a_file_that_may_not_be_read_is_a_fault),
        fixture_test(an_empty_file_is_a_fault),
        fixture_test(a_file_has_1_mib_and_not_a_byte_more),
        fixture_test(a_change_is_seen_by_time_size_and_inode),
        fixture_test(one_with_faults_knows_changes_too),
        fixture_test(a_broken_file_is_reported_and_gives_nothing),
    };

    return fixture_run("config_load", tests);
}
