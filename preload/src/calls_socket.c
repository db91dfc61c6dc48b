/* socket, bind, listen, accept, connect, names, options, shutdown. */
#include "calls.h"

#include "address.h"
#include "datagram.h"
#include "descriptor.h"
#include "options.h"
#include "real.h"
#include "stream.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The protocol if the socket is one that splnet has, else -1. */
static int protocol_of(int domain, int type, int protocol) {
    type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (domain != AF_INET && domain != AF_INET6)
        return -1;
    if (type == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP))
        return IPPROTO_TCP;
    if (type == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP))
        return IPPROTO_UDP;
    return type == SOCK_DGRAM && domain == AF_INET && protocol == IPPROTO_ICMP ? IPPROTO_ICMP : -1;
}

PUBLIC int socket(int domain, int type, int protocol) {
    int ours = protocol_of(domain, type, protocol);
    int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
    type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (ours < 0)
        return real()->socket(domain, type | flags, protocol);
    /* To poll an unconnected Unix socket of that type looks as the one it stands for; a datagram socket's becomes one
     * of packets in order when it is opened. */
    int fd = real()->socket(AF_UNIX, type | flags, 0);
    if (fd < 0)
        return fd;
    struct sock *sock = sock_new(domain, type, ours);
    if (!sock) {
        real()->close(fd);
        return result(ENOBUFS);
    }
    sock_identify(sock, fd);
    table_put(fd, sock);
    return fd;
}

/* IPv6 alone: nothing can reach it, whatever its port is. */
static void bind_inert(struct sock *sock, struct end *end) {
    static _Atomic uint16_t next = 32768;
    /* The descriptor has no name that anybody could send to: it waits for what cannot come. */
    end->port = end->port ? end->port : (uint16_t)(atomic_fetch_add(&next, 1) | 32768);
    sock->local = sock->named = *end;
    atomic_store(&sock->state, INERT);
}

static int bind_locked(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size) {
    static const struct in6_addr any;
    struct end end;
    enum meaning meaning;
    int failed = address_read(sock, address, size, &end, &meaning);
    if (failed)
        return failed;
    if (meaning == UNSPECIFIED && (sock->family != AF_INET || end.address != INADDR_ANY))
        return EAFNOSUPPORT;
    if (sock->bound || atomic_load(&sock->state) != FRESH)
        return EINVAL;
    if (meaning == TO_HOST) {
        failed = descriptor_to_host(sock, fd);
        return failed ? failed : real()->bind(fd, address, size) < 0 ? errno : 0;
    }
    if (meaning == TO_NOWHERE && memcmp((const char *)address + 8, &any, sizeof any) != 0)
        return EADDRNOTAVAIL;
    end.family = AF_INET;
    if (meaning == TO_NOWHERE)
        bind_inert(sock, &end);
    else if (sock->type == SOCK_STREAM)
        failed = stream_bind(sock, fd, &end);
    else
        failed = datagram_open(sock, fd, &end, NULL);
    sock->bound = !failed;
    return failed;
}

PUBLIC int bind(int fd, const struct sockaddr *address, socklen_t size) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->bind(fd, address, size);
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = bind_locked(sock, fd, address, size);
    sock_unlock(sock, &guard);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int listen(int fd, int backlog) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->listen(fd, backlog);
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = sock->type == SOCK_STREAM ? stream_listen(sock, fd, backlog) : EOPNOTSUPP;
    sock_unlock(sock, &guard);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->accept4(fd, address, size, flags);
    int new;
    HOLDING(sock, new = sock->type == SOCK_STREAM ? stream_accept(sock, fd, address, size, flags)
                                                  : result(EOPNOTSUPP));
    return (int)kept(before, new);
}

PUBLIC int accept(int fd, struct sockaddr *address, socklen_t *size) {
    return accept4(fd, address, size, 0);
}

PUBLIC int connect(int fd, const struct sockaddr *address, socklen_t size) {
    int before = errno;
    /* A connect that is over at once waits nowhere, where a thread could be cancelled. */
    pthread_testcancel();
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->connect(fd, address, size);
    int failed;
    HOLDING(sock, failed = sock->type == SOCK_STREAM ? stream_connect(sock, fd, address, size)
                                                     : datagram_connect(sock, fd, address, size));
    return (int)kept(before, result(failed));
}

static int give_name(struct sock *sock, const struct end *end, struct sockaddr *address, socklen_t *size) {
    if (!size || (!address && *size))
        return EFAULT;
    if ((int)*size < 0)
        return EINVAL;
    address_write(sock, end, address, size);
    return 0;
}

PUBLIC int getsockname(int fd, struct sockaddr *address, socklen_t *size) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->getsockname(fd, address, size);
    if (sock->type == SOCK_STREAM)
        stream_settle(sock, fd, false, 0);
    int failed = give_name(sock, &sock->local, address, size);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int getpeername(int fd, struct sockaddr *address, socklen_t *size) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->getpeername(fd, address, size);
    int failed = 0;
    if (sock->type == SOCK_STREAM) {
        stream_settle(sock, fd, false, 0);
        /* A connection that is over has no peer any more; with both halves shut here its descriptor does not show it. */
        bool shut = sock->read_shut && sock->write_shut && !sock->ended_in;
        if (!shut && descriptor_ended(fd))
            failed = ENOTCONN;
    }
    if (atomic_load(&sock->state) != OPEN || !sock->remote.family)
        failed = ENOTCONN;
    if (!failed)
        failed = give_name(sock, &sock->remote, address, size);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int setsockopt(int fd, int level, int name, const void *value, socklen_t size) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->setsockopt(fd, level, name, value, size);
    int failed = option_set(sock, fd, level, name, value, size);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int getsockopt(int fd, int level, int name, void *value, socklen_t *size) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->getsockopt(fd, level, name, value, size);
    int failed = option_get(sock, fd, level, name, value, size);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}

PUBLIC int shutdown(int fd, int how) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->shutdown(fd, how);
    int cancel;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int failed = sock->type == SOCK_STREAM ? stream_shutdown(sock, fd, how) : datagram_shutdown(sock, fd, how);
    pthread_setcancelstate(cancel, NULL);
    sock_drop(sock);
    return (int)kept(before, result(failed));
}
