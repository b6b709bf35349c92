#include "weights.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct weights { /* what a file says, until all of it is known to be right */
    int of[MAX_BACKENDS]; /* 0: not named */
};

static int find_backend(const struct backend_set *set, const char *name)
{
    for (int i = 0; i < set->num_backends; i++)
        if (strcmp(set->backends[i].name, name) == 0)
            return i;
    return -1;
}

/* NULL, or what is wrong; then *named is whom it concerns, or NULL. */
static const char *read_line(char *line, const struct backend_set *set,
                             struct weights *w, const char **named)
{
    char *name = strtok(line, " \t"), *text = strtok(NULL, " \t");
    uint64_t weight;
    int i;

    *named = NULL;
    if (name == NULL || name[0] == '#')
        return NULL;
    *named = name;
    i = find_backend(set, name);
    if (i < 0)
        return "no such backend";
    if (w->of[i] != 0)
        return "named twice";
    *named = NULL;
    if (text == NULL || strtok(NULL, " \t") != NULL ||
        slice_number(slice_of(text), BACKEND_WEIGHT_MAX, &weight) != 0 ||
        weight == 0)
        return "a weight is 1 to 1000";
    w->of[i] = (int)weight;
    return NULL;
}

static int complain(char error[WEIGHTS_ERROR], int number, const char *wrong,
                    const char *named)
{
    if (named == NULL)
        snprintf(error, WEIGHTS_ERROR, "%d: %s", number, wrong);
    else
        snprintf(error, WEIGHTS_ERROR, "%d: %s: %s", number, wrong, named);
    return -1;
}

/* 0, or -1 and `error`. */
static int read_lines(FILE *file, const struct backend_set *set,
                      struct weights *w, char error[WEIGHTS_ERROR])
{
    char line[WEIGHTS_LINE + 1];

    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        const char *wrong, *named;
        size_t len = strcspn(line, "\n");

        if (line[len] == '\0' && len == WEIGHTS_LINE)
            return complain(error, number, "line too long", NULL);
        line[len] = '\0';
        wrong = read_line(line, set, w, &named);
        if (wrong != NULL)
            return complain(error, number, wrong, named);
    }
    if (!ferror(file))
        return 0;
    snprintf(error, WEIGHTS_ERROR, "%s", strerror(errno));
    return -1;
}

/* What smooth round robin has saved up was in the old weights. */
static void apply(const struct weights *w, struct backend_set *set)
{
    for (int i = 0; i < set->num_backends; i++) {
        if (w->of[i] != 0)
            set->backends[i].weight = w->of[i];
        set->backends[i].current_weight = 0;
    }
}

int weights_load(const char *path, struct backend_set *set,
                 char error[WEIGHTS_ERROR])
{
    struct weights w = {{0}};
    FILE *file = fopen(path, "r");
    int result;

    if (file == NULL) {
        snprintf(error, WEIGHTS_ERROR, "%s", strerror(errno));
        return -1;
    }
    result = read_lines(file, set, &w, error);
    fclose(file);
    if (result == 0)
        apply(&w, set);
    return result;
}
