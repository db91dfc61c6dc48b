/* What the functions that we stand in for have in common. */
#ifndef SPLNET_CALLS_H
#define SPLNET_CALLS_H

#include "sock.h"

#include <errno.h>

#define PUBLIC __attribute__((visibility("default")))
/* The C library's other names for the same function. */
#define ALSO(name) __attribute__((visibility("default"), alias(name)))

/* After a fork, in the process that goes on or in the one that begins. */
void forked_parent(void);
void forked_child(void);

/* An errno as a system call reports it. */
static inline int result(int failed) {
    if (!failed)
        return 0;
    errno = failed;
    return -1;
}

#endif
