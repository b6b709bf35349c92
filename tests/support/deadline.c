#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "deadline.h"
#include "program_poll.h"

#define PAUSE_MS 2 /* short enough to lose no time, long enough to idle */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static double scale(void)
{
    const char *text = getenv("LB_TEST_TIMEOUT_SCALE");
    double factor = text != NULL ? strtod(text, NULL) : 1;

    return factor > 0 && factor <= 1000 ? factor : 1;
}

deadline_t deadline_in(int ms)
{
    return now_ms() + (int64_t)(ms * scale());
}

int deadline_left(deadline_t deadline)
{
    int64_t left = deadline - now_ms();

    if (left < 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

int deadline_poll(int fd, short events, deadline_t deadline)
{
    struct pollfd wanted = { .fd = fd, .events = events };

    do {
        program_poll(&wanted, deadline_left(deadline));
        if (wanted.revents != 0)
            return wanted.revents;
    } while (deadline_left(deadline) > 0);
    return 0;
}

int deadline_pause(deadline_t deadline)
{
    int left = deadline_left(deadline);

    program_poll(NULL, left < PAUSE_MS ? left : PAUSE_MS);
    return left > 0;
}
