#include "quotes.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "excerpt.h"

void directory_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');

    text_put(out, size, "%.*s", slash ? (int)(slash - path) + 1 : 0, path);
}

/* Looks for NAME where no path leads to it; returns how many there are. */
static int search(const char *root, const char *name, char *out, size_t size)
{
    static const char *const places[] = {"chapter-*/", "backends/", "tests/",
                                         "tests/*/"};
    char pattern[PATH_MAX];
    glob_t found;
    int n = 0;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        text_put(pattern, sizeof pattern, "%s/%s%s", root, places[i], name);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        n += (int)found.gl_pathc;
        text_put(out, size, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    return n;
}

static int find_source(const char *root, const char *name, int line,
                       struct tally *t, char *out, size_t size)
{
    char directory[PATH_MAX];
    int n;

    directory_of(t->path, directory, sizeof directory);
    text_put(out, size, "%s%s", directory, name);
    if (access(out, R_OK) == 0)
        return 0;
    text_put(out, size, "%s/%s", root, name);
    if (access(out, R_OK) == 0)
        return 0;
    if ((n = search(root, name, out, size)) == 1)
        return 0;
    tally_fault(t, line,
                n == 0 ? "there is no file %s to quote"
                       : "there are several files %s to quote",
                name);
    return -1;
}

/* The text that a quote must have. Returns -1 when a fault was reported. */
static int expected_text(const struct block *b, const char *root,
                         struct tally *t, struct lines *out)
{
    char name[INFO_SIZE], path[PATH_MAX];
    const char *colon = strchr(b->info, ':');
    struct lines source;
    int result;

    if (colon == NULL || colon[1] == '\0') {
        tally_fault(t, b->fence + 1, "'%s' is not NAME:WHAT", b->info);
        return -1;
    }
    text_put(name, sizeof name, "%.*s", (int)(colon - b->info), b->info);
    if (find_source(root, name, b->fence + 1, t, path, sizeof path) < 0)
        return -1;
    if (lines_read(&source, path) < 0) {
        tally_fault(t, b->fence + 1, "%s: %s", path, strerror(errno));
        return -1;
    }
    result = excerpt_find(&source, colon + 1, out);
    if (result < 0)
        tally_fault(t, b->fence + 1, "%s has no %s", name, colon + 1);
    lines_free(&source);
    return result;
}

/* The first line, counted within the block, in which the two differ; -1: none.
 */
static int first_difference(const struct lines *a, const struct lines *b)
{
    for (int i = 0; i < a->count || i < b->count; i++)
        if (i >= a->count || i >= b->count || strcmp(a->at[i], b->at[i]) != 0)
            return i;
    return -1;
}

static void report(const struct block *b, const struct lines *expected,
                   const struct lines *quoted, int at, struct tally *t)
{
    tally_fault(t, b->first + at + 1, "the quote is not %s any more", b->info);
    lines_print(expected, at, "source");
    lines_print(quoted, at, "README");
}

static void add_line(struct text *out, const char *line, int indent)
{
    for (int i = 0; i < indent && *line != '\0'; i++)
        text_add(out, " ", 1);
    text_add(out, line, strlen(line));
    text_add(out, "\n", 1);
}

/* Checks one quote; what it should be is added to `anew`. Returns whether it
 * was added: without it the block stays as it is. */
static int check_quote(const struct lines *doc, const struct block *b,
                       const char *root, int refresh, struct tally *t,
                       struct text *anew)
{
    struct lines expected, quoted = {0};
    int at;

    t->quotes++;
    if (expected_text(b, root, t, &expected) < 0)
        return 0;
    for (int i = b->first; i < b->last; i++) {
        const char *line = block_line(doc, b, i);

        lines_add(&quoted, line, strlen(line), 0);
    }
    at = first_difference(&expected, &quoted);
    if (at >= 0 && !refresh)
        report(b, &expected, &quoted, at, t);
    t->refreshed += at >= 0 && refresh;
    for (int i = 0; i < expected.count; i++)
        add_line(anew, expected.at[i], b->indent);
    lines_free(&quoted);
    lines_free(&expected);
    return 1;
}

void quotes_check(const struct lines *doc, const char *root, int refresh,
                  struct tally *t)
{
    struct block b = {0};
    struct text anew = {0};
    int copied = 0;

    while (block_next(doc, &b)) {
        if (strcmp(b.language, "console") == 0)
            continue;
        if (b.info[0] == '\0') {
            t->illustrations++;
            if (t->verbose)
                tally_note(t, b.fence + 1, "not checked: an illustration");
            continue;
        }
        for (; copied < b.first; copied++)
            add_line(&anew, doc->at[copied], 0);
        if (check_quote(doc, &b, root, refresh, t, &anew))
            copied = b.last;
    }
    for (; copied < doc->count; copied++)
        add_line(&anew, doc->at[copied], 0);
    if (t->refreshed > 0 && file_write(&anew, t->path) < 0)
        tally_fault(t, 1, "cannot be written: %s", strerror(errno));
    free(anew.at);
}
