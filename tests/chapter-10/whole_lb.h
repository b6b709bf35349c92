#ifndef WHOLE_LB_H
#define WHOLE_LB_H

/* whole_lb: lb with backends, and a file that says what it is to do.
 *
 *     struct whole c;
 *     whole_start(&c, 2, "'workers': 4");
 *     ... requests to c.lb.port, pages of c.admin ...
 *     whole_reload(&c, "'workers': 1");
 *     whole_stop(&c);
 *
 * What a test says of the file are members of its outermost object, with ' for
 * " and $1, $2 ... for the ports of the backends. Unless they are said,
 * listen_port and the admin port are 0, and `backends` are all that there are.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <signal.h>

#include "../chapter-08/measured_lb.h"
#include "scratch_file.h"

struct whole {
    struct lb lb; /* LB_PROGRAM, and its backends */
    struct scratch scratch;
    int admin;      /* port; 0: not asked for yet */
    int generation; /* that serves */
};

#define WHOLE_TEXT 65536

/* ---- the file ----------------------------------------------------------- */

static inline size_t whole_defaults(const struct whole *c, const char *members,
                                    char *out)
{
    size_t len = 0;

    if (strstr(members, "'listen_port'") == NULL)
        len += (size_t)sprintf(out + len, "\"listen_port\": 0, ");
    if (strstr(members, "'admin'") == NULL)
        len += (size_t)sprintf(out + len, "\"admin\": {\"port\": 0}, ");
    if (strstr(members, "'backends'") != NULL)
        return len;
    len += (size_t)sprintf(out + len, "\"backends\": [");
    for (int i = 0; i < c->lb.count; i++)
        len += (size_t)sprintf(out + len,
                               "%s{\"host\": \"127.0.0.1\", \"port\": %d}",
                               i > 0 ? ", " : "", c->lb.backend_port[i]);
    return len + (size_t)sprintf(out + len, "], ");
}

/* Writes the file; lb is not told. */
static inline void whole_write(const struct whole *c, const char *members)
{
    static char text[WHOLE_TEXT];
    size_t len = (size_t)sprintf(text, "{");

    len += whole_defaults(c, members, text + len);
    for (; *members != '\0' && len < sizeof text - 64; members++)
        if (*members == '\'')
            text[len++] = '"';
        else if (*members == '$')
            len += (size_t)sprintf(text + len, "%d",
                                   c->lb.backend_port[*++members - '1']);
        else
            text[len++] = *members;
    len += (size_t)sprintf(text + len, "%s\"x-end\": 0}\n",
                           text[len - 1] == ' ' || len == 1 ? "" : ", ");
    scratch_write(c->scratch.file, text, len);
}

/* ---- start and stop ----------------------------------------------------- */

static inline void whole_run(struct whole *c)
{
    c->lb.program = program_start(LB_PROGRAM, "-c", c->scratch.file, NULL);
    c->lb.port = program_port(c->lb.program);
    c->admin = admin_port(c->lb.program);
    c->generation = 1;
}

static inline void whole_start_plan(struct whole *c, const struct lb_plan *plan,
                                    const char *members)
{
    memset(c, 0, sizeof *c);
    lb_start_backends(&c->lb, plan);
    scratch_make(&c->scratch);
    whole_write(c, members);
    whole_run(c);
}

/* So many real backends, b1, b2 ... */
static inline void whole_start(struct whole *c, int backends,
                               const char *members)
{
    whole_start_plan(c, &(struct lb_plan){.real = backends}, members);
}

/* So many scripted ones, which the test plays: see lb_take(). */
static inline void whole_start_scripted(struct whole *c, int backends,
                                        const char *members)
{
    whole_start_plan(c, &(struct lb_plan){.scripted = backends}, members);
}

/* All that it printed; free() it. */
static inline char *whole_stop_output(struct whole *c)
{
    char *output = lb_stop_output(&c->lb);

    scratch_remove(&c->scratch);
    return output;
}

static inline void whole_stop(struct whole *c)
{
    free(whole_stop_output(c));
}

/* For one that has ended already. */
static inline void whole_clear(struct whole *c)
{
    for (int i = 0; i < c->lb.count; i++) {
        if (c->lb.backend[i] != NULL)
            program_stop(c->lb.backend[i]);
        if (c->lb.listener[i] >= 0)
            wire_close(c->lb.listener[i]);
    }
    scratch_remove(&c->scratch);
}

/* ---- reloading ---------------------------------------------------------- */

/* Waits until it prints this text behind place `from`; the place of it. */
static inline size_t whole_expect(struct whole *c, size_t from,
                                  const char *text)
{
    deadline_t deadline = deadline_in(20000);
    const char *at;

    while ((at = strstr(program_output(c->lb.program) + from, text)) == NULL)
        if (!deadline_pause(deadline))
            failure("it does not print \"%s\" but:\n%s", text,
                    program_output(c->lb.program) + from);
    return (size_t)(at - program_output(c->lb.program));
}

static inline size_t whole_said(struct whole *c)
{
    return strlen(program_output(c->lb.program));
}

/* Waits for the next generation, whoever asked for it. Its number is higher
 * than the last one's: those that failed may have had one, too. */
static inline void whole_await(struct whole *c)
{
    static const char line[] = "lb: generation ", serves[] = " serves\n";
    deadline_t deadline = deadline_in(20000);
    int before = c->generation;

    while (c->generation == before) {
        const char *at = program_output(c->lb.program);

        while ((at = strstr(at, line)) != NULL) {
            char *end;
            long number = strtol(at += sizeof line - 1, &end, 10);

            if (number > before &&
                strncmp(end, serves, sizeof serves - 1) == 0) {
                c->generation = (int)number;
                break; /* the next one, if there are several already */
            }
        }
        if (c->generation == before && !deadline_pause(deadline))
            failure("no generation behind %d serves; it printed:\n%s", before,
                    program_output(c->lb.program));
    }
}

static inline void whole_reload(struct whole *c, const char *members)
{
    whole_write(c, members);
    program_signal(c->lb.program, SIGHUP);
    whole_await(c);
}

/* The reload fails, says this, and the generation that serves goes on. */
static inline void whole_fails(struct whole *c, const char *says)
{
    size_t from = whole_said(c);
    char line[64];

    program_signal(c->lb.program, SIGHUP);
    from = whole_expect(c, from, says);
    snprintf(line, sizeof line, "lb: reload: generation %d goes on\n",
             c->generation);
    whole_expect(c, from, line);
}

/* ---- processes ---------------------------------------------------------- */

#define WHOLE_CHILDREN 64

/* The master's children; -1 where the system cannot tell. */
static inline int whole_children(const struct whole *c,
                                 pid_t pids[WHOLE_CHILDREN])
{
    char path[64];
    long pid = (long)program_pid(c->lb.program);
    int count = 0;
    FILE *list;

    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
    list = fopen(path, "r");
    if (list == NULL)
        return -1;
    while (count < WHOLE_CHILDREN && fscanf(list, "%ld", &pid) == 1)
        pids[count++] = (pid_t)pid;
    fclose(list);
    return count;
}

/* Waits until there are exactly so many; skips the test where that can't be
 * seen. */
static inline void whole_expect_children(const struct whole *c, int wanted,
                                         pid_t pids[WHOLE_CHILDREN])
{
    deadline_t deadline = deadline_in(20000);
    int count;

    while ((count = whole_children(c, pids)) != wanted && count >= 0)
        if (!deadline_pause(deadline))
            failure("%d workers, not %d; it printed:\n%s", count, wanted,
                    program_output(c->lb.program));
}

/* A worker stands still from now on: what it accepted before counts, but it accepts
 * nobody any more. */
static inline void whole_freeze(pid_t pid)
{
    deadline_t deadline = deadline_in(20000);
    char path[64], state = '?';

    assert_int_equal(kill(pid, SIGSTOP), 0);
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    while (state != 'T') {
        FILE *stat = fopen(path, "r");

        assert_non_null(stat);
        assert_int_equal(fscanf(stat, "%*d (%*[^)]) %c", &state), 1);
        fclose(stat);
        if (state != 'T' && !deadline_pause(deadline))
            failure("worker %ld goes on", (long)pid);
    }
}

/* ---- requests ----------------------------------------------------------- */

/* GET / as often; how many each backend answered. */
static inline void whole_count(const struct whole *c, int requests,
                               int counts[LB_BACKENDS])
{
    memset(counts, 0, LB_BACKENDS * sizeof *counts);
    for (int i = 0; i < requests; i++) {
        char name[64];

        http_get_backend(c->lb.port, "/", 200, name);
        counts[name[1] - '1']++;
    }
}

#endif
