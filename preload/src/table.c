#include "sock.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1024, CHUNKS = 1024, POOL = 64 };

typedef _Atomic(struct sock *) slot;

static _Atomic(slot *) chunks[CHUNKS];
static atomic_int count;
static atomic_int top = -1; /* no descriptor above it is in the table */

struct pool {
    struct pool *next;
    struct sock socks[POOL];
};

static struct pool *pools;
static struct sock *unused;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t owner;

/* Not malloc: socket() may be called where malloc may not, and an allocator may itself be what calls us. */
static void *memory(size_t size) {
    void *new = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return new == MAP_FAILED ? NULL : new;
}

void guard_enter(struct guard *guard) {
    sigset_t most;
    sigfillset(&most);
    /* These are raised by the thread itself; to hold them off would end the program without a word. */
    for (const int *s = (const int[]){SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, 0}; *s; s++)
        sigdelset(&most, *s);
    pthread_sigmask(SIG_BLOCK, &most, &guard->signals);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &guard->cancel);
}

void guard_leave(const struct guard *guard) {
    pthread_setcancelstate(guard->cancel, NULL);
    pthread_sigmask(SIG_SETMASK, &guard->signals, NULL);
}

void sock_lock(struct sock *sock, struct guard *guard) {
    guard_enter(guard);
    pthread_mutex_lock(&sock->lock);
}

void sock_unlock(struct sock *sock, const struct guard *guard) {
    pthread_mutex_unlock(&sock->lock);
    guard_leave(guard);
}

static bool more(void) {
    struct pool *pool = memory(sizeof *pool);
    if (!pool)
        return false;
    for (int i = 0; i < POOL; i++) {
        pthread_mutex_init(&pool->socks[i].lock, NULL);
        pool->socks[i].next = unused;
        unused = &pool->socks[i];
    }
    pool->next = pools;
    pools = pool;
    return true;
}

struct sock *sock_new(int family, int type, int protocol) {
    struct guard guard;
    guard_enter(&guard);
    pthread_mutex_lock(&pool_lock);
    struct sock *sock = unused || more() ? unused : NULL;
    if (sock)
        unused = sock->next;
    pthread_mutex_unlock(&pool_lock);
    guard_leave(&guard);
    if (!sock)
        return NULL;
    /* The lock and the count keep their meaning across lives. */
    memset(&sock->next, 0, sizeof *sock - offsetof(struct sock, next));
    sock->family = family;
    sock->type = type;
    sock->protocol = protocol;
    atomic_store(&sock->state, FRESH);
    atomic_store(&sock->references, 1);
    return sock;
}

void sock_drop(struct sock *sock) {
    if (atomic_fetch_sub(&sock->references, 1) != 1)
        return;
    struct guard guard;
    guard_enter(&guard);
    pthread_mutex_lock(&pool_lock);
    sock->next = unused;
    unused = sock;
    pthread_mutex_unlock(&pool_lock);
    guard_leave(&guard);
}

void sock_identify(struct sock *sock, int fd) {
    struct stat status;
    if (fstat(fd, &status) == 0) {
        sock->device = status.st_dev;
        sock->inode = status.st_ino;
    }
}

static slot *find(int fd, bool create) {
    if (fd < 0 || fd >= CHUNK * CHUNKS)
        return NULL;
    slot *chunk = atomic_load_explicit(&chunks[fd / CHUNK], memory_order_acquire);
    if (!chunk && create) {
        slot *new = memory(CHUNK * sizeof *new);
        if (!new)
            return NULL;
        if (atomic_compare_exchange_strong(&chunks[fd / CHUNK], &chunk, new))
            chunk = new;
        else
            munmap(new, CHUNK * sizeof *new);
    }
    return chunk ? chunk + fd % CHUNK : NULL;
}

struct sock *table_peek(int fd) {
    slot *at = find(fd, false);
    return at ? atomic_load_explicit(at, memory_order_acquire) : NULL;
}

struct sock *table_hold(int fd) {
    slot *at = find(fd, false);
    for (;;) {
        struct sock *sock = at ? atomic_load(at) : NULL;
        if (!sock)
            return NULL;
        int references = atomic_load(&sock->references);
        if (references == 0 || !atomic_compare_exchange_weak(&sock->references, &references, references + 1))
            continue;
        /* It may have been dropped and used again since the slot was read. */
        if (atomic_load(at) == sock)
            return sock;
        sock_drop(sock);
    }
}

static void exchange(slot *at, struct sock *sock) {
    struct sock *old = atomic_exchange(at, sock);
    atomic_fetch_add(&count, (sock != NULL) - (old != NULL));
    if (old)
        sock_drop(old);
}

void table_put(int fd, struct sock *sock) {
    slot *at = table_is_foreign() ? NULL : find(fd, true);
    if (!at) {
        sock_drop(sock);
        return;
    }
    int highest = atomic_load(&top);
    while (highest < fd && !atomic_compare_exchange_weak(&top, &highest, fd)) {
    }
    exchange(at, sock);
}

bool table_clear(int fd) {
    slot *at = find(fd, false);
    if (!at || !atomic_load(at) || table_is_foreign())
        return false;
    exchange(at, NULL);
    return true;
}

void table_each(bool (*call)(int, struct sock *, void *), void *context) {
    for (int fd = 0; fd <= atomic_load(&top); fd++) {
        struct sock *sock = table_hold(fd);
        if (!sock)
            continue;
        bool go_on = call(fd, sock, context);
        sock_drop(sock);
        if (!go_on)
            return;
    }
}

int table_count(void) {
    return atomic_load(&count);
}

bool table_is_foreign(void) {
    return owner && owner != getpid();
}

void table_own(void) {
    owner = getpid();
}

void table_share(void) {
    for (struct pool *pool = pools; pool; pool = pool->next)
        for (int i = 0; i < POOL; i++)
            pool->socks[i].shared = true;
}

void table_forked(void) {
    /* Other threads are not in the child; what they held is free. */
    pthread_mutex_init(&pool_lock, NULL);
    for (struct pool *pool = pools; pool; pool = pool->next)
        for (int i = 0; i < POOL; i++)
            pthread_mutex_init(&pool->socks[i].lock, NULL);
    table_own();
}
