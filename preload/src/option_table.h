/* The options that there are. */
#ifndef SPLNET_OPTION_TABLE_H
#define SPLNET_OPTION_TABLE_H

#include <stdbool.h>
#include <sys/socket.h>

enum kind {
    SWITCH,  /* any number; 0 or 1 when asked */
    NUMBER,  /* low..high, else EINVAL */
    BUFFER,  /* doubled and clamped by the kernel */
    OCTET,   /* IP options that may be one octet or a number */
    LINGER,
    NAME,    /* TCP_CONGESTION */
    NATIVE,  /* the descriptor's own option has the same meaning */
    FIXED,   /* only to be asked; `low` is the answer */
    REFUSED, /* `low` is the errno */
};

struct known {
    int level, name;
    const char *word; /* the daemon's; NULL: kept here, of no effect */
    enum kind kind;
    int low, high, initial;
    int type; /* SOCK_STREAM, SOCK_DGRAM or 0 for both */
};

/* NULL: ENOPROTOOPT. */
const struct known *option_known(int level, int name, int type);

#endif
