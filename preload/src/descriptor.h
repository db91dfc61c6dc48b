/* The descriptor under a socket: its flags, and exchanging what it refers to. */
#ifndef SPLNET_DESCRIPTOR_H
#define SPLNET_DESCRIPTOR_H

#include "sock.h"

#include <poll.h>

/* Who made the other end; process 0 if unknown. */
struct ucred descriptor_peer(int fd);
bool descriptor_nonblocking(int fd);
/* What poll says now. */
short descriptor_polled(int fd, short events);
/* True if both directions are at their end: there is nothing left of it for the daemon to do, and after a start anew
 * its number is another's. */
bool descriptor_ended(int fd);
/* SO_RCVTIMEO or SO_SNDTIMEO in milliseconds, -1 for none. */
int descriptor_timeout(int fd, int option);
/* Both, to another descriptor. */
void descriptor_copy_timeouts(int from, int to);
/* Puts a new, unconnected Unix socket of that type in the place of one that was connected. The socket is locked. 0 or an errno. */
int descriptor_renew(struct sock *sock, int fd, int type);
/* Makes it a socket of the host: from here on none of our affair. The socket is locked. 0 or an errno. */
int descriptor_to_host(struct sock *sock, int fd);
/* Before close(): waits until the daemon has let the address go, so that it can be bound again at once. */
void descriptor_release(int fd);
/* Remembers epoll_ctl for a descriptor that may yet be exchanged. */
void descriptor_watched(struct sock *sock, int fd, int epoll, int operation, const struct epoll_event *event);

#endif
