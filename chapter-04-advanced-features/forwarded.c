#include "forwarded.h"

#include "secret.h"

#include <string.h>

int request_ids_init(struct request_ids *ids)
{
    ids->count = 0;
    return secret_bytes(&ids->prefix, sizeof ids->prefix);
}

static int is_sane(struct slice id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.:+/=@";

    if (id.len == 0 || id.len >= EXCHANGE_ID_MAX)
        return 0;
    for (size_t i = 0; i < id.len; i++)
        if (memchr(allowed, id.at[i], sizeof allowed - 1) == NULL)
            return 0;
    return 1;
}

#define HEX_DIGITS 16 /* of 64 bits */

/* snprintf(3) would do the same at ten times the cost, for each request. */
static void put_hex(char *out, uint64_t value)
{
    for (int i = HEX_DIGITS - 1; i >= 0; i--, value >>= 4)
        out[i] = "0123456789abcdef"[value & 15];
}

void request_id_choose(struct request_ids *ids, const struct http_head *h,
                       char id[EXCHANGE_ID_MAX])
{
    const struct slice *given = http_head_find(h, SLICE("X-Request-ID"));

    if (given != NULL && is_sane(*given)) {
        memcpy(id, given->at, given->len);
        id[given->len] = '\0';
        return;
    }
    put_hex(id, ids->prefix);
    put_hex(id + HEX_DIGITS, ids->count++);
    id[2 * HEX_DIGITS] = '\0';
}

/* All X-Forwarded-For fields as one list, with the peer at its end. A head
 * has HTTP_HEAD_MAX bytes, so what comes from it fits. */
static struct slice extend_list(const struct http_head *h, const char *peer,
                                struct buffer *list)
{
    struct slice whole;

    for (int i = 0; i < h->field_count; i++) {
        const struct http_field *f = &h->fields[i];

        if (f->value.len == 0 ||
            !slice_equal_nocase(f->name, SLICE("X-Forwarded-For")))
            continue;
        buffer_append(list, f->value.at, f->value.len);
        buffer_append(list, ", ", 2);
    }
    buffer_append(list, peer, strlen(peer));
    whole.at = buffer_at(list);
    whole.len = buffer_size(list);
    return whole;
}

int inject_headers(const struct http_head *h, const struct exchange *x,
                   struct slice connection, struct slice upgrade,
                   struct buffer *out)
{
    char memory[HTTP_HEAD_MAX + NET_IP_TEXT];
    struct buffer list;

    buffer_init(&list, memory, sizeof memory);
    const struct http_field set[] = {
        {SLICE("X-Forwarded-For"), extend_list(h, x->peer.ip, &list)},
        {SLICE("X-Forwarded-Proto"), x->https ? SLICE("https") : SLICE("http")},
        {SLICE("X-Forwarded-Host"), h->authority},
        {SLICE("X-Real-IP"), slice_of(x->client_ip)},
        {SLICE("X-Request-ID"), slice_of(x->request_id)},
        {SLICE("Connection"), connection},
        {SLICE("Upgrade"), upgrade},
    };

    return http_head_forward(h, set, sizeof set / sizeof set[0], out);
}
