#include "quotes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Whether a link leads out of the repository ("https:", "mailto:"). */
static int leads_away(const char *target)
{
    size_t scheme = strspn(target, "abcdefghijklmnopqrstuvwxyz+");

    return scheme > 0 && target[scheme] == ':';
}

static int ends_in_md(const char *path)
{
    size_t len = strlen(path);

    return len > 3 && strcmp(path + len - 3, ".md") == 0;
}

static int file_has_anchor(const char *path, const char *anchor)
{
    struct lines other;
    int has;

    if (lines_read(&other, path) < 0)
        return 0;
    has = markdown_has_anchor(&other, anchor);
    lines_free(&other);
    return has;
}

static void check_link(const struct lines *doc, const char *root,
                       const char *target, int line, struct tally *t)
{
    char directory[PATH_MAX], path[PATH_MAX];
    const char *anchor = target + strcspn(target, "#");
    int len = (int)(anchor - target), has = 1;
    struct stat about;

    t->links++;
    directory_of(t->path, directory, sizeof directory);
    text_put(path, sizeof path, "%s%.*s", *target == '/' ? root : directory,
             len, target);
    if (len > 0 && stat(path, &about) < 0) {
        tally_fault(t, line, "the link %s leads to no file", target);
        return;
    }
    if (*anchor != '\0' && len == 0)
        has = markdown_has_anchor(doc, anchor + 1);
    else if (*anchor != '\0' && ends_in_md(path))
        has = file_has_anchor(path, anchor + 1);
    if (!has)
        tally_fault(t, line, "the link %s leads to no heading", target);
}

/* Takes the target that begins at `at`: up to a space or the parenthesis. */
static void take_target(const struct lines *doc, const char *root,
                        const char *at, int line, struct tally *t)
{
    char target[INFO_SIZE];

    at += strspn(at, " <");
    text_put(target, sizeof target, "%.*s", (int)strcspn(at, " )>\t"), at);
    if (target[0] != '\0' && !leads_away(target))
        check_link(doc, root, target, line, t);
}

/* Behind the `code span` that begins at `at`, or behind its backticks if it is
 * not closed on this line. */
static const char *skip_code(const char *at)
{
    size_t n = strspn(at, "`"), run;

    for (const char *end = at + n; *end != '\0'; end += run) {
        end += strcspn(end, "`");
        if ((run = strspn(end, "`")) == n)
            return end + n;
    }
    return at + n;
}

void links_check(const struct lines *doc, const char *root, struct tally *t)
{
    struct fence f = {0};

    for (int i = 0; i < doc->count; i++) {
        const char *at = doc->at[i], *definition;

        if (fence_step(&f, at) != PROSE)
            continue;
        if (at[0] == '[' && at[1] != '^' &&
            (definition = strstr(at, "]: ")) != NULL)
            take_target(doc, root, definition + 3, i + 1, t);
        while (*at != '\0') {
            if (*at == '`') {
                at = skip_code(at);
                continue;
            }
            if (at[0] == ']' && at[1] == '(')
                take_target(doc, root, at + 2, i + 1, t);
            at++;
        }
    }
}
