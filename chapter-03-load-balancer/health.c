#include "health.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <unistd.h>

int check_backend_health(struct backend *b)
{
    int fd = net_connect(&b->addresses,
                         clock_now_ms() + HEALTH_CHECK_TIMEOUT_MS,
                         &b->preferred);

    if (fd < 0)
        return 0;
    close(fd);
    return 1;
}

void health_announce(const struct backend *b)
{
    log_line("Backend %s marked %s", b->name,
             b->is_healthy ? "HEALTHY" : "UNHEALTHY");
}

uint64_t health_check_all(struct backend_set *set, uint64_t now_ms)
{
    uint64_t next_ms = CLOCK_NEVER;

    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];

        if (b->next_check_ms <= now_ms) {
            int ok = check_backend_health(b);

            if (!ok && errno == EINTR)
                return now_ms;
            if (backend_report(b, ok, 1, 1))
                health_announce(b);
            b->next_check_ms = clock_now_ms() + HEALTH_CHECK_INTERVAL * 1000;
        }
        if (b->next_check_ms < next_ms)
            next_ms = b->next_check_ms;
    }
    return next_ms;
}
