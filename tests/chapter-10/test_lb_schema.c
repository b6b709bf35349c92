/* lb_schema, and the files that are made with it. The suite runs in the
 * chapter's directory. */
#include "config_texts.h"
#include "json.h"
#include "program.h"

#include <errno.h>
#include <unistd.h>

#define LB_SCHEMA "chapter-10-hot-reload/lb_schema"

static char bytes[JSON_TEXT_MAX];

static size_t read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t len;

    if (f == NULL)
        failure("%s: %s", path, strerror(errno));
    len = fread(bytes, 1, sizeof bytes - 1, f);
    fclose(f);
    bytes[len] = '\0';
    return len;
}

static struct run lb_schema(const char *what)
{
    const char *const argv[] = {LB_SCHEMA, what, NULL};

    return program_run(argv, NULL, 0);
}

static void expect_fresh(const char *what, const char *path)
{
    struct run r = lb_schema(what);

    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    read_file(path);
    if (strcmp(r.out, bytes) != 0)
        failure("%s is out of date: make reference, and commit it", path);
    run_free(&r);
}

static void the_files_are_up_to_date(void **state)
{
    (void)state;
    expect_fresh("markdown", "CONFIG.md");
    expect_fresh("schema", "lb.schema.json");
}

static void the_sample_is_a_good_configuration(void **state)
{
    config_t *cfg = config_load("lb.json");

    (void)state;
    assert_string_equal(faults_of(cfg), "");
    assert_int_equal(cfg->listen_port, 8080);
    assert_int_equal(cfg->num_backends, 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(cfg->backends[i].host, "127.0.0.1");
        assert_int_equal(cfg->backends[i].port, 9001 + i);
        assert_int_equal(cfg->backends[i].weight, 3 - i);
    }
    config_free(cfg);
}

/* ---- the schema --------------------------------------------------------- */

/* Its properties; those of backends where it is the schema of an array. */
static const struct json_value *properties_of(const struct json_value *schema)
{
    const struct json_value *any = json_member(schema, "anyOf");
    const struct json_value *items = json_member(schema, "items");

    if (any != NULL && any->last->type == JSON_OBJECT)
        schema = any->last;
    return json_member(items != NULL ? items : schema, "properties");
}

static void the_schema_knows_every_key_of_the_sample(void **state)
{
    struct json_error error;
    struct json_value *schema = json_parse(bytes, read_file("lb.schema.json"),
                                           &error);
    struct json_value *sample = json_parse(bytes, read_file("lb.json"), &error);
    const struct json_value *known, *inner;

    (void)state;
    assert_non_null(schema);
    assert_non_null(sample);
    known = properties_of(schema);
    for (const struct json_value *m = sample->first; m != NULL; m = m->next) {
        if (strncmp(m->name.at, "x-", 2) == 0)
            continue;
        inner = json_member(known, m->name.at);
        if (inner == NULL)
            failure("%s is not in the schema", m->name.at);
        if (m->type == JSON_OBJECT)
            for (const struct json_value *k = m->first; k != NULL; k = k->next)
                assert_non_null(json_member(properties_of(inner), k->name.at));
    }
    inner = properties_of(json_member(known, "backends"));
    assert_int_equal(inner->count, 6);
    assert_int_equal(properties_of(json_member(known, "access_log"))->count, 2);
    json_free(schema);
    json_free(sample);
}

/* ---- the program -------------------------------------------------------- */

static void expect_wrong(const char *what, const char *says)
{
    struct run r = lb_schema(what);

    assert_int_equal(r.status, 2);
    assert_string_equal(r.out, "");
    assert_int_equal(strncmp(r.err, says, strlen(says)), 0);
    assert_non_null(strstr(r.err, "\nusage: lb_schema "));
    run_free(&r);
}

static void a_wrong_command_line_is_told(void **state)
{
    (void)state;
    expect_wrong(NULL, "lb_schema: expected markdown or schema\n");
    expect_wrong("html", "lb_schema: neither markdown nor schema: html\n");
    expect_wrong("-x", "lb_schema: unknown option: -x\n");
}

static void it_explains_itself(void **state)
{
    struct run r = lb_schema("--help");

    (void)state;
    assert_int_equal(r.status, 0);
    assert_int_equal(strncmp(r.out, "usage: lb_schema ", 17), 0);
    assert_string_equal(r.err, "");
    run_free(&r);
}

static void output_that_cannot_be_written_is_a_failure(void **state)
{
    const char *const argv[] = {"/bin/sh", "-c",
                                PROGRAMS "/" LB_SCHEMA " schema >/dev/full",
                                NULL};
    struct run r;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_ptr_equal(strstr(r.err, "lb_schema: write to standard output: "),
                     r.err);
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_files_are_up_to_date),
        fixture_test(the_sample_is_a_good_configuration),
        fixture_test(the_schema_knows_every_key_of_the_sample),
        fixture_test(a_wrong_command_line_is_told),
        fixture_test(it_explains_itself),
        fixture_test(output_that_cannot_be_written_is_a_failure),
    };

    return fixture_run("lb_schema", tests);
}
