#include "markdown.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int run_of(const char *s, char c)
{
    int n = 0;

    while (s[n] == c)
        n++;
    return n;
}

enum place fence_step(struct fence *f, const char *line)
{
    int indent = run_of(line, ' ');
    const char *at = line + indent;
    char mark = *at == '~' ? '~' : '`';
    int length = run_of(at, mark);

    if (f->mark != 0) {
        if (mark != f->mark || length < f->length ||
            at[length + (int)strspn(at + length, " \t")] != '\0')
            return IN_BLOCK;
        f->mark = 0;
        return FENCE_CLOSES;
    }
    if (length < 3 || (mark == '`' && strchr(at + length, '`') != NULL))
        return PROSE;
    *f = (struct fence){mark, length, indent};
    return FENCE_OPENS;
}

/* Cuts `c net.c:net_listen` into the language and the rest. */
static void read_info(struct block *b, const char *line)
{
    const char *at = line + strspn(line, " `~");
    int word = (int)strcspn(at, " \t");
    const char *rest = at + word + strspn(at + word, " \t");
    size_t len;

    text_put(b->language, INFO_SIZE, "%.*s", word, at);
    text_put(b->info, INFO_SIZE, "%s", rest);
    for (len = strlen(b->info);
         len > 0 && isspace((unsigned char)b->info[len - 1]);)
        b->info[--len] = '\0';
}

int block_next(const struct lines *doc, struct block *b)
{
    struct fence f = {0};
    int i = b->last;

    if (b->first > 0 && i < doc->count)
        i++; /* the fence that closed the block before */
    while (i < doc->count && fence_step(&f, doc->at[i]) != FENCE_OPENS)
        i++;
    if (i == doc->count)
        return 0;
    *b = (struct block){.fence = i, .first = i + 1, .indent = f.indent};
    read_info(b, doc->at[i]);
    for (i++; i < doc->count; i++)
        if (fence_step(&f, doc->at[i]) == FENCE_CLOSES)
            break;
    b->last = i;
    return 1;
}

const char *block_line(const struct lines *doc, const struct block *b, int i)
{
    int spaces = run_of(doc->at[i], ' ');

    return doc->at[i] + (spaces < b->indent ? spaces : b->indent);
}

/* Bytes of a UTF-8 character at `at` that GitHub leaves out of anchors: the
 * signs of U+00A0-00BF and of U+2000-2BFF (dashes, arrows ...); else 0. */
static int sign_length(const unsigned char *at)
{
    if (at[0] == 0xC2)
        return 2;
    return at[0] == 0xE2 && at[1] < 0xB0 ? 3 : 0;
}

/* The anchor of a heading's text: lower case, spaces as hyphens, no signs; of a
 * link only its text. */
static void make_anchor(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (const char *at = text; *at != '\0' && n + 1 < size; at++) {
        unsigned char c = (unsigned char)*at;
        int sign = sign_length((const unsigned char *)at);

        if (c == ']' && at[1] == '(')
            at += strcspn(at, ")") - (strchr(at, ')') == NULL);
        else if (sign > 0)
            at += sign - 1;
        else if (c == ' ')
            out[n++] = '-';
        else if (isalnum(c) || c == '-' || c == '_' || c >= 0x80)
            out[n++] = (char)tolower(c);
    }
    out[n] = '\0';
}

/* The anchor of a line that is a heading; returns 0 for another line. */
static int heading_anchor(const char *line, char *out, size_t size)
{
    int level = run_of(line, '#');
    char text[INFO_SIZE];
    size_t len;

    if (level < 1 || level > 6 || line[level] != ' ')
        return 0;
    text_put(text, sizeof text, "%s", line + level + strspn(line + level, " "));
    for (len = strlen(text); len > 0 && strchr(" \t#", text[len - 1]);)
        text[--len] = '\0';
    make_anchor(text, out, size);
    return 1;
}

/* How many headings before line `end` have this anchor by their text alone. */
static int count_before(const struct lines *doc, int end, const char *anchor)
{
    struct fence f = {0};
    char own[INFO_SIZE];
    int n = 0;

    for (int i = 0; i < end; i++)
        n += fence_step(&f, doc->at[i]) == PROSE &&
             heading_anchor(doc->at[i], own, sizeof own) &&
             strcmp(own, anchor) == 0;
    return n;
}

static int line_has_id(const char *line, const char *anchor)
{
    char id[INFO_SIZE];

    text_put(id, sizeof id, "id=\"%s\"", anchor);
    return strstr(line, id) != NULL;
}

int markdown_has_anchor(const struct lines *doc, const char *anchor)
{
    struct fence f = {0};
    char own[INFO_SIZE], numbered[INFO_SIZE + 16];

    for (int i = 0; i < doc->count; i++) {
        int earlier;

        if (fence_step(&f, doc->at[i]) != PROSE)
            continue;
        if (line_has_id(doc->at[i], anchor))
            return 1;
        if (!heading_anchor(doc->at[i], own, sizeof own))
            continue;
        earlier = count_before(doc, i, own);
        text_put(numbered, sizeof numbered, "%s-%d", own, earlier);
        if (strcmp(earlier > 0 ? numbered : own, anchor) == 0)
            return 1;
    }
    return 0;
}
