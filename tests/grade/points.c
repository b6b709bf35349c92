#include "points.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct lab *lab;
    char path[PATH_MAX + 16];
    int line, faults;
};

static void fault(struct reader *r, const char *what, const char *word)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", r->path, r->line, what,
            word[0] != '\0' ? ": " : "", word);
    r->faults++;
}

/* ---- a test -------------------------------------------------------------- */

static enum seen seen_of(struct reader *r, const char *word)
{
    static const char *const words[] = {"visible", "hidden", "after_due"};

    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0)
            return (enum seen)i;
    fault(r, "neither visible, hidden nor after_due", word);
    return VISIBLE;
}

static int parent_of(struct reader *r, const char *word)
{
    int index = lab_test_index(r->lab, word, strlen(word));

    if (index < 0 && strcmp(word, "-") != 0)
        fault(r, "no test above has this name", word);
    return index;
}

static void read_test(struct reader *r, const char *line)
{
    char name[128], points[8], seen[16], parent[128], more[2];
    struct lab_test *test;

    if (sscanf(line, "%127s %7s %15s %127s %1s", name, points, seen, parent,
               more) != 4) {
        fault(r, "not NAME POINTS visible|hidden PARENT", line);
        return;
    }
    if (r->lab->tests_count == LAB_TESTS) {
        fault(r, "one test too many", name);
        return;
    }
    if (lab_test_index(r->lab, name, strlen(name)) >= 0)
        fault(r, "twice", name);
    if (points[strspn(points, "0123456789")] != '\0')
        fault(r, "no number of points", points);
    test = &r->lab->tests[r->lab->tests_count];
    test->parent = parent_of(r, parent);
    test->name = text_copy(name, strlen(name));
    test->points = atoi(points);
    test->seen = seen_of(r, seen);
    test->suite = -1;
    r->lab->tests_count++;
}

/* ---- its hints ----------------------------------------------------------- */

static struct hint *new_hint(struct reader *r, struct lab_test *test)
{
    if (test->hints_count == LAB_HINTS) {
        fault(r, "one hint too many", test->name);
        return &test->hints[LAB_HINTS - 1];
    }
    return &test->hints[test->hints_count++];
}

static void append(char **text, const char *more)
{
    size_t len = *text != NULL ? strlen(*text) : 0;
    size_t size = len + strlen(more) + 2;
    char *both = text_zeros(size);

    text_put(both, size, "%s%s%s", len > 0 ? *text : "", len > 0 ? " " : "",
             more);
    free(*text);
    *text = both;
}

/* What stands between the quotes; \" and \\ are a quote and a backslash.
 * Returns what follows the closing one, NULL if there is none. */
static const char *quoted(const char *at, char *out, size_t size)
{
    size_t n = 0;

    for (; *at != '\0' && *at != '"' && n + 1 < size; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        out[n++] = *at;
    }
    out[n] = '\0';
    return *at == '"' ? at + 1 : NULL;
}

static void read_hint(struct reader *r, const char *line)
{
    struct lab_test *test;
    struct hint *last;
    char when[256];

    if (r->lab->tests_count == 0) {
        fault(r, "a hint without a test", line);
        return;
    }
    test = &r->lab->tests[r->lab->tests_count - 1];
    if (strncmp(line, "if \"", 4) == 0) {
        line = quoted(line + 4, when, sizeof when);
        if (line == NULL || *line != ':') {
            fault(r, "not if \"TEXT\": HINT", test->name);
            return;
        }
        last = new_hint(r, test);
        last->when = text_copy(when, strlen(when));
        line += 1 + strspn(line + 1, " ");
    } else if (test->hints_count == 0) {
        last = new_hint(r, test);
    } else {
        last = &test->hints[test->hints_count - 1];
    }
    append(&last->text, line);
}

/* ---- the file ------------------------------------------------------------ */

static void read_line(struct reader *r, char *line)
{
    size_t indent = strspn(line, " \t");
    char *end = line + strlen(line);

    while (end > line && isspace((unsigned char)end[-1]))
        *--end = '\0';
    if (line[indent] == '\0' || line[indent] == '#')
        return;
    if (indent > 0)
        read_hint(r, line + indent);
    else if (strncmp(line, "hidden:", 7) == 0)
        r->lab->hidden_points = atoi(line + 7);
    else
        read_test(r, line);
}

int points_read(struct lab *lab)
{
    struct reader r = {.lab = lab};
    struct lines lines;

    text_put(r.path, sizeof r.path, "%s/points", lab->path);
    if (lines_read(&lines, r.path) < 0) {
        fault(&r, strerror(errno), "");
        return 1;
    }
    for (int i = 0; i < lines.count; i++) {
        r.line = i + 1;
        read_line(&r, lines.at[i]);
    }
    lines_free(&lines);
    if (lab->tests_count == 0)
        fault(&r, "no test", "");
    return r.faults;
}
