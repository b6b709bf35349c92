#include "json.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* YOUR CODE: this one refuses every text. */
struct json_value *json_parse(const char *text, size_t len,
                              struct json_error *error)
{
    (void)text;
    (void)len;
    *error = (struct json_error){{1, 1}, "not written yet"};
    return NULL;
}

void json_free(struct json_value *outermost)
{
    /* YOUR CODE. */
    (void)outermost;
}

const struct json_value *json_member(const struct json_value *object,
                                     const char *name)
{
    /* YOUR CODE. */
    (void)object;
    (void)name;
    return NULL;
}
