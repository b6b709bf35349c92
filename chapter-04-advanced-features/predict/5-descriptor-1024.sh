# shellcheck shell=sh disable=SC2154 # room is the stage's
compile bit chapter-04-advanced-features <<'C'
#include "fd_interest.h"
#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static struct { fd_set set; long next; } s;
    static struct fd_interest interest;
    volatile int fd = 1024; /* volatile: the compiler must not know it */

    FD_SET(fd, &s.set);
    printf("FD_SET(%d): next is %ld\n", fd, s.next);
    fd_interest_init(&interest);
    if (fd_interest_set(&interest, fd, WATCH_READ) != 0)
        printf("fd_interest_set(%d): %s\n", fd, strerror(errno));
    return 0;
}
C
play bit
case $(cat "$room/bit.out") in
*'next is 0'*) result nothing ;;
*'next is '*) result next ;;
*) result dies ;;
esac
