#ifndef HTTP_MESSAGES_H
#define HTTP_MESSAGES_H

#include "http_frame.h"
#include "session.h"

/* http_messages: the two messages of an exchange, as engine_http.c moves them; for
 * that file only. The states and what happens in them are there; what is done with
 * the bytes of a message, and with the head of an answer, is here. */

struct http {
    struct session s; /* first */
    struct http_frame request, answer;
    size_t seen;       /* of the answer's head, parsed in vain */
    int answered;      /* the head of the final answer is on its way */
    int old_client;    /* HTTP/1.0: knows neither chunks nor 1xx */
    int client_closes; /* it has said that this request is its last */
    int client_keeps;  /* it may ask again on this connection, and we agree */
    int backend_keeps; /* its connection may be used again */
    int upgrading;     /* the client has asked for another protocol */
};

static inline struct http *http_of(struct session *s)
{
    return (struct http *)s; /* every session is one while this is its engine */
}

/* Lets go what has arrived of a message, and what is sure to follow. -1 if the
 * message is malformed. */
int http_clear_message(struct channel *c, struct http_frame *f);

/* Whether the whole message has arrived, and whether it has left, too. */
int http_has_arrived(const struct channel *c, const struct http_frame *f);
int http_has_left(const struct channel *c, const struct http_frame *f);

/* Puts a head that was rewritten in the place of the one that came. 0, or -1: no
 * room. */
int http_replace_head(struct channel *c, size_t length,
                      const struct buffer *head);

/* Takes the next head of the answer, if it is here, and passes it on rewritten: 1
 * for one that is final or not, and after a 101 the session is a tunnel; 0: none
 * yet; -1: it is malformed, and *why says what is wrong. */
int http_take_answer_head(struct session *s, const char **why);

#endif
