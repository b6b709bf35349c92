/* readme: keeps READMEs and the code in step. README.md beside this file tells
 * authors what they may write; the headers tell how it is checked. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "quotes.h"
#include "replay.h"
#include "scratch.h"

enum { QUOTES = 1, RUN = 2, REFRESH = 4 };
enum { FINE = 0, FAULTS = 1, TROUBLE = 2 }; /* the exit status */

static const char usage[] =
    "usage: readme [--verbose] WHAT FILE.md...\n"
    "  quotes    compares quoted code with the sources, and follows links\n"
    "  refresh   rewrites the quotes that differ\n"
    "  run       replays the console blocks in a copy of the tree\n"
    "  check     quotes and run\n";

static int task_of(const char *word)
{
    static const struct {
        const char *word;
        int task;
    } all[] = {{"quotes", QUOTES},
               {"refresh", REFRESH},
               {"run", RUN},
               {"check", QUOTES | RUN}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(word, all[i].word) == 0)
            return all[i].task;
    return 0;
}

static void add_count(char *out, size_t size, int n, const char *what)
{
    size_t len = strlen(out);

    text_put(out + len, size - len, "%s%d %s", len > 0 ? ", " : "", n, what);
}

static void print_summary(const struct tally *t, int task)
{
    char counts[256] = "";

    if (task & (QUOTES | REFRESH))
        add_count(counts, sizeof counts, t->quotes, "quotes");
    if (task & QUOTES)
        add_count(counts, sizeof counts, t->links, "links");
    if (task & REFRESH)
        add_count(counts, sizeof counts, t->refreshed, "refreshed");
    if (task & RUN)
        add_count(counts, sizeof counts, t->commands, "commands");
    if (t->verbose && (task & QUOTES))
        add_count(counts, sizeof counts, t->illustrations, "illustrations");
    if (t->skipped > 0)
        add_count(counts, sizeof counts, t->skipped, "blocks skipped");
    if (t->faults > 0)
        add_count(counts, sizeof counts, t->faults, "FAULTS");
    printf("%s: %s\n", t->path, counts);
    fflush(stdout);
}

/* One README; returns the exit status that it asks for. */
static int check(const char *path, int task, int verbose)
{
    struct tally t = {.path = path, .verbose = verbose};
    char root[PATH_MAX];
    struct lines doc;
    int result = FINE;

    if (scratch_root(path, root) < 0 || lines_read(&doc, path) < 0) {
        fprintf(stderr, "readme: %s: %s\n", path, strerror(errno));
        return TROUBLE;
    }
    if (task & (QUOTES | REFRESH))
        quotes_check(&doc, root, task & REFRESH, &t);
    if (task & QUOTES)
        links_check(&doc, root, &t);
    if ((task & RUN) && replay(&doc, root, &t) < 0)
        result = TROUBLE;
    lines_free(&doc);
    print_summary(&t, task);
    return result == FINE && t.faults > 0 ? FAULTS : result;
}

static void stop(int signal_number)
{
    replay_stopped = signal_number;
}

static void catch_signals(void)
{
    static const int all[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = stop;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sigaction(all[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

int main(int argc, char **argv)
{
    int verbose = argc > 1 && strcmp(argv[1], "--verbose") == 0;
    int i = 1 + verbose, task, worst = FINE;

    if (i < argc &&
        (strcmp(argv[i], "-h") == 0 || !strcmp(argv[i], "--help"))) {
        fputs(usage, stdout);
        return FINE;
    }
    task = i < argc ? task_of(argv[i]) : 0;
    if (task == 0 || i + 1 == argc) {
        fprintf(stderr, "readme: %s\n%s",
                task == 0 ? "what is to be done?" : "no file is named", usage);
        return TROUBLE;
    }
    catch_signals();
    for (i++; i < argc && !replay_stopped; i++) {
        int status = check(argv[i], task, verbose);

        worst = status > worst ? status : worst;
    }
    return replay_stopped ? 128 + replay_stopped : worst;
}
