#include "steps.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "match.h"
#include "terminal.h"

static const char return_key[] = "\xe2\x8f\x8e"; /* U+23CE */

struct words { /* what stands behind ```console */
    int terminal, fails, noports, wait;
    unsigned match;
    char missing[INFO_SIZE]; /* what it needs and is not there, or "" */
};

int steps_is_job_notice(const char *line)
{
    static const char *const states[] = {"Done",   "Exit",     "Terminated",
                                         "Killed", "Running",  "Stopped",
                                         "Hangup", "Interrupt"};
    const char *at = line + 1 + strspn(line + (*line == '['), "0123456789");

    if (line[0] != '[' || !isdigit((unsigned char)line[1]) || *at != ']')
        return 0;
    at += 1 + strspn(at + 1, " +-");
    if (isdigit((unsigned char)*at))
        return at[strspn(at, "0123456789")] == '\0';
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strncmp(at, states[i], strlen(states[i])) == 0)
            return 1;
    return 0;
}

static int in_path(const char *tool)
{
    const char *at = getenv("PATH");
    char file[PATH_MAX];

    while (at != NULL && *at != '\0') {
        int len = (int)strcspn(at, ":");

        text_put(file, sizeof file, "%.*s/%s", len, at, tool);
        if (access(file, X_OK) == 0)
            return 1;
        at += len + (at[len] == ':');
    }
    return 0;
}

static int is_there(const char *need)
{
    int linux_here = 0, macos_here = 0;

#ifdef __linux__
    linux_here = 1;
#endif
#ifdef __APPLE__
    macos_here = 1;
#endif
    if (strcmp(need, "root") == 0)
        return geteuid() == 0;
    if (strcmp(need, "linux") == 0)
        return linux_here;
    if (strcmp(need, "macos") == 0)
        return macos_here;
    return in_path(need);
}

static void check_needs(struct words *w, const char *list)
{
    char need[INFO_SIZE];

    while (*list != '\0') {
        int len = (int)strcspn(list, ",");

        text_put(need, sizeof need, "%.*s", len, list);
        if (!is_there(need))
            memcpy(w->missing, need, sizeof need);
        list += len + (list[len] == ',');
    }
}

/* Takes one word; returns 0 for one that it does not know. */
static int take_word(struct words *w, const char *word)
{
    if (isdigit((unsigned char)word[0]) && word[1] == '\0' && word[0] != '0')
        w->terminal = word[0] - '1';
    else if (strcmp(word, "numbers") == 0)
        w->match |= MATCH_NUMBERS;
    else if (strcmp(word, "unordered") == 0)
        w->match |= MATCH_UNORDERED;
    else if (strcmp(word, "fails") == 0)
        w->fails = 1;
    else if (strcmp(word, "noports") == 0)
        w->noports = 1;
    else if (strncmp(word, "wait=", 5) == 0)
        return (w->wait = (int)strtol(word + 5, NULL, 10)) > 0;
    else if (strncmp(word, "needs=", 6) == 0)
        check_needs(w, word + 6);
    else
        return strcmp(word, "terminal") == 0;
    return 1;
}

static int read_words(struct words *w, const struct block *b, struct tally *t)
{
    char word[INFO_SIZE];
    const char *at = b->info;

    *w = (struct words){0};
    while (*at != '\0') {
        int len = (int)strcspn(at, " \t");

        text_put(word, sizeof word, "%.*s", len, at);
        if (!take_word(w, word)) {
            tally_fault(t, b->fence + 1, "console has no '%s'", word);
            return -1;
        }
        at += len + (int)strspn(at + len, " \t");
    }
    return 0;
}

static struct step *add_step(struct steps *s, enum step_kind kind,
                             const struct words *w, int line)
{
    struct step *step;

    s->at = array_grow(s->at, s->count, sizeof *s->at);
    step = &s->at[s->count++];
    *step = (struct step){.kind = kind, .line = line};
    step->terminal = w->terminal;
    step->match = w->match;
    step->fails = w->fails;
    step->noports = w->noports;
    step->wait = w->wait;
    return step;
}

static void add_shown(struct step *step, const char *line, int number)
{
    if (!steps_is_job_notice(line))
        lines_add(&step->shown, line, strlen(line), number);
}

/* The command of line i and the "> " lines below; returns the last of them. */
static int read_command(struct step *step, const struct lines *doc,
                        const struct block *b, int i)
{
    struct text command = {0};
    const char *line = block_line(doc, b, i);

    text_add(&command, line + 2, strlen(line + 2));
    while (i + 1 < b->last) {
        line = block_line(doc, b, i + 1);
        if (line[0] != '>' || (line[1] != ' ' && line[1] != '\0'))
            break;
        text_add(&command, "\n", 1);
        line += line[1] == ' ' ? 2 : 1;
        text_add(&command, line, strlen(line));
        i++;
    }
    step->text = command.at;
    return i;
}

/* Whether a line is typed into a program; its text, with the newline. */
static char *typed_text(const char *line)
{
    size_t len = strlen(line), key = sizeof return_key - 1;
    char *text;

    if (len < key || strcmp(line + len - key, return_key) != 0)
        return NULL;
    text = text_copy(line, len - key + 1);
    text[len - key] = '\n';
    return text;
}

static void read_block(struct steps *s, const struct lines *doc,
                       const struct block *b, const struct words *w)
{
    struct step *step = NULL;

    for (int i = b->first; i < b->last; i++) {
        const char *line = block_line(doc, b, i);
        char *typed = typed_text(line);

        if (strncmp(line, "$ ", 2) == 0) {
            step = add_step(s, STEP_COMMAND, w, i + 1);
            i = read_command(step, doc, b, i);
        } else if (strcmp(line, "^C") == 0) {
            step = add_step(s, STEP_INTERRUPT, w, i + 1);
        } else if (strcmp(line, "^D") == 0) {
            step = add_step(s, STEP_END, w, i + 1);
        } else if (typed != NULL) {
            step = add_step(s, STEP_TYPED, w, i + 1);
            step->text = typed;
            continue;
        } else {
            if (step == NULL)
                step = add_step(s, STEP_SHOW, w, i + 1);
            add_shown(step, line, i + 1);
        }
        free(typed);
    }
}

void steps_read(struct steps *s, const struct lines *doc, struct tally *t)
{
    struct block b = {0};
    struct words w;

    *s = (struct steps){0};
    while (block_next(doc, &b)) {
        if (strcmp(b.language, "console") != 0 || read_words(&w, &b, t) < 0)
            continue;
        if (w.missing[0] == '\0') {
            read_block(s, doc, &b, &w);
            continue;
        }
        tally_note(t, b.fence + 1, "skipped: it needs %s", w.missing);
        t->skipped++;
    }
}

void steps_free(struct steps *s)
{
    for (int i = 0; i < s->count; i++) {
        free(s->at[i].text);
        lines_free(&s->at[i].shown);
    }
    free(s->at);
}

const struct step *steps_next(const struct steps *s, int i)
{
    for (int j = i + 1; j < s->count; j++)
        if (s->at[j].terminal == s->at[i].terminal)
            return &s->at[j];
    return NULL;
}
