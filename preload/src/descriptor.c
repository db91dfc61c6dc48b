#include "descriptor.h"

#include "address.h"
#include "http.h"
#include "options.h"
#include "real.h"
#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct ucred descriptor_peer(int fd) {
    struct ucred peer;
    bool known = real()->getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &(socklen_t){sizeof peer}) == 0;
    return known ? peer : (struct ucred){0};
}

bool descriptor_nonblocking(int fd) {
    return (real()->fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

short descriptor_polled(int fd, short events) {
    struct pollfd poll = {.fd = fd, .events = events};
    int cancel;
    /* In the functions that look here nobody may be cancelled, or only while they wait. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int n = real()->poll(&poll, 1, 0);
    pthread_setcancelstate(cancel, NULL);
    return n > 0 ? poll.revents : 0;
}

bool descriptor_ended(int fd) {
    return (descriptor_polled(fd, 0) & POLLHUP) != 0;
}

int descriptor_timeout(int fd, int option) {
    struct timeval time = {0};
    socklen_t size = sizeof time;
    if (real()->getsockopt(fd, SOL_SOCKET, option, &time, &size) < 0 || (!time.tv_sec && !time.tv_usec))
        return -1;
    return time.tv_sec > 2000000 ? -1 : (int)(time.tv_sec * 1000 + (time.tv_usec + 999) / 1000);
}

void descriptor_watched(struct sock *sock, int fd, int epoll, int operation, const struct epoll_event *event) {
    struct guard guard;
    sock_lock(sock, &guard);
    struct watch *watch = sock->watches;
    while (watch < sock->watches + sock->nwatches && (watch->epoll != epoll || watch->fd != fd))
        watch++;
    bool known = watch < sock->watches + sock->nwatches;
    if (operation == EPOLL_CTL_DEL && known)
        *watch = sock->watches[--sock->nwatches];
    else if (operation != EPOLL_CTL_DEL && event && known)
        watch->event = *event;
    else if (operation != EPOLL_CTL_DEL && event && sock->nwatches < WATCHES)
        sock->watches[sock->nwatches++] = (struct watch){epoll, fd, *event};
    sock_unlock(sock, &guard);
}

void descriptor_release(int fd) {
    /* Only the writing half: when the daemon has closed its end both are gone, and poll says so. */
    struct pollfd poll = {.fd = fd};
    int before = errno, ended = real()->shutdown(fd, SHUT_WR) < 0;
    for (long until = now() + PATIENCE, left; !ended && (left = until - now()) > 0;)
        ended = real()->poll(&poll, 1, (int)left) > 0;
    if (!ended)
        debug("descriptor %d: the daemon does not let the address go", fd);
    errno = before;
}

/* Of one socket every descriptor in the table that is it. */
struct exchange {
    struct sock *sock;
    int from;
};

static bool exchange_one(int fd, struct sock *sock, void *context) {
    const struct exchange *exchange = context;
    if (sock == exchange->sock) {
        int flags = real()->fcntl(fd, F_GETFD);
        real()->dup3(exchange->from, fd, flags >= 0 && (flags & FD_CLOEXEC) ? O_CLOEXEC : 0);
    }
    return true;
}

/* Gives the place of the old descriptor, its duplicates and its registrations to the new one, which it closes. */
static void exchange(struct sock *sock, int fd, int new) {
    int flags = real()->fcntl(fd, F_GETFL);
    struct f_owner_ex owner;
    if (real()->fcntl(fd, F_GETOWN_EX, &owner) == 0 && owner.pid) {
        real()->fcntl(new, F_SETOWN_EX, &owner);
        real()->fcntl(new, F_SETSIG, real()->fcntl(fd, F_GETSIG));
    }
    if (flags >= 0)
        real()->fcntl(new, F_SETFL, flags & ~O_ASYNC);
    struct exchange all = {sock, new};
    table_each(exchange_one, &all);
    real()->close(new);
    /* A signal tells of the number for which it was asked. */
    if (flags >= 0 && (flags & O_ASYNC))
        real()->fcntl(fd, F_SETFL, flags);
    for (struct watch *watch = sock->watches; watch < sock->watches + sock->nwatches; watch++)
        real()->epoll_ctl(watch->epoll, EPOLL_CTL_ADD, table_peek(watch->fd) == sock ? watch->fd : fd, &watch->event);
}

void descriptor_copy_timeouts(int from, int to) {
    struct timeval time;
    for (const int *o = (const int[]){SO_RCVTIMEO, SO_SNDTIMEO, 0}; *o; o++) {
        socklen_t size = sizeof time;
        if (real()->getsockopt(from, SOL_SOCKET, *o, &time, &size) == 0)
            real()->setsockopt(to, SOL_SOCKET, *o, &time, size);
    }
}

int descriptor_renew(struct sock *sock, int fd, int type) {
    int new = real()->socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (new < 0)
        return errno;
    descriptor_copy_timeouts(fd, new);
    options_native(sock, new);
    exchange(sock, fd, new);
    sock_identify(sock, fd);
    sock->stale = false;
    return 0;
}

static bool clear_one(int fd, struct sock *sock, void *context) {
    if (sock == context)
        table_clear(fd);
    return true;
}

int descriptor_to_host(struct sock *sock, int fd) {
    int new = real()->socket(sock->family, sock->type | SOCK_CLOEXEC, sock->protocol);
    if (new < 0)
        return errno;
    options_replay(sock, new);
    if (sock->bound) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        address_write(sock, &sock->local, &address, &size);
        if (real()->bind(new, (struct sockaddr *)&address, size) < 0) {
            int failed = errno;
            real()->close(new);
            return failed;
        }
    }
    exchange(sock, fd, new);
    table_each(clear_one, sock);
    debug("descriptor %d is the host's", fd);
    return 0;
}
