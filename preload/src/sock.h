/* A socket of the program that is (or may yet become) splnet's, and the table from descriptors to them. */
#ifndef SPLNET_SOCK_H
#define SPLNET_SOCK_H

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

/* One end of a connection. Family 0: none. The address is in network order, the port in the host's. */
struct end {
    int family;
    uint16_t port;
    uint32_t address;
};

/* A stream goes FRESH, BOUND, CONNECTING, OPEN or FRESH, LISTENING; a datagram socket FRESH, OPEN. */
enum state {
    FRESH,      /* the descriptor is a Unix socket that is not connected */
    BOUND,      /* it is connected to the daemon, which keeps a port for it */
    CONNECTING, /* CONNECT has been sent, its answer not been read */
    OPEN,       /* the descriptor is the data path */
    FAILED,     /* a connect failed and the program has not heard of it by connect() itself */
    LISTENING,  /* announcements come in */
    INERT,      /* IPv6 only: bound or listening where nothing can come from */
};

/* An option as the program gave it, for the request that opens the socket, or to be set on a socket of the host. */
struct option {
    int level, name;
    socklen_t size;
    unsigned char value[16];
};

struct watch {
    int epoll, fd;
    struct epoll_event event;
};

enum { OPTIONS = 32, WATCHES = 3 };

/* The memory is never given back, only used again, so that a reader without a reference sees some socket. */
struct sock {
    atomic_int references; /* descriptors in the table, and calls under way; 0: free */
    _Atomic enum state state;
    pthread_mutex_t lock; /* guards what is below; held while the daemon answers, never while a peer does */
    struct sock *next;    /* in the free list */
    uint64_t id;
    dev_t device;
    ino_t inode;
    int family, type, protocol;
    struct end local, remote;
    struct end named; /* by bind(): port 0 where the choice was the daemon's */
    /* Atomic because they are looked at without the lock. */
    atomic_bool bound;        /* by bind(): it has a port, and cannot be bound again */
    atomic_bool only6;        /* IPV6_V6ONLY */
    atomic_bool acknowledged; /* connect() has returned 0 */
    atomic_bool padded;       /* the request was padded: not writable before the answer */
    atomic_bool stale;        /* the descriptor was connected once, a further connect needs another */
    atomic_bool write_shut, read_shut;
    atomic_bool shared; /* another process has it too */
    atomic_bool asked;  /* why it ended is known */
    bool ended_in; /* a read has returned 0: FIN came */
    atomic_bool resets; /* SO_LINGER with 0 seconds */
    int error;   /* SO_ERROR */
    int nopts;
    struct option opts[OPTIONS];
    struct watch watches[WATCHES];
    int nwatches;
};

/* Signals and cancellation are held off while a lock is held: send, close and the like may be called from handlers. */
struct guard {
    sigset_t signals;
    int cancel;
};

void guard_enter(struct guard *guard);
void guard_leave(const struct guard *guard);
void sock_lock(struct sock *sock, struct guard *guard);
void sock_unlock(struct sock *sock, const struct guard *guard);

/* A new one with one reference, or NULL (no memory). */
struct sock *sock_new(int family, int type, int protocol);
/* Gives a reference back. */
void sock_drop(struct sock *sock);
/* Notes which inode the descriptor has: that is how another program finds it after exec. */
void sock_identify(struct sock *sock, int fd);

/* Without a reference: for a look at type and state, which a close() may make out of date at any time. */
struct sock *table_peek(int fd);
/* With a reference, NULL if the descriptor is not ours. */
struct sock *table_hold(int fd);
/* Takes over a reference; what was there is dropped. A descriptor above the limit is left to the host. */
void table_put(int fd, struct sock *sock);
/* True if there was one. */
bool table_clear(int fd);
/* Calls for each descriptor, in order, until it returns false. */
void table_each(bool (*call)(int fd, struct sock *sock, void *context), void *context);
/* How many descriptors are in the table: zero means that there is nothing to inherit. */
int table_count(void);
/* In a child after vfork the memory is the parent's: the table must be left as it is. */
bool table_is_foreign(void);
/* At the start: the table is this process's. */
void table_own(void);
/* In the child after fork. */
void table_forked(void);
/* Around a fork: ahead of it, or what another thread closes behind it would be ended for the child; in both behind it,
 * for what another thread has opened meanwhile. */
void table_share(void);

#endif
