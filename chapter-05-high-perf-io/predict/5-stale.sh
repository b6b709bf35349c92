# shellcheck shell=sh disable=SC2154 # room is the stage's
compile stale chapter-05-high-perf-io <<'C'
#include "event_loop.h"

#include <stdio.h>
#include <unistd.h>

static int watched[2]; /* both are readable */
static int calls_of_newcomer;

static void newcomer(event_loop_t *loop, int fd, uint32_t events, void *data)
{
    (void)loop, (void)fd, (void)events, (void)data;
    calls_of_newcomer++;
}

static void first(event_loop_t *loop, int fd, uint32_t events, void *data)
{
    int other = watched[0] == fd ? watched[1] : watched[0], ends[2];

    (void)events, (void)data;
    event_loop_del(loop, other);
    close(other);
    if (pipe(ends) != 0)
        return;
    printf("%d's callback closes %d, and opens %d\n", fd, other, ends[0]);
    event_loop_add(loop, ends[0], EVENT_READ, newcomer, NULL);
}

int main(void)
{
    event_loop_t *loop = event_loop_create(MAX_EVENTS);

    for (int i = 0; i < 2; i++) {
        int ends[2];

        if (pipe(ends) != 0 || write(ends[1], "!", 1) != 1)
            return 1;
        watched[i] = ends[0];
        event_loop_add(loop, ends[0], EVENT_READ, first, NULL);
    }
    printf("%d and %d are watched, and readable\n", watched[0], watched[1]);
    printf("%d call in this turn, ", event_loop_run(loop, 1000));
    printf("the newcomer's: %d\n", calls_of_newcomer);
    event_loop_destroy(loop);
    return 0;
}
C
play stale
result "$(sed -n "s/.*the newcomer's: //p" "$room/stale.out")"
