/* lb behind a real TLS terminator: openssl s_client -> hitch -> lb -> backend. The
 * client's address is told by the PROXY header alone. Skipped where hitch or openssl
 * is not installed. */
#include "fixture.h"

#include <signal.h>
#include <time.h>

#include "deadline.h"
#include "failure.h"
#include "whole_lb.h"

/* The first of these that can be run, or NULL. */
static const char *find(const char *const paths[])
{
    for (; *paths != NULL; paths++)
        if (access(*paths, X_OK) == 0)
            return *paths;
    return NULL;
}

static const char *const hitches[] = {"/usr/sbin/hitch", "/usr/bin/hitch",
                                      "/usr/local/sbin/hitch", NULL};
static const char *const openssls[] = {"/usr/bin/openssl",
                                       "/usr/local/bin/openssl", NULL};

static struct {
    const char *openssl, *hitch;
    struct whole c;
    struct program *terminator;
    char key[96], certificate[96];
    int port; /* of the terminator */
} tls;

/* ---- putting it together ------------------------------------------------- */

static void append_file(const char *to, const char *from)
{
    FILE *out = fopen(to, "a"), *in = fopen(from, "r");
    int c;

    assert_non_null(out);
    assert_non_null(in);
    while ((c = getc(in)) != EOF)
        putc(c, out);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* A certificate that signs itself, behind its key in the key's file. */
static void make_certificate(void)
{
    const char *const args[] = {
        tls.openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
        "2", "-subj", "/CN=localhost", "-keyout", tls.key, "-out",
        tls.certificate, NULL};
    struct run r;

    snprintf(tls.key, sizeof tls.key, "%s/key", tls.c.scratch.dir);
    snprintf(tls.certificate, sizeof tls.certificate, "%s/certificate",
             tls.c.scratch.dir);
    r = program_run(args, NULL, 0);
    if (r.status != 0)
        failure("openssl req: %s", r.err);
    run_free(&r);
    append_file(tls.key, tls.certificate);
}

/* 1 once it serves, 0 if its port has been taken by somebody else. */
static int comes_up(struct program *p)
{
    const struct timespec moment = {0, 10000000};
    deadline_t deadline = deadline_in(10000);

    while (deadline_left(deadline) > 0) {
        const char *said = program_output(p);

        if (strstr(said, "initialization complete") != NULL)
            return 1;
        if (strstr(said, "in use") != NULL)
            return 0;
        nanosleep(&moment, NULL);
    }
    failure("hitch does not come up: %s", program_output(p));
}

/* hitch can't be given a port by the kernel and say which: one is looked for that
 * is free, and another if it is no more. */
static void start_terminator(const char *version)
{
    char frontend[64], backend[64];
    const char *const args[] = {
        tls.hitch, "--workers=1", version, frontend, backend,
        tls.key, geteuid() == 0 ? "--user=nobody" : NULL, NULL};

    for (int tries = 0; tries < 10; tries++) {
        wire_close(wire_listen(&tls.port));
        snprintf(frontend, sizeof frontend, "--frontend=[127.0.0.1]:%d",
                 tls.port);
        snprintf(backend, sizeof backend, "--backend=[127.0.0.1]:%d",
                 tls.c.lb.port);
        tls.terminator = program_spawn(args);
        if (comes_up(tls.terminator))
            return;
        program_wait(tls.terminator);
    }
    failure("no port for hitch");
}

static void start(const char *version)
{
    tls.hitch = find(hitches);
    tls.openssl = find(openssls);
    if (tls.hitch == NULL || tls.openssl == NULL) {
        print_message("hitch and openssl are not installed: skipped\n");
        skip();
    }
    whole_start(&tls.c, 1, "'proxy_protocol': true");
    make_certificate();
    start_terminator(version);
}

static void stop(void)
{
    program_signal(tls.terminator, SIGTERM);
    program_wait(tls.terminator);
    remove(tls.key);
    remove(tls.certificate);
    whole_stop(&tls.c);
}

/* ---- the tests ----------------------------------------------------------- */

static void expect_in(const struct run *r, const char *line)
{
    if (strstr(r->out, line) == NULL)
        failure("no \"%s\" in: %s%s", line, r->out, r->err);
}

/* What the backend has got is what it answers. */
static void expect_client(const char *ip, const char *proto)
{
    static const char request[] = "GET /echo HTTP/1.1\r\nHost: h\r\n"
                                  "Connection: close\r\n\r\n";
    char connect_to[32], bind_to[64], from[64], by[64];
    const char *const args[] = {tls.openssl, "s_client", "-quiet", "-bind",
                                bind_to, "-connect", connect_to, NULL};
    struct run r;

    snprintf(connect_to, sizeof connect_to, "127.0.0.1:%d", tls.port);
    snprintf(bind_to, sizeof bind_to, "%s:0", ip);
    snprintf(from, sizeof from, "\r\nX-Real-IP: %s\r\n", ip);
    snprintf(by, sizeof by, "\r\nX-Forwarded-Proto: %s\r\n", proto);
    r = program_run(args, request, sizeof request - 1);
    expect_in(&r, from);
    expect_in(&r, by);
    run_free(&r);
}

static void expect_clients(const char *version, const char *proto)
{
    start(version);
    expect_client("127.0.0.1", proto);
#ifdef __linux__ /* all of 127.0.0.0/8 is ours there */
    expect_client("127.0.0.2", proto);
    expect_client("127.1.2.3", proto);
#endif
    stop();
}

/* There was TLS, but a line has no place for it. */
static void behind_hitch_with_version_1(void **state)
{
    (void)state;
    expect_clients("--write-proxy-v1", "http");
}

static void behind_hitch_with_version_2(void **state)
{
    (void)state;
    expect_clients("--write-proxy-v2", "https");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(behind_hitch_with_version_1),
        fixture_test(behind_hitch_with_version_2),
    };

    return fixture_run("lb behind hitch", tests);
}
