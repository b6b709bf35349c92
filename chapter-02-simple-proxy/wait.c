#include "wait.h"

#include "clock.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>

int wait_for(int fd, short events, uint64_t deadline_ms)
{
    const int fds[2] = {fd, -1};
    const short wanted[2] = {events, 0};
    short ready[2];

    return wait_for_either(fds, wanted, ready, deadline_ms);
}

/* Looked at before poll(2) as well as behind it: the byte of a stop that an
 * earlier wait has heard of is no longer in the pipe. */
static int asked_to_stop(void)
{
    if (signals_stops() == 0)
        return 0;
    errno = EINTR;
    return 1;
}

int wait_for_either(const int fds[2], const short events[2], short ready[2],
                    uint64_t deadline_ms)
{
    for (;;) {
        struct pollfd on[3] = {{fds[0], events[0], 0},
                               {fds[1], events[1], 0},
                               {signals_fd(), POLLIN, 0}};
        int n;

        if (asked_to_stop())
            return -1;
        n = poll(on, 3, clock_left_ms(deadline_ms, clock_now_ms()));
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0 && on[2].revents != 0)
            signals_drain();
        if (asked_to_stop())
            return -1;
        ready[0] = on[0].revents;
        ready[1] = on[1].revents;
        if (n > 0 && (ready[0] | ready[1]) != 0)
            return 0;
        if (clock_now_ms() >= deadline_ms) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}
