/* setsockopt and getsockopt. */
#ifndef SPLNET_OPTIONS_H
#define SPLNET_OPTIONS_H

#include "sock.h"

#include <stddef.h>

/* 0 or an errno, checked in the order in which the kernel checks. The socket is not locked. */
int option_set(struct sock *sock, int fd, int level, int name, const void *value, socklen_t size);
int option_get(struct sock *sock, int fd, int level, int name, void *value, socklen_t *size);
/* What was set before the socket was opened, as the JSON object of a request. The socket is locked. */
void options_json(const struct sock *sock, char *text, size_t size);
/* Sets them all on a socket of the host's. */
void options_replay(const struct sock *sock, int fd);
/* Sets those that are the descriptor's own. */
void options_native(const struct sock *sock, int fd);
/* The last value the program gave, NULL if it gave none. */
const struct option *option_given(const struct sock *sock, int level, int name);
bool option_is_on(const struct sock *sock, int level, int name);
/* That value as a number, 0 if there is none. */
int option_number(const struct sock *sock, int level, int name);
/* A number of which the daemon tells under that name how the socket has it, 0 if it cannot be had. */
int option_told(const struct sock *sock, const char *name);
/* TCP_INFO. */
int option_info(struct sock *sock, int fd, void *value, socklen_t *size);

#endif
