#include "settings.h"

#include "slice.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS_MAX 1e9

/* A setting is a number within bounds, or a text that a function reads, which
 * returns NULL or what it wants. */
enum kind { WHOLE, REAL, TEXT };

struct setting {
    const char *name;
    enum kind kind;
    size_t offset; /* of a number, in struct settings */
    double min, max;
    const char *(*read)(struct settings *s, const char *text);
    const char *preset, *says;
};

/* ---- texts -------------------------------------------------------------- */

/* Cuts the next word off a list with blanks or commas: 1, or 0 at its end. */
static int next_word(const char **list, char *word, size_t size)
{
    size_t len;

    *list += strspn(*list, " ,");
    len = strcspn(*list, " ,");
    snprintf(word, size, "%.*s", (int)(len < size ? len : size - 1), *list);
    *list += len;
    return len > 0;
}

static const char *read_algorithms(struct settings *s, const char *text)
{
    char word[64];
    int count = 0;

    if (strcmp(text, "all") == 0)
        for (; contender_at(count) != NULL && count < CONTENDERS_MAX; count++)
            s->algorithms[count] = contender_at(count);
    else
        while (next_word(&text, word, sizeof word)) {
            if (count == CONTENDERS_MAX || contender_find(word) == NULL)
                return "\"all\" or names of algorithms";
            s->algorithms[count++] = contender_find(word);
        }
    s->algorithms[count] = NULL;
    return count > 0 ? NULL : "\"all\" or names of algorithms";
}

/* Fewer than there are backends: they come again and again. */
static const char *read_weights(struct settings *s, const char *text)
{
    static const char wanted[] = "1 to 256 numbers of 1 to 100";
    char word[16];
    uint64_t weight;
    int count = 0;

    while (next_word(&text, word, sizeof word)) {
        if (count == MAX_BACKENDS ||
            slice_number(slice_of(word), 100, &weight) != 0 || weight == 0)
            return wanted;
        s->weights[count++] = (int)weight;
    }
    for (int i = count; i < MAX_BACKENDS && count > 0; i++)
        s->weights[i] = s->weights[i % count];
    return count > 0 ? NULL : wanted;
}

static const char *read_latency(struct settings *s, const char *text)
{
    s->latency = latency_find(text);
    return s->latency != NULL ? NULL : "one of " LATENCY_NAMES;
}

/* Digits and at most one point: neither "nan" nor "0x1p9". 0, or -1. */
static int read_real(const char *text, double *out)
{
    size_t digits = strspn(text, "0123456789");
    size_t len = digits;

    if (text[len] == '.') {
        size_t places = strspn(text + len + 1, "0123456789");

        len += 1 + places;
        digits += places;
    }
    if (digits == 0 || len > 20 || text[len] != '\0')
        return -1;
    *out = strtod(text, NULL);
    return 0;
}

static const char *read_stale(struct settings *s, const char *text)
{
    if (strcmp(text, "never") == 0)
        s->stale_ms = STALE_NEVER;
    else if (read_real(text, &s->stale_ms) != 0 || s->stale_ms > 1e6 ||
             (s->stale_ms > 0 && s->stale_ms < 0.1))
        return "\"never\", 0, or 0.1 to 1000000";
    return NULL;
}

static const char *read_fail(struct settings *s, const char *text)
{
    static const char wanted[] = "\"never\" or FROM-TO, of 0 to 10000 s";
    char from[24];
    const char *dash = strchr(text, '-');

    if (strcmp(text, "never") == 0) {
        s->fail_s = s->back_s = 0;
        return NULL;
    }
    if (dash == NULL || dash - text >= (ptrdiff_t)sizeof from)
        return wanted;
    snprintf(from, sizeof from, "%.*s", (int)(dash - text), text);
    if (read_real(from, &s->fail_s) != 0 ||
        read_real(dash + 1, &s->back_s) != 0 || s->back_s > 10000 ||
        s->fail_s >= s->back_s)
        return wanted;
    return NULL;
}

static const char *read_fault(struct settings *s, const char *text)
{
    static const char *const faults[] = {"refuse", "error", "hang"};

    for (int i = 0; i < 3; i++)
        if (strcmp(text, faults[i]) == 0) {
            s->fault = (enum fault)i;
            return NULL;
        }
    return "one of refuse error hang";
}

static const char *read_start(struct settings *s, const char *text)
{
    s->spread = strcmp(text, "spread") == 0;
    return s->spread || strcmp(text, "first") == 0 ? NULL : "first or spread";
}

static const char *read_data(struct settings *s, const char *text)
{
    s->data = *text != '\0' ? text : NULL;
    return NULL;
}

/* ---- the table ---------------------------------------------------------- */

#define NUMBER(kind, field, min, max) kind, offsetof(struct settings, field), \
                                      min, max, NULL
#define WORDS(read) TEXT, 0, 0, 0, read

static const struct setting settings[] = {
    {"ALGORITHMS", WORDS(read_algorithms), "all", "names or aliases"},
    {"BACKENDS", NUMBER(WHOLE, backends, 1, MAX_BACKENDS), "10", "how many"},
    {"WEIGHTS", WORDS(read_weights), "1",
     "theirs, as a list; weight 3 has 3 times SLOTS"},
    {"SLOTS", NUMBER(WHOLE, slots, 1, 1000), "4",
     "requests that a backend works on at a time"},
    {"QUEUE", NUMBER(WHOLE, queue, 0, 1000000), "1000",
     "those that wait there; one more is refused"},
    {"LOAD", NUMBER(REAL, load, 0.05, 10), "0.8",
     "requests, as a part of what all backends can do"},
    {"SERVICE", NUMBER(REAL, service_ms, 0.01, 10000), "10",
     "ms of work in a request, the mean"},
    {"LATENCY", WORDS(read_latency), "exponential", LATENCY_NAMES},
    {"SLOW", NUMBER(REAL, slow, 0.01, 1000), "1",
     "the first backend takes so many times as long"},
    {"FAIL", WORDS(read_fail), "never",
     "FROM-TO: the last backend is ill, in seconds"},
    {"FAULT", WORDS(read_fault), "refuse",
     "what it does then: refuse, error (at once) or hang"},
    {"TIMEOUT", NUMBER(REAL, timeout_ms, 1, 1000000), "1000",
     "ms until one that hangs is given up"},
    {"RETRIES", NUMBER(WHOLE, retries, 0, 255), "2",
     "further attempts of a request, on other backends"},
    {"CHECK", NUMBER(REAL, check_s, 0.01, 3600), "1",
     "s between two health checks; at most 1 while in doubt"},
    {"BALANCERS", NUMBER(WHOLE, balancers, 1, MAX_BALANCERS), "1",
     "how many, each with its share of the requests"},
    {"STALE", WORDS(read_stale), "never",
     "ms between two looks at what the others do; 0: always"},
    {"SUBSET", NUMBER(WHOLE, subset, 0, MAX_BACKENDS), "0",
     "backends that a balancer knows; 0: all"},
    {"START", WORDS(read_start), "first",
     "where round robin begins: first, or spread"},
    {"CLIENTS", NUMBER(WHOLE, clients, 1, 1000000), "1000",
     "addresses that requests come from"},
    {"REQUESTS", NUMBER(WHOLE, requests, 1, 1000000), "100000", "in all"},
    {"FANOUT", NUMBER(WHOLE, fanout, 1, 10000), "1",
     "a page waits for so many answers: one more table"},
    {"SEED", NUMBER(WHOLE, seed, 0, 1000000), "1", "another one: other luck"},
    {"DATA", WORDS(read_data), "", "a file for the points of a chart"},
};
#define SETTINGS ((int)(sizeof settings / sizeof *settings))

static const char *complain(char *wrong, const char *word, const char *what)
{
    snprintf(wrong, SETTINGS_WRONG, "%.60s: %s", word, what);
    return wrong;
}

static const char *take_number(struct settings *s, const struct setting *is,
                               const char *word, const char *value, char *wrong)
{
    char what[64];
    double number;

    snprintf(what, sizeof what, "%s number from %g to %.10g",
             is->kind == WHOLE ? "not a whole" : "not a", is->min, is->max);
    if (read_real(value, &number) != 0 || number < is->min ||
        number > is->max || (is->kind == WHOLE && strchr(value, '.') != NULL))
        return complain(wrong, word, what);
    if (is->kind == WHOLE)
        *(int *)(void *)((char *)s + is->offset) = (int)number;
    else
        *(double *)(void *)((char *)s + is->offset) = number;
    return NULL;
}

static const char *take_value(struct settings *s, const struct setting *is,
                              const char *word, const char *value, char *wrong)
{
    const char *wanted;
    char what[128];

    if (is->kind != TEXT)
        return take_number(s, is, word, value, wrong);
    wanted = is->read(s, value);
    if (wanted == NULL)
        return NULL;
    snprintf(what, sizeof what, "not %s", wanted);
    return complain(wrong, word, what);
}

const char *settings_take(struct settings *s, const char *word,
                          char wrong[SETTINGS_WRONG])
{
    size_t len = strcspn(word, "=");

    for (int i = 0; i < SETTINGS && word[len] == '='; i++)
        if (strlen(settings[i].name) == len &&
            memcmp(settings[i].name, word, len) == 0)
            return take_value(s, &settings[i], word, word + len + 1, wrong);
    return complain(wrong, word, "no such setting (--help lists them)");
}

void settings_begin(struct settings *s)
{
    char wrong[SETTINGS_WRONG];

    memset(s, 0, sizeof *s);
    for (int i = 0; i < SETTINGS; i++)
        take_value(s, &settings[i], settings[i].name, settings[i].preset,
                   wrong);
}

/* What happens beside the requests, for as long as they may take: a turn for
 * each backend of each balancer. */
static double turns_beside(const struct settings *s)
{
    double longest_queue = s->queue < s->requests ? s->queue : s->requests;
    double seconds = s->requests / settings_rate(s) +
                     longest_queue * s->service_ms / 1000 * (1 + s->slow) +
                     s->timeout_ms / 1000;
    double each_second = s->check_s < 1 ? 1 / s->check_s : 1;

    if (s->stale_ms > 0)
        each_second += 1000 / s->stale_ms;
    return seconds * each_second * s->balancers * s->subset;
}

const char *settings_end(struct settings *s)
{
    if (s->subset > s->backends)
        return "SUBSET is more than there are BACKENDS";
    if (s->subset == 0)
        s->subset = s->backends;
    if (settings_all_slots(s) > 1000000)
        return "more than 1000000 slots (BACKENDS, WEIGHTS, SLOTS)";
    if (turns_beside(s) > TURNS_MAX)
        return "that would take for ever: CHECK or STALE is too often";
    return NULL;
}

void settings_print_help(void)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting *is = &settings[i];
        char range[32] = "";

        if (is->kind != TEXT)
            snprintf(range, sizeof range, "%g..%.10g", is->min, is->max);
        printf("  %-10s %-11s %-12s %s\n", is->name, is->preset, range,
               is->says);
    }
}

int settings_all_slots(const struct settings *s)
{
    int sum = 0;

    for (int i = 0; i < s->backends; i++)
        sum += s->slots * s->weights[i];
    return sum;
}

double settings_rate(const struct settings *s)
{
    return s->load * settings_all_slots(s) / (s->service_ms / 1000);
}
