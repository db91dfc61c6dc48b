/* What the functions that we stand in for have in common. */
#ifndef SPLNET_CALLS_H
#define SPLNET_CALLS_H

#include "sock.h"

#include <errno.h>

#define PUBLIC __attribute__((visibility("default")))
/* The C library's other names for the same function. */
#define ALSO(name) __attribute__((visibility("default"), alias(name)))

/* After a fork, in the process that begins. */
void forked_child(void);

static inline void give_back(struct sock **held) {
    sock_drop(*held);
}

/* `call`, and gives back the reference: also if the thread is cancelled while it waits there (-fexceptions). Not by
 * pthread_cleanup_push(), whose mark a signal handler's longjmp() would leave behind in the thread. */
#define HOLDING(sock, call) \
    do { \
        __attribute__((cleanup(give_back))) struct sock *held = sock; \
        call; \
    } while (0)

/* A call of the kernel's that succeeds leaves errno alone (lftp counts on it); what we have tried on the way does not. */
static inline long kept(int before, long n) {
    if (n >= 0)
        errno = before;
    return n;
}

/* An errno as a system call reports it. */
static inline int result(int failed) {
    if (!failed)
        return 0;
    errno = failed;
    return -1;
}

#endif
