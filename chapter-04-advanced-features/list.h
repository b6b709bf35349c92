#ifndef LIST_H
#define LIST_H

#include <stddef.h>

/* list: things that are in one list at a time, in order.
 *
 * The links lie in the things themselves, so putting one in and taking it out
 * needs no memory, no search, and cannot fail. The list is a ring: its head is a
 * link like the others, and an empty list is a head that points to itself. */

struct list {
    struct list *next, *prev;
};

/* The thing of this type whose member is this link. */
#define LIST_OWNER(link, type, member) \
    ((type *)(void *)((char *)(link) - offsetof(type, member)))

static inline void list_init(struct list *head)
{
    head->next = head->prev = head;
}

static inline int list_is_empty(const struct list *head)
{
    return head->next == head;
}

/* At the end; at the front. */
static inline void list_append(struct list *head, struct list *link)
{
    link->next = head;
    link->prev = head->prev;
    head->prev->next = link;
    head->prev = link;
}

static inline void list_push(struct list *head, struct list *link)
{
    list_append(head->next, link);
}

static inline void list_remove(struct list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

#endif
