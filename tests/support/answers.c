#include "answers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "failure.h"

#define TEXT_MAX   (1 << 20)
#define ANSWER_MAX 400

const char *submitted_text(const char *name)
{
    static char text[TEXT_MAX + 1];
    FILE *file = fopen(lab_program(name), "rb");
    size_t len;

    if (file == NULL)
        failure("%s: %s", name, strerror(errno));
    len = fread(text, 1, TEXT_MAX, file);
    fclose(file);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[len] = '\0';
    return text;
}

/* Behind "KEY:" at the beginning of a line; NULL if there is no such line. */
static const char *find_key(const char *text, const char *key)
{
    size_t len = strlen(key);

    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        if (strncmp(line, key, len) == 0 &&
            line[len + strspn(line + len, " \t")] == ':')
            return strchr(line, ':') + 1;
    }
    return NULL;
}

static const char *behind_article(const char *answer)
{
    static const char *const articles[] = {"the ", "a ", "an "};

    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
        if (strncmp(answer, articles[i], strlen(articles[i])) == 0)
            return answer + strlen(articles[i]);
    return answer;
}

/* The rest of that line in the form that is compared. */
static void normalise(const char *from, char out[ANSWER_MAX])
{
    size_t len = 0;

    for (; *from != '\0' && *from != '\n' && len + 2 < ANSWER_MAX; from++) {
        unsigned char c = (unsigned char)*from;

        if (isspace(c) || strchr(",;[]()\"'`", c) != NULL)
            c = ' ';
        if (c == ' ' && (len == 0 || out[len - 1] == ' '))
            continue;
        out[len++] = (char)tolower(c);
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    memmove(out, behind_article(out), strlen(behind_article(out)) + 1);
}

const char *answer_to(const char *key)
{
    static char answer[ANSWER_MAX];
    const char *line = find_key(submitted_text("answers"), key);

    if (line == NULL)
        failure("the file answers has no line \"%s: ...\"", key);
    normalise(line, answer);
    if (answer[0] == '\0')
        failure("there is no answer behind \"%s:\"", key);
    return answer;
}

static void fail_answer(const char *key, const char *came)
{
    failure("the answer to %s\n  came     \"%s\"\n  which is not right", key,
            came);
}

void expect_answer(const char *key, const char *right)
{
    const char *came = answer_to(key);
    char wanted[ANSWER_MAX], one[ANSWER_MAX];

    while (*right != '\0') {
        size_t len = strcspn(right, "|");

        snprintf(one, sizeof one, "%.*s", (int)len, right);
        normalise(one, wanted);
        if (strcmp(came, wanted) == 0)
            return;
        right += len + (right[len] == '|');
    }
    fail_answer(key, came);
}

void expect_answer_between(const char *key, double least, double most)
{
    const char *came = answer_to(key);
    char *rest;
    double value = strtod(came, &rest);

    if (rest == came || strpbrk(rest, "0123456789") != NULL)
        failure("the answer to %s\n  expected a number, as in 16384 or 0.5\n"
                "  came     \"%s\"",
                key, came);
    if (!(value >= least && value <= most))
        fail_answer(key, came);
}

void expect_answer_number(const char *key, double right)
{
    double off = (right < 0 ? -right : right) * 1e-12;

    expect_answer_between(key, right - off, right + off);
}
