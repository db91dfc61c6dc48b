/* Sockets that are passed to another process over a Unix socket (SCM_RIGHTS). The descriptor carries the socket's
 * number, and the daemon says what it is. */
#ifndef SPLNET_PASSED_H
#define SPLNET_PASSED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* The number that a descriptor carries: in an option that means nothing to a Unix socket; false for none. Zero is that
 * of a socket whose number is too great. */
bool passed_number(int fd, uint64_t *id);
void passed_mark(int fd, uint64_t id);
/* Marks those of our sockets that are about to be sent. */
void passed_out(const struct msghdr *message);
/* Takes those of the descriptors that have come into the table which are sockets of ours. */
void passed_in(const struct msghdr *message);

#endif
