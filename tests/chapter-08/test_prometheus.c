/* metrics_lb: a real Prometheus scrapes it, and then knows what it has counted. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "measured_lb.h"

static char directory[64], config[96], data[96];
static struct lb lb;

static const char *prometheus_path(void)
{
    static const char *const places[] = {"/usr/bin/prometheus",
                                         "/usr/local/bin/prometheus",
                                         "/opt/homebrew/bin/prometheus"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static int begin(void **state)
{
    fixture_setup(state);
    snprintf(directory, sizeof directory, "/tmp/lb-prometheus-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(config, sizeof config, "%s/config.yml", directory);
    snprintf(data, sizeof data, "%s/data", directory);
    return 0;
}

static int end(void **state)
{
    const char *const argv[] = {"/bin/rm", "-r", directory, NULL};
    struct run r = program_run(argv, NULL, 0);

    run_free(&r);
    return fixture_teardown(state);
}

static void write_config(int admin)
{
    FILE *file = fopen(config, "w");

    assert_non_null(file);
    fprintf(file,
            "global:\n"
            "  scrape_interval: 1s\n"
            "scrape_configs:\n"
            "  - job_name: lb\n"
            "    static_configs:\n"
            "      - targets: ['127.0.0.1:%d']\n",
            admin);
    assert_int_equal(fclose(file), 0);
}

/* Starts it at a port that was free a moment ago; *port is that one. */
static struct program *start_prometheus(int *port)
{
    char file[128], storage[128], address[64];
    const char *const argv[] = {prometheus_path(), file, storage, address,
                                "--log.level=warn", NULL};
    int holder = wire_listen(port);

    snprintf(file, sizeof file, "--config.file=%s", config);
    snprintf(storage, sizeof storage, "--storage.tsdb.path=%s", data);
    snprintf(address, sizeof address, "--web.listen-address=127.0.0.1:%d",
             *port);
    wire_close(holder);
    return program_spawn(argv);
}

static void await_port(struct program *p, int port)
{
    deadline_t deadline = deadline_in(30000);

    while (wire_refused(port))
        if (!deadline_pause(deadline))
            failure("prometheus does not listen:\n%s", program_output(p));
}

/* The answer to a query contains this text, soon: it scrapes once a second. */
static void expect_query(int port, const char *query, const char *text)
{
    deadline_t deadline = deadline_in(30000);
    char target[256];
    struct http_response r;

    snprintf(target, sizeof target, "/api/v1/query?query=%s", query);
    for (;;) {
        int done;

        http_get(port, target, &r);
        done = strstr(r.body, text) != NULL;
        if (!done && !deadline_pause(deadline))
            failure("%s: not there: %s\n%s", query, text, r.body);
        http_response_free(&r);
        if (done)
            return;
    }
}

static void prometheus_reads_it(void **state)
{
    struct program *prometheus;
    char name[64];
    int port;

    (void)state;
    if (prometheus_path() == NULL) {
        print_message("prometheus is not installed\n");
        skip();
    }
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 2,
                                    .options = {"-m", "0"}});
    for (int i = 0; i < 6; i++)
        http_get_backend(lb.port, "/", 200, name);
    write_config(admin_port(lb.program));
    prometheus = start_prometheus(&port);
    await_port(prometheus, port);
    expect_query(port, "sum(lb_requests_total)", ",\"6\"]");
    expect_query(port, "sum(lb_backend_up)", ",\"2\"]");
    expect_query(port, "lb_requests_total", "\"status\":\"200\"");
    expect_query(port, "sum(lb_request_duration_seconds_count)", ",\"6\"]");
    expect_query(port, "histogram_quantile(1,sum(lb_request_duration_seconds_"
                       "bucket)by(le))", "\"value\":[");
    expect_query(port, "up", ",\"1\"]");
    program_stop(prometheus);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(prometheus_reads_it, begin, end),
    };

    return fixture_run("prometheus", tests);
}
