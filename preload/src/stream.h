/* SOCK_STREAM. What is said to fail returns an errno, or sets it and returns -1 where it stands for a system call. */
#ifndef SPLNET_STREAM_H
#define SPLNET_STREAM_H

#include "sock.h"

#include <sys/types.h>

/* The socket is locked, and new. */
int stream_bind(struct sock *sock, int fd, const struct end *end);
int stream_connect(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size);
int stream_listen(struct sock *sock, int fd, int backlog);
/* The new descriptor or -1. */
int stream_accept(struct sock *sock, int fd, struct sockaddr *address, socklen_t *size, int flags);
int stream_shutdown(struct sock *sock, int fd, int how);

/* Takes the answer to a connect under way if it has come, or waits for it: 0 if none is under way (any more), else
 * EINPROGRESS, EINTR or, after `milliseconds`, ETIMEDOUT. */
int stream_settle(struct sock *sock, int fd, bool wait, int milliseconds);
/* A connect is over, without a connection; the socket is locked. */
void stream_failed(struct sock *sock, int fd, int error);
/* SO_ERROR, and forgets it. */
int stream_error(struct sock *sock, int fd);
/* The daemon ends the connection, without FIN; an errno if there is none. */
int stream_reset(const struct sock *sock, int fd);
/* Before close() of the last descriptor. */
void stream_closing(struct sock *sock, int fd);

ssize_t stream_receive(struct sock *sock, int fd, struct msghdr *message, int flags);
ssize_t stream_send(struct sock *sock, int fd, const struct msghdr *message, int flags);
/* After a system call on an open stream's descriptor has returned 0 or failed with `error`: what the program is to
 * get instead, with errno set. */
ssize_t stream_ended(struct sock *sock, int fd, int error);
ssize_t stream_broken(struct sock *sock, int fd, int error, bool silent);
/* 0 if reading (or writing) may go on, else how it ends: as a return value, with errno set. 1: go on. */
int stream_ready(struct sock *sock, int fd, int flags, bool writing);

#endif
