/* arena: load balancing algorithms against each other, in virtual time.
 *
 *     arena LOAD=0.9 SLOW=5 ALGORITHMS="rr lc random_two_choices"
 *
 * The algorithms are those of lb, called as lb calls them; the backends, the
 * requests and the clock are simulated (simulation.h). README.md beside this
 * file says what to try. */

#include "log.h"
#include "options.h"
#include "report.h"
#include "simulation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char PROGRAM[] = "arena";

static int print_help(void)
{
    printf("usage: arena [NAME=VALUE]...\n"
           "Plays algorithms against each other, in virtual time.\n\n"
           "  name       preset      range        what it is\n");
    settings_print_help();
    printf("\nalgorithms:\n");
    for (int i = 0; contender_at(i) != NULL; i++)
        printf("  %-21s %s\n", contender_at(i)->name, contender_at(i)->alias);
    printf("\n"
           "columns: ms from the arrival of a request to its answer; fair: "
           "Jain's index of the\n"
           "requests for each weight (1: equal); most: the busiest backend's "
           "part of them;\n"
           "again: further attempts; lost: no answer, or an error. The same "
           "SEED, the same\n"
           "output. SVG=file (make arena) draws p50 to p99.99.\n");
    return fflush(stdout) != 0;
}

/* Takes all words: -1 to go on, or the exit status. */
static int read_settings(struct settings *s, int argc, char **argv)
{
    struct options o;
    char text[SETTINGS_WRONG];
    const char *wrong = NULL;
    int what;

    settings_begin(s);
    options_begin(&o, argc, argv);
    while (wrong == NULL && (what = options_next(&o, "")) != OPTIONS_END) {
        if (what == OPTIONS_HELP)
            return print_help();
        wrong = what == OPTIONS_OPERAND ? settings_take(s, o.value, text)
                                        : "options are NAME=VALUE (see --help)";
    }
    if (wrong == NULL)
        wrong = settings_end(s);
    if (wrong == NULL)
        return -1;
    fprintf(stderr, "%s: %s\n", PROGRAM, wrong);
    return 2;
}

static int play(const struct settings *s, struct result *results, int *count)
{
    for (*count = 0; s->algorithms[*count] != NULL; ++*count)
        if (simulate(s, s->algorithms[*count], &results[*count]) != 0) {
            log_error(PROGRAM, "%d requests: %s", s->requests, strerror(errno));
            return 1;
        }
    return 0;
}

static int write_data(const struct settings *s, const struct result *r,
                      int count)
{
    FILE *out = s->data != NULL ? fopen(s->data, "w") : NULL;

    if (s->data == NULL)
        return 0;
    if (out != NULL)
        report_data(s, r, count, out);
    if (out == NULL || fclose(out) != 0) {
        log_error(PROGRAM, "write %s: %s", s->data, strerror(errno));
        return 1;
    }
    return 0;
}

static int report(const struct settings *s, const struct result *r, int count)
{
    report_frame(s, r);
    report_table(s, r, count);
    report_pages(s, r, count);
    report_histogram(s, r, count);
    if (fflush(stdout) != 0) {
        log_error(PROGRAM, "write: %s", strerror(errno));
        return 1;
    }
    return write_data(s, r, count);
}

int main(int argc, char *argv[])
{
    struct result results[CONTENDERS_MAX];
    struct settings s;
    int count, status = read_settings(&s, argc, argv);

    if (status >= 0)
        return status;
    memset(results, 0, sizeof results);
    status = play(&s, results, &count);
    if (status == 0)
        status = report(&s, results, count);
    for (int i = 0; i < CONTENDERS_MAX; i++)
        result_close(&results[i]);
    return status;
}
