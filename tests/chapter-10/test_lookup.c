/* lookup: asking the resolver without waiting for it. */
#include "fixture.h"

#include "clock.h"
#include "config_texts.h"
#include "deadline.h"
#include "event_loop.h"
#include "fake_resolver.h"
#include "lookup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static event_loop_t *loop;
static struct lookup lookup;
static struct {
    int count;
    config_t *config;
    struct answer *answers;
    char why[128];
} done;

static void note_done(void *owner, config_t *config, struct answer *answers,
                      const char *why)
{
    assert_ptr_equal(owner, &lookup);
    done.count++;
    done.config = config;
    done.answers = answers;
    snprintf(done.why, sizeof done.why, "%s", why != NULL ? why : "");
}

static void begin(const char *host)
{
    char text[256];

    memset(&done, 0, sizeof done);
    fake_fails = 0;
    loop = event_loop_create(16);
    assert_non_null(loop);
    lookup_init(&lookup, event_loop_watch(loop), note_done, &lookup);
    snprintf(text, sizeof text,
             "{\"listen_port\": 1, \"backends\": [{\"host\": \"h\", "
             "\"port\": 1}, {\"host\": \"%s\", \"port\": 2}]}", host);
    lookup_begin(&lookup, good_config(text));
}

static void wait_until_done(void)
{
    deadline_t deadline = deadline_in(10000);

    while (done.count == 0 && deadline_left(deadline) > 0)
        event_loop_run(loop, 100);
    assert_int_equal(done.count, 1);
}

/* No process is left, and no timer. */
static void end(void)
{
    assert_false(lookup_is_under_way(&lookup));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(lookup.limit.at_ms, CLOCK_NEVER);
    config_free(done.config);
    free(done.answers);
    event_loop_destroy(loop);
}

static void the_answers_come_with_their_config(void **state)
{
    (void)state;
    begin("many");
    assert_true(lookup_is_under_way(&lookup));
    assert_int_equal(done.count, 0);
    wait_until_done();
    assert_string_equal(done.why, "");
    assert_string_equal(done.config->backends[1].host, "many");
    assert_int_equal(done.answers[0].error, 0);
    assert_int_equal(done.answers[0].addresses.count, 1);
    assert_int_equal(done.answers[1].addresses.count, 3);
    end();
}

/* Which of them matter is the caller's business. */
static void an_error_is_an_answer_too(void **state)
{
    (void)state;
    begin("fails");
    wait_until_done();
    assert_string_equal(done.why, "");
    assert_int_equal(done.answers[0].error, 0);
    assert_int_equal(done.answers[1].error, EAI_AGAIN);
    end();
}

/* More than a pipe holds: it comes in pieces. */
static void many_answers_come_whole(void **state)
{
    config_t *config = good_config("{" LEAST "}");

    (void)state;
    for (int i = 1; i < MAX_BACKENDS; i++)
        config->backends[i] = config->backends[0];
    for (int i = 0; i < MAX_BACKENDS; i++)
        snprintf(config->backends[i].host, sizeof config->backends[i].host,
                 "10.0.1.%d", i);
    config->num_backends = MAX_BACKENDS;
    assert_true(MAX_BACKENDS * sizeof(struct answer) > 65536);
    begin("h");
    wait_until_done();
    config_free(done.config);
    free(done.answers);
    done.count = 0;
    lookup_begin(&lookup, config);
    wait_until_done();
    for (int i = 0; i < MAX_BACKENDS; i++) {
        char ip[NET_IP_TEXT], expected[24];

        snprintf(expected, sizeof expected, "10.0.1.%d", i);
        assert_string_equal(
            net_ip_text(&done.answers[i].addresses.at[0], ip), expected);
    }
    end();
}

/* ---- troubles ----------------------------------------------------------- */

static void a_process_that_dies_is_told(void **state)
{
    (void)state;
    begin("dies");
    wait_until_done();
    assert_string_equal(done.why,
                        "the process that asks the resolver has died");
    assert_null(done.answers);
    assert_string_equal(done.config->backends[1].host, "dies");
    end();
}

static void one_that_is_killed_is_told(void **state)
{
    (void)state;
    begin("hangs");
    assert_int_equal(kill(lookup.pid, SIGKILL), 0);
    wait_until_done();
    assert_string_equal(done.why,
                        "the process that asks the resolver has died");
    end();
}

/* The time is the timer's: the test rings it. */
static void a_resolver_that_hangs_is_given_up(void **state)
{
    struct watch watch;

    (void)state;
    begin("hangs");
    watch = event_loop_watch(loop);
    assert_int_equal((int)(lookup.limit.at_ms - *watch.now_ms),
                     LOOKUP_LIMIT_MS);
    event_loop_run(loop, 0); /* nothing has come */
    assert_int_equal(done.count, 0);
    watch.set_timer(watch.loop, &lookup.limit, *watch.now_ms);
    wait_until_done();
    assert_string_equal(done.why, "the resolver does not answer");
    assert_null(done.answers);
    assert_non_null(done.config);
    end();
}

static void it_can_be_cancelled(void **state)
{
    (void)state;
    begin("hangs");
    lookup_cancel(&lookup);
    lookup_cancel(&lookup); /* nothing under way: nothing happens */
    event_loop_run(loop, 0);
    assert_int_equal(done.count, 0);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_answers_come_with_their_config),
        fixture_test(an_error_is_an_answer_too),
        fixture_test(many_answers_come_whole),
        fixture_test(a_process_that_dies_is_told),
        fixture_test(one_that_is_killed_is_told),
        fixture_test(a_resolver_that_hangs_is_given_up),
        fixture_test(it_can_be_cancelled),
    };

    return fixture_run("lookup", tests);
}
