#include "statistics.h"

#include <inttypes.h>

static void print_backend(const struct backend *b, FILE *to)
{
    const struct backend_stats *s = &b->stats;

    fprintf(to,
            "%s - Requests: %" PRIu64 ", Failed: %" PRIu64 ", Active: %d, "
            "In: %" PRIu64 " B, Out: %" PRIu64 " B, Average: %.1f ms, "
            "Health: %s\n",
            b->name, s->total_requests, s->failed_requests,
            b->active_connections, s->bytes_in, s->bytes_out,
            s->avg_response_time, b->is_healthy ? "UP" : "DOWN");
}

void print_statistics(const struct backend_set *set, uint64_t uptime_ms,
                      FILE *to)
{
    uint64_t requests = 0, failed = 0;
    double seconds = (double)uptime_ms / 1000;

    for (int i = 0; i < set->num_backends; i++) {
        requests += set->backends[i].stats.total_requests;
        failed += set->backends[i].stats.failed_requests;
    }
    fprintf(to, "\n=== Load Balancer Statistics ===\n");
    fprintf(to, "Uptime: %" PRIu64 " seconds\n", uptime_ms / 1000);
    fprintf(to, "Total requests: %" PRIu64 ", failed: %" PRIu64 "\n", requests,
            failed);
    fprintf(to, "Requests/sec: %.2f\n",
            uptime_ms > 0 ? (double)requests / seconds : 0.0);
    fprintf(to, "\n--- Backend Statistics ---\n");
    for (int i = 0; i < set->num_backends; i++)
        print_backend(&set->backends[i], to);
    fflush(to);
}
