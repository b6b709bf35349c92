#include "calculate.h"

#include "slice.h"

#include <inttypes.h>
#include <stdio.h>

enum fault { FINE, SYNTAX, RANGE, DIVISION };

/* Cuts off what stands before the next space, or the rest. */
static struct slice next_word(struct slice *line)
{
    struct slice word = {line->at, 0};

    while (word.len < line->len && word.at[word.len] != ' ')
        word.len++;
    line->at += word.len;
    line->len -= word.len;
    return word;
}

/* A space, and a number behind it. */
static enum fault next_number(struct slice *line, int64_t *out)
{
    struct slice word;
    uint64_t limit = INT64_MAX, size;
    int negative;

    if (line->len == 0 || line->at[0] != ' ')
        return SYNTAX;
    line->at++;
    line->len--;
    word = next_word(line);
    negative = word.len > 0 && word.at[0] == '-';
    word.at += negative;
    word.len -= (size_t)negative;
    if (word.len == 0)
        return SYNTAX;
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] < '0' || word.at[i] > '9')
            return SYNTAX;
    if (slice_number(word, limit + (uint64_t)negative, &size) != 0)
        return RANGE;
    /* -(size) of the smallest number has no place in 64 bits: in two steps. */
    *out = negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
    return FINE;
}

static enum fault add(int64_t a, int64_t b, int64_t *out)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return RANGE;
    *out = a + b;
    return FINE;
}

static enum fault subtract(int64_t a, int64_t b, int64_t *out)
{
    if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b)
        return RANGE;
    *out = a - b;
    return FINE;
}

/* Divides the limit instead of multiplying, and never by a negative number that
 * would overflow itself. */
static enum fault multiply(int64_t a, int64_t b, int64_t *out)
{
    int overflows = 0;

    if (a > 0)
        overflows = b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a;
    else if (b > 0)
        overflows = a < INT64_MIN / b;
    else if (a != 0)
        overflows = b < INT64_MAX / a;
    if (overflows)
        return RANGE;
    *out = a * b;
    return FINE;
}

static enum fault divide(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0)
        return DIVISION;
    if (a == INT64_MIN && b == -1)
        return RANGE;
    *out = a / b;
    return FINE;
}

static const struct operation {
    const char *name;
    enum fault (*apply)(int64_t a, int64_t b, int64_t *out);
} OPERATIONS[] = {
    {"ADD", add}, {"SUB", subtract}, {"MUL", multiply}, {"DIV", divide}};

static const struct operation *find_operation(struct slice name)
{
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        if (slice_equal(name, slice_of(OPERATIONS[i].name)))
            return &OPERATIONS[i];
    return NULL;
}

static enum fault evaluate(struct slice line, int64_t *result)
{
    const struct operation *op = find_operation(next_word(&line));
    int64_t a = 0, b = 0;
    enum fault first, second;

    if (op == NULL)
        return SYNTAX;
    first = next_number(&line, &a);
    second = next_number(&line, &b);
    if (first == SYNTAX || second == SYNTAX || line.len > 0)
        return SYNTAX;
    if (first != FINE || second != FINE)
        return RANGE;
    return op->apply(a, b, result);
}

void calculate(const char *line, size_t len, char answer[CALCULATE_ANSWER])
{
    static const char *const ERRORS[] = {
        [SYNTAX] = "syntax", [RANGE] = "range", [DIVISION] = "division"};
    int64_t result = 0;
    enum fault fault = evaluate((struct slice){line, len}, &result);

    if (fault == FINE)
        snprintf(answer, CALCULATE_ANSWER, "%" PRId64, result);
    else
        snprintf(answer, CALCULATE_ANSWER, "ERROR %s", ERRORS[fault]);
}
