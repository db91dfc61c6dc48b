/* SOCK_DGRAM: the descriptor is one end of a pair of SOCK_SEQPACKET, whose other end the daemon has. */
#ifndef SPLNET_DATAGRAM_H
#define SPLNET_DATAGRAM_H

#include "sock.h"

#include <sys/types.h>

enum { HEADER = 40 };

int datagram_connect(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size);
int datagram_shutdown(struct sock *sock, int fd, int how);
/* Gives it to the daemon, with these ends; the socket is locked. */
int datagram_open(struct sock *sock, int fd, const struct end *local, const struct end *remote);
ssize_t datagram_receive(struct sock *sock, int fd, struct msghdr *message, int flags);
/* `host` becomes true where the address is the host's: nothing was sent, the descriptor is a socket of the host now. */
ssize_t datagram_send(struct sock *sock, int fd, const struct msghdr *message, int flags, bool *host);
/* Before close() of the last descriptor. */
void datagram_closing(struct sock *sock, int fd);
/* SO_ERROR, and forgets it. */
int datagram_error(struct sock *sock, int fd);
/* True if there is no datagram to come next, but an error, which stays; waits for either as receiving does. */
bool datagram_fails(const struct sock *sock, int fd, int flags);
/* The next datagram's octets, 0 if there is none: FIONREAD. */
int datagram_waiting(struct sock *sock, int fd);

#endif
