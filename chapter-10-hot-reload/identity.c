#include "identity.h"

#include "balance_more.h"
#include "real_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is hashed beside the client's address, or NULL. */
static const struct slice *text_to_hash(const config_t *c,
                                        const struct http_head *h)
{
    if (strcmp(c->algorithm, "consistent_hash") != 0 ||
        c->hash_key.by == HASH_CLIENT_IP)
        return NULL;
    if (c->hash_key.by == HASH_URI)
        return &h->path;
    return http_head_find(h, slice_of(c->hash_key.header));
}

/* How the client came, as the proxy that is our peer says. Where the field is there
 * twice, one of them may be the client's own: then nothing has been said. */
static int by_https(const struct http_head *h, int otherwise)
{
    const struct slice *said = NULL;

    for (int i = 0; i < h->field_count; i++) {
        if (!slice_equal_nocase(h->fields[i].name, SLICE("X-Forwarded-Proto")))
            continue;
        if (said != NULL)
            return otherwise;
        said = &h->fields[i].value;
    }
    if (said != NULL && slice_equal_nocase(*said, SLICE("https")))
        return 1;
    if (said != NULL && slice_equal_nocase(*said, SLICE("http")))
        return 0;
    return otherwise;
}

/* A key is as long as the text it comes from: its hash stands for it, and stays
 * when the head is gone. */
static void identify(const void *self, const struct http_head *h,
                     struct exchange *x)
{
    const config_t *c = self;
    const struct slice *text = text_to_hash(c, h);

    if (real_client(h, c->trusted_proxies.prefixes, c->trusted_proxies.count,
                    x->client_ip))
        x->https = by_https(h, x->https);
    if (text != NULL)
        snprintf(x->key, sizeof x->key, "%016" PRIx64, balance_hash(*text));
}

struct identifier identity_seam(const config_t *c)
{
    struct identifier seam = {c, NULL};

    if (c->trusted_proxies.count > 0 || c->hash_key.by != HASH_CLIENT_IP)
        seam.identify = identify;
    return seam;
}
