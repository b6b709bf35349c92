#ifndef OUTCOME_H
#define OUTCOME_H

#include "exchange.h"

/* outcome: how those who count and those who log name the end of an exchange. */

/* A number that nginx has made up: the client had left before there was an
 * answer, so that nobody was told a status. */
#define OUTCOME_CLIENT_LEFT 499

static inline int outcome_status(const struct exchange *x)
{
    return x->status != 0 ? x->status : OUTCOME_CLIENT_LEFT;
}

#endif
