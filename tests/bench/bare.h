#ifndef BARE_H
#define BARE_H

/* bare: what floor and answer do with epoll(7), without any loop around it. */

/* Watches fd for EPOLLIN; `owner` comes back as the event's data.ptr. 0, or -1
 * and errno. */
int bare_watch(int epoll, int fd, void *owner);

/* From now on for EPOLLOUT instead, or for EPOLLIN again. */
int bare_rewatch(int epoll, int fd, int for_room, void *owner);

/* The next client, non-blocking and with TCP_NODELAY, or -1 and errno. */
int bare_accept(int listener);

#endif
