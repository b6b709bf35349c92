#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "steps.h"

static void add_line(struct page *p, const char *text, size_t first,
                     size_t last, size_t end)
{
    char *line = text_copy(text + first, last - first);

    if (!steps_is_job_notice(line))
        lines_add(&p->lines, line, last - first, (long)end);
    free(line);
}

/* Adds the lines of text[first..end); the last may lack its newline. */
static void cut(struct page *p, const char *text, size_t first, size_t end)
{
    while (first < end) {
        const char *newline = memchr(text + first, '\n', end - first);
        size_t last = newline != NULL ? (size_t)(newline - text) : end;
        size_t next = newline != NULL ? last + 1 : end;

        add_line(p, text, first, last, next);
        p->is_open = newline == NULL;
        first = next;
    }
}

/* After ^C shells print newlines, so as not to write their prompt behind the
 * "^C" that a terminal echoes. */
static void drop_empty_end(struct page *p)
{
    while (p->lines.count > 0 && p->lines.at[p->lines.count - 1][0] == '\0')
        free(p->lines.at[--p->lines.count]);
}

void page_read(struct page *p, const struct reader *r, const struct terminal *t,
               const struct ports *ports)
{
    char *text = text_copy(t->out.at, t->out.len);
    size_t first = r->taken, prompt;

    *p = (struct page){0};
    if (ports != NULL)
        ports_to_shown(ports, text + first);
    if (r->mid_line && text[first] == '\n')
        first++;
    prompt = t->at_prompt && t->prompt_at > first ? t->prompt_at : first;
    cut(p, text, first, prompt);
    if (t->interrupted && t->at_prompt)
        drop_empty_end(p);
    p->before_prompt = p->lines.count;
    p->prompt = t->at_prompt ? t->prompt_at : 0;
    p->is_open = 0; /* the prompt ended the line */
    cut(p, text, prompt, t->out.len);
    free(text);
}

void page_free(struct page *p)
{
    lines_free(&p->lines);
}

void page_take(const struct page *p, int count, struct reader *r)
{
    if (count > 0) {
        r->taken = (size_t)p->lines.tag[count - 1];
        r->mid_line = p->is_open && count == p->lines.count;
    }
    if (count == p->before_prompt && r->taken < p->prompt)
        *r = (struct reader){p->prompt, 0}; /* over what was left out */
}
