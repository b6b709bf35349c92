#include "exchange.h"

void statistics_finish(void *self, const struct exchange *x)
{
    (void)self;
    if (x->backend != NULL)
        backend_account(x->backend, x->failure == NULL, x->bytes_in,
                        x->bytes_out, x->ended_ms - x->began_ms);
}
