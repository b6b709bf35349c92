#include "backend.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Cuts ":WEIGHT" off the end of "HOST:PORT:WEIGHT". 0, or -1. */
static int split_weight(struct slice *text, struct slice *weight)
{
    struct slice host, rest;

    weight->len = 0;
    if (authority_split(*text, &host, &rest) != 0)
        return -1;
    for (size_t i = 1; i < rest.len; i++) {
        if (rest.at[i] != ':')
            continue;
        weight->at = rest.at + i + 1;
        weight->len = rest.len - i - 1;
        text->len -= weight->len + 1;
        return weight->len > 0 ? 0 : -1;
    }
    return 0;
}

static void set_name(struct backend *b)
{
    snprintf(b->name, sizeof b->name,
             strchr(b->where.host, ':') != NULL ? "[%s]:%d" : "%s:%d",
             b->where.host, b->where.port);
}

const char *parse_backend(const char *text, int max_weight, struct backend *b)
{
    struct slice where = slice_of(text), weight;
    uint64_t number = 1;

    memset(b, 0, sizeof *b);
    if (split_weight(&where, &weight) != 0 ||
        authority_parse(where, AUTHORITY_PORT_REQUIRED, &b->where) != 0)
        return max_weight > 0 ? "not HOST:PORT or HOST:PORT:WEIGHT"
                              : "not HOST:PORT";
    if (b->where.port == 0)
        return "a backend's port is 1 to 65535";
    if (weight.len > 0 && max_weight == 0)
        return "this program knows no weights";
    if (weight.len > 0 && (slice_number(weight, (uint64_t)max_weight,
                                        &number) != 0 || number == 0))
        return "a weight is 1 to 1000";
    b->weight = (int)number;
    b->is_healthy = 1;
    set_name(b);
    return NULL;
}

const char *backend_set_add(struct backend_set *set, const char *text,
                            int max_weight)
{
    const char *wrong;

    if (set->num_backends == MAX_BACKENDS)
        return "more than 256 backends";
    wrong = parse_backend(text, max_weight,
                          &set->backends[set->num_backends]);
    if (wrong == NULL)
        set->num_backends++;
    return wrong;
}

int backend_set_resolve(struct backend_set *set, const struct backend **failed)
{
    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];
        int error = net_resolve(b->where.host, b->where.port, &b->addresses);

        if (error != 0) {
            *failed = b;
            return error;
        }
        b->preferred = 0;
    }
    return 0;
}

void backend_next_address(struct backend *b)
{
    b->preferred = (b->preferred + 1) % b->addresses.count;
}

int backend_report(struct backend *b, int ok, int fall, int rise)
{
    int enough = b->checks == 0 ? 1 : ok ? rise : fall;

    if (b->checks < INT_MAX)
        b->checks++;
    if (!ok == !b->is_healthy) {
        b->streak = 0;
        return 0;
    }
    if (++b->streak < enough)
        return 0;
    b->is_healthy = ok;
    b->streak = 0;
    return 1;
}

void backend_account(struct backend *b, int ok, uint64_t bytes_in,
                     uint64_t bytes_out, uint64_t took_ms)
{
    struct backend_stats *s = &b->stats;

    s->total_requests++;
    s->bytes_in += bytes_in;
    s->bytes_out += bytes_out;
    if (ok)
        /* A mean that needs no sum, which could overflow one day. */
        s->avg_response_time += ((double)took_ms - s->avg_response_time) /
                                (double)(s->total_requests -
                                         s->failed_requests);
    else
        s->failed_requests++;
}

int backend_load(const struct backend *b)
{
    return b->active_connections + b->active_elsewhere;
}

int backend_healthy_count(const struct backend_set *set)
{
    int count = 0;

    for (int i = 0; i < set->num_backends; i++)
        count += set->backends[i].is_healthy;
    return count;
}

void backend_mask_add(struct backend_mask *mask, int index)
{
    mask->bits[index / 64] |= (uint64_t)1 << (index % 64);
}

int backend_mask_has(const struct backend_mask *mask, int index)
{
    return (int)(mask->bits[index / 64] >> (index % 64) & 1);
}

int backend_mask_count(const struct backend_mask *mask)
{
    int count = 0;

    for (int i = 0; i < MAX_BACKENDS / 64; i++)
        for (uint64_t bits = mask->bits[i]; bits != 0; bits &= bits - 1)
            count++; /* the lowest bit that is set is taken away */
    return count;
}
