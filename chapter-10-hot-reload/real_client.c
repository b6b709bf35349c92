#include "real_client.h"

#include <string.h>

/* Takes the last element off a list, without the white space around it. 0 if
 * there is none left. */
static int take_last(struct slice *list, struct slice *element)
{
    size_t begin = list->len;

    if (list->len == 0)
        return 0;
    while (begin > 0 && list->at[begin - 1] != ',')
        begin--;
    element->at = list->at + begin;
    element->len = list->len - begin;
    *element = slice_trim(*element);
    list->len = begin > 0 ? begin - 1 : 0;
    return 1;
}

/* Goes back through one field's list while what it finds are proxies. 1 if the
 * search goes on before it, 0 if it is over. */
static int search(struct slice list, const struct cidr *proxies, int count,
                  struct cidr *found)
{
    struct slice element;

    while (take_last(&list, &element)) {
        struct cidr one;

        if (element.len == 0)
            continue;
        if (cidr_parse_address(element, &one) != 0)
            return 0;
        *found = one;
        if (!cidr_any_contains(proxies, count, found))
            return 0;
    }
    return 1;
}

int real_client(const struct http_head *h, const struct cidr *proxies,
                int count, char ip[NET_IP_TEXT])
{
    struct cidr found;
    int goes_on = 1;

    if (cidr_parse_address(slice_of(ip), &found) != 0 ||
        !cidr_any_contains(proxies, count, &found))
        return 0;
    for (int i = h->field_count - 1; i >= 0 && goes_on; i--)
        if (slice_equal_nocase(h->fields[i].name, SLICE("X-Forwarded-For")))
            goes_on = search(h->fields[i].value, proxies, count, &found);
    cidr_text(&found, ip);
    return 1;
}
