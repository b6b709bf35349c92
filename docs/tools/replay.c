#include "replay.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "leftovers.h"
#include "match.h"
#include "page.h"
#include "scratch.h"
#include "steps.h"

enum {
    SECONDS = 10,
    MAKE_SECONDS = 120,
    TURN = 50,          /* milliseconds between two looks at the clock */
    GRACE = 1000,       /* milliseconds for the rest of a wrong output */
    TOO_MUCH = 1 << 19, /* bytes that a terminal may print */
    VARIABLES = 16,
    VARIABLE_SIZE = PATH_MAX + 32
};

volatile sig_atomic_t replay_stopped;

struct desk { /* a terminal and what has happened there */
    struct reader reader;
    const struct step *running; /* the command whose status is to be checked */
    int gap;                    /* the last thing shown was "…" */
    int has_jobs;               /* something may print in the background */
};

struct player {
    struct tally *tally;
    struct steps steps;
    struct terminal terminals[TERMINALS];
    struct desk desks[TERMINALS];
    struct ports ports;
    struct scratch scratch;
    char variables[VARIABLES][VARIABLE_SIZE];
    char *environment[VARIABLES + 1];
};

static long long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- time --------------------------------------------------------------- */

static int runs_make(const char *command)
{
    static const char around[] = " \t\n;&|(";

    for (const char *at = command; (at = strstr(at, "make")) != NULL; at++)
        if ((at == command || strchr(around, at[-1]) != NULL) &&
            strchr(around, at[4]) != NULL)
            return 1;
    return 0;
}

static long long limit_ms(const struct step *s)
{
    const char *scale = getenv("LB_TEST_TIMEOUT_SCALE");
    double factor = scale != NULL ? strtod(scale, NULL) : 1;
    int seconds = SECONDS;

    if (s->kind == STEP_COMMAND && runs_make(s->text))
        seconds = MAKE_SECONDS;
    if (s->wait > 0)
        seconds = s->wait;
    return (long long)(seconds * 1000.0 * (factor > 0 ? factor : 1));
}

/* ---- faults ------------------------------------------------------------- */

static void report(struct player *p, const struct step *s, const char *what,
                   const struct page *page, int reached)
{
    const struct terminal *t = &p->terminals[s->terminal];
    int all = reached >= s->shown.count;
    int from = reached > 3 ? reached - 3 : 0;
    char status[48] = "";

    if (t->at_prompt && t->status != 0)
        text_put(status, sizeof status, " (exit status %d)", t->status);
    tally_fault(p->tally, all ? s->line : (int)s->shown.tag[reached], "%s%s",
                what, status);
    lines_print(&s->shown, from, "expected");
    lines_print(&page->lines, page->lines.count > from ? from : 0, "actual  ");
}

static int shows_status(const struct step *next)
{
    return next != NULL && next->kind == STEP_COMMAND &&
           strstr(next->text, "$?") != NULL;
}

/* The terminal is at its prompt: was the status right? */
static int check_status(struct player *p, int terminal)
{
    const struct step *s = p->desks[terminal].running;
    int status = p->terminals[terminal].status;

    p->desks[terminal].running = NULL;
    if (s == NULL)
        return 0;
    if (s->fails && status == 0)
        tally_fault(p->tally, s->line, "exit status 0 in a block that fails");
    else if (!s->fails && status != 0 &&
             !shows_status(steps_next(&p->steps, (int)(s - p->steps.at))))
        tally_fault(p->tally, s->line, "exit status %d", status);
    else
        return 0;
    return -1;
}

/* ---- one step ----------------------------------------------------------- */

/* Whether the prompt must be back before the step is done (rules 2 and 3). */
static int must_return(const struct steps *s, int i)
{
    const struct step *step = &s->at[i], *next = steps_next(s, i);

    if (next != NULL)
        return next->kind == STEP_COMMAND;
    if (step->kind == STEP_COMMAND)
        return i == s->count - 1 || step->shown.count == 0;
    return step->kind == STEP_INTERRUPT || step->kind == STEP_END;
}

/* Compares what is there; as match_lines(). */
static int judge(const struct player *p, const struct step *s, int returns,
                 struct page *page, int *reached)
{
    const struct terminal *t = &p->terminals[s->terminal];
    const struct desk *d = &p->desks[s->terminal];
    unsigned flags = s->match |
                     (s->kind == STEP_SHOW && d->gap ? MATCH_SKIPS : 0);
    int least = returns ? page->before_prompt : 0, n;

    if (!t->has_begun ||
        (s->kind == STEP_INTERRUPT && returns && !t->at_prompt))
        return MATCH_MORE;
    if (returns && !t->at_prompt)
        least = INT_MAX;
    page->lines.count -= page->is_open;
    n = match_lines(&s->shown, flags, &page->lines, least, reached);
    page->lines.count += page->is_open;
    if (n == MATCH_MORE && page->is_open && !returns) {
        int ignored, all = match_lines(&s->shown, flags, &page->lines,
                                       page->lines.count, &ignored);
        n = all > 0 ? all : n;
    }
    if (n == MATCH_MORE && t->at_prompt && !d->has_jobs)
        n = MATCH_NEVER; /* nobody is left who could print more */
    return n;
}

/* Why a step that has not matched cannot go on; NULL while it can. */
static const char *trouble(struct player *p, const struct step *s, int returns,
                           int verdict, int reached, long long deadline)
{
    struct terminal *t = &p->terminals[s->terminal];

    if (replay_stopped)
        return "interrupted";
    if (terminal_is_gone(t))
        return "the shell has ended";
    if (t->out.len > TOO_MUCH)
        return "the output does not end";
    if (verdict == MATCH_NEVER &&
        (!returns || t->at_prompt || now_ms() >= deadline))
        return "the output is not what is shown";
    if (now_ms() < deadline)
        return NULL;
    return reached < s->shown.count ? "the output did not come in time"
                                    : "the prompt did not come back in time";
}

/* Waits until all that the step shows has come, and the prompt if it must. */
static int await(struct player *p, const struct step *s, int returns)
{
    long long deadline = now_ms() + limit_ms(s);
    struct desk *d = &p->desks[s->terminal];
    const char *why;
    struct page page;
    int reached = 0, n;

    for (;;) {
        page_read(&page, &d->reader, &p->terminals[s->terminal],
                  s->noports ? NULL : &p->ports);
        n = judge(p, s, returns, &page, &reached);
        if (n == MATCH_NEVER && deadline > now_ms() + GRACE)
            deadline = now_ms() + GRACE;
        if (n >= 0 ||
            (why = trouble(p, s, returns, n, reached, deadline)) != NULL)
            break;
        page_free(&page);
        terminals_read(p->terminals, TERMINALS, TURN);
    }
    if (n >= 0)
        page_take(&page, n, &d->reader);
    else
        report(p, s, why, &page, reached);
    page_free(&page);
    return n >= 0 ? 0 : -1;
}

/* What is typed into a program, or pressed, must find one. */
static int type_keys(struct player *p, const struct step *s, const char *keys)
{
    struct terminal *t = &p->terminals[s->terminal];
    long long deadline = now_ms() + limit_ms(s);

    while (!terminal_is_busy(t) && !t->at_prompt && !replay_stopped &&
           now_ms() < deadline)
        terminals_read(p->terminals, TERMINALS, TURN);
    if (terminal_is_busy(t) && terminal_type(t, keys) == 0)
        return 0;
    tally_fault(p->tally, s->line, "nothing runs in terminal %d to type into",
                s->terminal + 1);
    return -1;
}

static int type_command(struct player *p, const struct step *s)
{
    struct desk *d = &p->desks[s->terminal];
    char *command = text_copy(s->text, strlen(s->text));
    int result;

    if (!s->noports)
        ports_to_real(&p->ports, command);
    d->running = s;
    d->has_jobs |= strchr(command, '&') != NULL;
    result = terminal_command(&p->terminals[s->terminal], command);
    free(command);
    if (result < 0)
        tally_fault(p->tally, s->line, "the shell has ended");
    return result;
}

static int act(struct player *p, const struct step *s)
{
    struct desk *d = &p->desks[s->terminal];
    char *keys;
    int result;

    terminals_read(p->terminals, TERMINALS, 0);
    if (s->kind != STEP_SHOW && d->gap)
        d->reader = (struct reader){p->terminals[s->terminal].out.len, 0};
    if (s->kind == STEP_SHOW)
        return 0;
    if (s->kind == STEP_COMMAND)
        return type_command(p, s);
    if (s->kind == STEP_INTERRUPT) {
        d->running = NULL;
        return type_keys(p, s, "\003");
    }
    if (s->kind == STEP_END)
        return type_keys(p, s, "\004");
    keys = text_copy(s->text, strlen(s->text));
    if (!s->noports)
        ports_to_real(&p->ports, keys);
    result = type_keys(p, s, keys);
    free(keys);
    return result;
}

/* Opens the terminal of a step if it is not open, and waits for its prompt. */
static int open_terminal(struct player *p, const struct step *s)
{
    struct terminal *t = &p->terminals[s->terminal];
    struct step prompt = {
        .kind = STEP_SHOW, .line = s->line, .terminal = s->terminal};

    if (t->shell != 0)
        return 0;
    if (terminal_open(t, p->scratch.work, p->environment) == 0)
        return await(p, &prompt, 1);
    tally_fault(p->tally, s->line, "no terminal can be opened: %s",
                strerror(errno));
    return -1;
}

static int play_step(struct player *p, int i)
{
    const struct step *s = &p->steps.at[i];
    struct desk *d = &p->desks[s->terminal];
    int returns = must_return(&p->steps, i);

    if (p->tally->verbose && s->text != NULL)
        tally_note(p->tally, s->line, "%s", s->text);
    if (open_terminal(p, s) < 0 || act(p, s) < 0 || await(p, s, returns) < 0)
        return -1;
    d->gap = s->shown.count > 0 &&
             match_is_gap(s->shown.at[s->shown.count - 1]);
    p->tally->commands += s->kind == STEP_COMMAND;
    return returns ? check_status(p, s->terminal) : 0;
}

/* ---- the whole ---------------------------------------------------------- */

/* Commands that nobody waited for, and that have ended: all shown, status 0? */
static int check_ended(struct player *p, int terminal)
{
    struct desk *d = &p->desks[terminal];
    struct terminal *t = &p->terminals[terminal];
    long long deadline = now_ms() + GRACE;
    struct page page;
    int left;

    while (d->running != NULL && !t->at_prompt && !terminal_is_busy(t) &&
           now_ms() < deadline)
        terminals_read(p->terminals, TERMINALS, TURN);
    if (d->running == NULL || !t->at_prompt)
        return 0;
    page_read(&page, &d->reader, t, &p->ports);
    left = d->gap ? 0 : page.before_prompt;
    if (left > 0) {
        tally_fault(p->tally, d->running->line, "more output than is shown");
        lines_print(&page.lines, 0, "actual  ");
    }
    page_free(&page);
    return left > 0 ? -1 : check_status(p, terminal);
}

static int play(struct player *p)
{
    for (int i = 0; i < p->steps.count; i++)
        if (play_step(p, i) < 0)
            return -1;
    terminals_read(p->terminals, TERMINALS, 0);
    for (int i = 0; i < TERMINALS; i++)
        if (p->terminals[i].shell != 0 && check_ended(p, i) < 0)
            return -1;
    return 0;
}

static void set_variable(struct player *p, const char *name, const char *value)
{
    int i = 0;

    while (p->environment[i] != NULL)
        i++;
    if (value == NULL || i == VARIABLES)
        return;
    text_put(p->variables[i], VARIABLE_SIZE, "%s=%s", name, value);
    p->environment[i] = p->variables[i];
}

static void set_environment(struct player *p)
{
    static const char *const passed[] = {
        "PATH", "CC", "CCACHE_DIR", "USER", "LOGNAME", "LB_TEST_TIMEOUT_SCALE"};
    const char *locale = setlocale(LC_ALL, "C.UTF-8") != NULL ? "C.UTF-8" : "C";
    char path[PATH_MAX + 16];

    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        set_variable(p, passed[i], getenv(passed[i]));
    text_put(path, sizeof path, "%s/home", p->scratch.top);
    set_variable(p, "HOME", path);
    text_put(path, sizeof path, "%s/tmp", p->scratch.top);
    set_variable(p, "TMPDIR", path);
    set_variable(p, "LC_ALL", locale);
    set_variable(p, "LANG", locale);
    set_variable(p, "TERM", "dumb");
    set_variable(p, "SHELL", "/bin/sh");
    set_variable(p, "BASH_SILENCE_DEPRECATION_WARNING", "1"); /* macOS */
    setlocale(LC_ALL, "C");
}

static void note_ports(struct player *p)
{
    for (int i = 0; i < p->steps.count; i++) {
        const struct step *s = &p->steps.at[i];

        if (s->kind == STEP_COMMAND && !s->noports)
            ports_note(&p->ports, s->text);
        for (int j = 0; j < s->shown.count; j++)
            ports_note(&p->ports, s->shown.at[j]);
    }
}

int replay(const struct lines *doc, const char *root, struct tally *t)
{
    struct player *p = text_zeros(sizeof *p);
    int faults = t->faults, result = 0;

    p->tally = t;
    steps_read(&p->steps, doc, t);
    if (p->steps.count > 0 && t->faults == faults) {
        leftovers_adopt();
        note_ports(p);
        if (ports_choose(&p->ports) < 0) {
            fprintf(stderr, "readme: too few free ports\n");
            result = -1;
        } else if (scratch_make(&p->scratch, root, t->path, &p->ports) < 0) {
            result = -1;
        } else {
            set_environment(p);
            play(p);
        }
        terminals_end(p->terminals, TERMINALS);
        scratch_remove(&p->scratch);
        ports_release(&p->ports);
    }
    steps_free(&p->steps);
    free(p);
    return result;
}
