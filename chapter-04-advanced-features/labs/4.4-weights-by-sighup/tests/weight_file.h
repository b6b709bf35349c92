#ifndef WEIGHT_FILE_H
#define WEIGHT_FILE_H

/* weight_file: a file of weights, and three backends that it is about. */

#include <stdio.h>
#include <string.h>

#include "balance.h"
#include "expect.h"
#include "weights.h"

#define FILE_NAME "weights.txt" /* each test has a directory of its own */

static char error[WEIGHTS_ERROR];

/* 127.0.0.1:9001 to 9003, each of weight 1. The set is static, made anew. */
static inline struct backend_set *three_backends(void)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    backend_set_add(&set, "127.0.0.1:9001", 0);
    backend_set_add(&set, "127.0.0.1:9002", 0);
    backend_set_add(&set, "127.0.0.1:9003", 0);
    return &set;
}

static inline int load(struct backend_set *set, const char *text)
{
    FILE *file = fopen(FILE_NAME, "w");
    int written = file != NULL && fputs(text, file) >= 0;

    written = file != NULL && fclose(file) == 0 && written;
    expect_that("the file of the test", written, "is written");
    snprintf(error, sizeof error, "nothing");
    return weights_load(FILE_NAME, set, error);
}

static inline void expect_weights(const char *what,
                                  const struct backend_set *set,
                                  const char *expected)
{
    char came[64];

    snprintf(came, sizeof came, "%d %d %d", set->backends[0].weight,
             set->backends[1].weight, set->backends[2].weight);
    expect_text(what, came, expected);
}

/* This file sets these weights. */
static inline void expect_loads(const char *text, const char *weights)
{
    struct backend_set *set = three_backends();

    expect_int("weights_load()", load(set, text), 0);
    expect_weights("the weights after it", set, weights);
}

/* This file is wrong in this way, and changes nothing. */
static inline void expect_refuses(const char *text, const char *says)
{
    struct backend_set *set = three_backends();

    expect_int("weights_load()", load(set, text), -1);
    expect_text("what is wrong", error, says);
    expect_weights("the weights after it", set, "1 1 1");
}

#endif
