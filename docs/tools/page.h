#ifndef PAGE_H
#define PAGE_H

#include "ports.h"
#include "terminal.h"

/* page: what a terminal printed and no step has shown yet, as lines. */

struct reader {   /* how far the steps have read a terminal */
    size_t taken; /* bytes of its output */
    int mid_line; /* the last line taken still lacked its newline */
};

struct page {
    struct lines lines; /* the tag of each is where it ends in the output */
    int before_prompt; /* how many lines the last command printed of these */
    size_t prompt;     /* where the prompt came in the output; 0: not yet */
    int is_open;       /* the last line lacks its newline, so far */
};

/* Reads with the real ports put back to those of the README (ports may be
 * NULL). Job notices are left out. page_free() it. */
void page_read(struct page *p, const struct reader *r, const struct terminal *t,
               const struct ports *ports);
void page_free(struct page *p);

/* The first `count` lines have been shown. */
void page_take(const struct page *p, int count, struct reader *r);

#endif
