#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>

/* wire: sockets for scripted peers, in the test's own thread.
 *
 * The program under test is another process, so a test plays its client and its
 * backend one step after the other: connect, send half a request, accept on the
 * other side, look what came, reset. Every step waits for at most 10 scaled
 * seconds (a long one: for each progress), and fails the running test when they
 * are over or when what came is not what the test says: the message shows both
 * as escaped text. While it waits it reads what the programs print (program.h),
 * so that none of them blocks on a full pipe. */

/* A listener on 127.0.0.1 (wire_listen6: [::1]) and a port that the kernel
 * chooses. backlog as for listen(2). */
int wire_listen(int *port);
int wire_listen_backlog(int *port, int backlog);
int wire_listen6(int *port);

/* A port of 127.0.0.1 that refuses: bound, so that no other test is given it, but
 * without a listener. The second form holds the port of a program that has just
 * ended; close it before another program is to listen there. */
int wire_refuse(int *port);
int wire_refuse_at(int port);

/* A connection to 127.0.0.1:port; from 127.0.0.N in the second form (Linux),
 * over IPv6 in the third. */
int wire_connect(int port);
int wire_connect_from(const char *source_ip, int port);
int wire_connect6(int port);
/* Whether this system has IPv6 on loopback. */
int wire_have_ipv6(void);
/* Whether a connection is refused (1) or accepted (0: it is closed again). */
int wire_refused(int port);

int wire_accept(int listener);
/* Nobody connects for so many scaled milliseconds. */
void wire_accept_nobody(int listener, int ms);

/* Sends all. The text form takes a NUL-terminated string. */
void wire_send(int fd, const void *data, size_t len);
void wire_send_text(int fd, const char *text);
/* As much as goes without waiting, up to len; returns how much. */
size_t wire_send_some(int fd, const void *data, size_t len);

/* Exactly so many bytes. */
void wire_receive(int fd, void *out, size_t len);
/* All bytes up to and including `end`, at most size - 1, as a string; returns
 * its length. What follows is left in the socket. */
size_t wire_receive_until(int fd, const char *end, char *out, size_t size);
/* At most so many bytes, up to the end of the stream; returns how many. */
size_t wire_receive_up_to(int fd, void *out, size_t len);
/* All bytes up to the peer's end of stream, as a string; returns its length. */
size_t wire_receive_all(int fd, char *out, size_t size);
/* The next bytes are exactly this text. */
void wire_expect_text(int fd, const char *text);
/* The peer ends the stream (FIN) and has sent nothing before. */
void wire_expect_end(int fd);
/* The peer ends or resets the connection; what it sends before is dropped. */
void wire_expect_gone(int fd);
/* Nothing comes, and the connection stays, for so many scaled milliseconds. */
void wire_expect_silence(int fd, int ms);

void wire_shut(int fd);  /* our FIN: half-close */
void wire_close(int fd); /* both ways; RST if something was left unread */
void wire_reset(int fd); /* RST at once (SO_LINGER 0) */

#endif
