#ifndef SITE_H
#define SITE_H

/* site: a directory to be served. Each test has a directory of its own. */

#include "expect.h"
#include "files.h"
#include "http_client.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BIG 100000

static inline void put_file(const char *name, const void *data, size_t len)
{
    FILE *f = fopen(name, "w");

    expect_that(name, f != NULL && fwrite(data, 1, len, f) == len &&
                          fclose(f) == 0, "could be written");
}

/* www/index.html, www/big.png (no text), www/empty, and a secret beside it. */
static inline struct program *start_site(unsigned char big[BIG])
{
    for (size_t i = 0; i < BIG; i++)
        big[i] = (unsigned char)(i * i >> 3);
    mkdir("www", 0777);
    mkdir("www/sub", 0777);
    put_file("www/index.html", "<p>hello\n", 9);
    put_file("www/big.png", big, BIG);
    put_file("www/a b.txt", "", 0);
    put_file("secret", "s3cret\n", 7);
    return program_start(lab_program("file_server"), "0", "www", NULL);
}

static inline void expect_status(struct program *p, const char *method,
                                 const char *target, int status)
{
    struct http_response r;

    http_request(program_port(p), method, target, "", NULL, 0, &r);
    expect_int(about("the status of %s %s", method, target), r.status, status);
    http_response_free(&r);
}

#endif
