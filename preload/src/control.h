/* The process's own connection to the daemon, for what is not a socket's data. */
#ifndef SPLNET_CONTROL_H
#define SPLNET_CONTROL_H

#include "http.h"

/* Connects a Unix stream socket to the daemon: 0 or ENETDOWN. */
int control_join(int fd);
/* Asks and waits; `pass` is a descriptor to send along, or -1. 0 or an errno; the answer is valid until control_end. */
int control_begin(const char *method, const char *target, const char *body, int pass, struct answer **answer);
void control_end(void);
/* Asks, and has no use for the answer. 0 or ENETDOWN. */
int control_tell(const char *method, const char *target, const char *body);
/* The descriptor is about to be closed, or made another, by the program. */
void control_forget(int fd);
void control_forget_range(unsigned first, unsigned last);
void control_forked(void);
/* The program calls seccomp(): in a sandbox what it does not do itself may be its end, so no questions any more. */
void control_seccomp(unsigned operation, unsigned flags, const void *filter);
bool control_is_confined(void);
/* This process may not go to the daemon: what it was given goes on without. */
bool control_is_denied(void);
/* The process that answers, or has last answered; number 0 if unknown. Between control_begin and control_end. */
struct ucred control_daemon(void);

#endif
