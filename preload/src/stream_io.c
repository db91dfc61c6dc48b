#include "stream.h"

#include "address.h"
#include "control.h"
#include "descriptor.h"
#include "options.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 64, SCRATCH = 65536 };

/* Asks the daemon why the connection ended, once; what it says becomes SO_ERROR. The socket is locked. */
static void inquire(struct sock *sock, int fd) {
    if (sock->asked)
        return;
    sock->asked = true;
    char target[64], name[32] = "";
    snprintf(target, sizeof target, "/v1/sockets/%llu/error", (unsigned long long)sock->id);
    struct answer *answer;
    int failed = control_begin("GET", target, NULL, -1, &answer);
    int reason = 0;
    if (!failed && json_string(answer->text + answer->body, "errno", name, sizeof name))
        reason = errno_named(name);
    const char *fin = failed ? NULL : json_find(answer->text + answer->body, "fin");
    sock->ended_in |= fin && strncmp(fin, "true", 4) == 0;
    /* Without a shutdown() of ours both directions do not end at once unless the connection breaks. */
    bool clean = sock->write_shut || sock->shared;
    bool barred = failed == EPERM || (failed == ENETDOWN && control_is_denied());
    pid_t behind = barred ? 0 : descriptor_peer(fd).pid, daemon = control_daemon().pid;
    bool another = daemon && behind && behind != daemon;
    control_end();
    if (!reason && ((failed == ENETDOWN && !barred) || another || !clean))
        reason = ECONNRESET;
    /* In CLOSE-WAIT the kernel takes a reset for what the program has brought on itself. */
    if (reason == ECONNRESET && sock->ended_in)
        reason = EPIPE;
    sock->error = reason;
}

/* Behind a FIN comes nothing but the end for who reads; what went wrong since is for a write, or SO_ERROR. */
static int take_error(struct sock *sock, int fd, bool reading) {
    struct guard guard;
    sock_lock(sock, &guard);
    inquire(sock, fd);
    int error = reading && sock->ended_in ? 0 : sock->error;
    if (error)
        sock->error = 0;
    sock_unlock(sock, &guard);
    return error;
}

ssize_t stream_ended(struct sock *sock, int fd, int error) {
    if (error && error != ECONNRESET) {
        errno = error;
        return -1;
    }
    /* A mere FIN ends one direction; so does a shutdown() of ours. */
    if (!error && !(descriptor_polled(fd, POLLIN) & POLLHUP)) {
        struct guard guard;
        sock_lock(sock, &guard);
        sock->ended_in |= !sock->read_shut;
        sock_unlock(sock, &guard);
        return 0;
    }
    error = take_error(sock, fd, true);
    if (!error)
        return 0;
    errno = error;
    return -1;
}

ssize_t stream_broken(struct sock *sock, int fd, int error, bool silent) {
    if (error == EPIPE || error == ECONNRESET) {
        error = sock->write_shut ? 0 : take_error(sock, fd, false);
        if (!error || error == EPIPE) {
            if (!silent)
                raise(SIGPIPE);
            error = EPIPE;
        }
    }
    errno = error;
    return -1;
}

static int not_open(struct sock *sock, int flags, bool writing) {
    struct guard guard;
    sock_lock(sock, &guard);
    int error = sock->error;
    bool failed = atomic_load(&sock->state) == FAILED;
    sock->error = 0;
    sock_unlock(sock, &guard);
    if (!error && failed && !writing)
        return 0;
    if (!error && writing && !(flags & MSG_NOSIGNAL))
        raise(SIGPIPE);
    errno = error ? error : writing ? EPIPE : ENOTCONN;
    return -1;
}

int stream_ready(struct sock *sock, int fd, int flags, bool writing) {
    if (atomic_load(&sock->state) == CONNECTING) {
        bool wait = !(flags & MSG_DONTWAIT) && !descriptor_nonblocking(fd);
        /* The look comes first: another thread that waits in connect() has put the descriptor's limit aside. */
        int failed = stream_settle(sock, fd, false, 0);
        if (failed == EINPROGRESS && wait)
            failed = stream_settle(sock, fd, true, descriptor_timeout(fd, writing ? SO_SNDTIMEO : SO_RCVTIMEO));
        if (failed) {
            errno = failed == EINTR ? EINTR : EAGAIN;
            return -1;
        }
    }
    return atomic_load(&sock->state) == OPEN ? 1 : not_open(sock, flags, writing);
}

/* MSG_TRUNC: TCP throws away what it would have delivered. */
static ssize_t discard(int fd, size_t size, int flags) {
    /* Of all threads, and not on the stack, of which some have less: nobody reads it. */
    static char scratch[SCRATCH];
    return real()->recvfrom(fd, scratch, size < sizeof scratch ? size : sizeof scratch, flags & ~MSG_TRUNC, NULL,
                            NULL);
}

static size_t total(const struct msghdr *message) {
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

ssize_t stream_receive(struct sock *sock, int fd, struct msghdr *message, int flags) {
    if (flags & (MSG_OOB | MSG_ERRQUEUE)) {
        errno = flags & MSG_OOB ? EINVAL : EAGAIN;
        return -1;
    }
    int ready = atomic_load(&sock->state) == OPEN ? 1 : stream_ready(sock, fd, flags, false);
    if (ready <= 0)
        return ready;
    struct msghdr plain = {.msg_iov = message->msg_iov, .msg_iovlen = message->msg_iovlen};
    ssize_t n = flags & MSG_TRUNC ? discard(fd, total(message), flags) : real()->recvmsg(fd, &plain, flags);
    /* TCP names nobody, and has nothing to say besides the data. */
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
    if (n > 0 || (n < 0 && errno != ECONNRESET) || total(message) == 0)
        return n;
    return stream_ended(sock, fd, n < 0 ? errno : 0);
}

ssize_t stream_send(struct sock *sock, int fd, const struct msghdr *message, int flags) {
    if (flags & (MSG_OOB | MSG_FASTOPEN)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    int ready = atomic_load(&sock->state) == OPEN ? 1 : stream_ready(sock, fd, flags, true);
    if (ready <= 0)
        return ready;
    struct msghdr plain = {.msg_iov = message->msg_iov, .msg_iovlen = message->msg_iovlen};
    int native = (flags & (MSG_DONTWAIT | MSG_MORE)) | MSG_NOSIGNAL;
    ssize_t n = real()->sendmsg(fd, &plain, native);
    if (n >= 0 || (errno != EPIPE && errno != ECONNRESET))
        return n;
    return stream_broken(sock, fd, errno, (flags & MSG_NOSIGNAL) != 0);
}

int stream_error(struct sock *sock, int fd) {
    enum state state = atomic_load(&sock->state);
    if (state == CONNECTING) {
        /* An unpadded request is one of a connect() that a signal interrupted: it looked writable all along. */
        stream_settle(sock, fd, !sock->padded, -1);
        state = atomic_load(&sock->state);
    }
    if (state == OPEN && !sock->asked && !(descriptor_polled(fd, POLLIN) & (POLLHUP | POLLERR)))
        return 0;
    if (state == OPEN)
        return take_error(sock, fd, false);
    struct guard guard;
    sock_lock(sock, &guard);
    int error = sock->error;
    sock->error = 0;
    sock_unlock(sock, &guard);
    return error;
}

/* The kernel gives a connect up, whichever half is shut: the error is for SO_ERROR or the next call, but not for the next
 * connect(), which sends a SYN. False if it is over since the last look. */
static bool gives_up(struct sock *sock, int fd) {
    struct guard guard;
    sock_lock(sock, &guard);
    bool under_way = atomic_load(&sock->state) == CONNECTING;
    if (under_way) {
        stream_failed(sock, fd, ECONNRESET);
        atomic_store(&sock->state, FRESH);
    }
    sock_unlock(sock, &guard);
    return under_way;
}

int stream_shutdown(struct sock *sock, int fd, int how) {
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
        return EINVAL;
    enum state state;
    while ((state = atomic_load(&sock->state)) == CONNECTING)
        if (stream_settle(sock, fd, false, 0) && gives_up(sock, fd))
            return 0;
    if (state == LISTENING) {
        /* accept() ends with EINVAL, also where it waits already. The address is let go now: who still returns from
         * accept(), or that both halves are shut, would hide it from close(). */
        if (how != SHUT_WR) {
            sock->read_shut = true;
            descriptor_release(fd);
            real()->shutdown(fd, SHUT_RDWR);
        }
        return 0;
    }
    if (state != OPEN)
        return ENOTCONN;
    /* A connection of which both ends are gone is none. */
    if (!sock->read_shut && (descriptor_polled(fd, POLLIN) & POLLHUP))
        return ENOTCONN;
    struct guard guard;
    sock_lock(sock, &guard);
    sock->write_shut |= how != SHUT_RD;
    sock->read_shut |= how != SHUT_WR;
    sock_unlock(sock, &guard);
    return real()->shutdown(fd, how) < 0 ? errno : 0;
}

int stream_reset(const struct sock *sock, int fd) {
    if (descriptor_ended(fd))
        return ENOTCONN;
    char target[64];
    struct answer *answer;
    snprintf(target, sizeof target, "/v1/sockets/%llu", (unsigned long long)sock->id);
    int failed = control_begin("DELETE", target, NULL, -1, &answer);
    control_end();
    return failed;
}

/* Of a descriptor that is closed with octets unread the daemon sees no more whether shutdown() came before. Once it
 * answers it has seen that, and FIN goes ahead of the reset. */
static void let_see_the_end(const struct sock *sock, int fd) {
    char octet, target[64];
    struct answer *answer;
    if (real()->recvfrom(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) <= 0)
        return;
    snprintf(target, sizeof target, "/v1/sockets/%llu/queues", (unsigned long long)sock->id);
    control_begin("GET", target, NULL, -1, &answer);
    control_end();
}

void stream_closing(struct sock *sock, int fd) {
    enum state state = atomic_load(&sock->state);
    if ((state == LISTENING || state == BOUND) && !sock->shared)
        descriptor_release(fd);
    if (state != OPEN || sock->shared || !sock->id)
        return;
    if (sock->resets)
        stream_reset(sock, fd);
    else if (sock->write_shut)
        let_see_the_end(sock, fd);
}

/* The first octets of an accepted connection; they are there with it, or will be in a moment. */
static int read_name(int fd, struct sock *sock) {
    unsigned char name[NAME];
    for (size_t have = 0; have < sizeof name;) {
        ssize_t n = real()->recvfrom(fd, name + have, sizeof name - have, MSG_DONTWAIT, NULL, NULL);
        struct pollfd poll = {.fd = fd, .events = POLLIN};
        if (n > 0)
            have += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR) || real()->poll(&poll, 1, 1000) == 0)
            return ECONNABORTED;
    }
    if (memcmp(name, "SPLN\1", 5) != 0)
        return ECONNABORTED;
    for (int i = 0; i < 8; i++)
        sock->id = sock->id << 8 | name[8 + i];
    end_get(name + 16, &sock->local);
    end_get(name + 36, &sock->remote);
    return 0;
}

/* The descriptor that an announcement carries, or -1. The thread may be cancelled, if it may be at all (`cancel`), while
 * it waits for one, and not any more when it has it. */
static int take_descriptor(int fd, int flags, int cancel) {
    /* With no number free for it the kernel would throw it away: as with accept() this is looked at first. */
    int spare = real()->fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (spare < 0) {
        errno = errno == EINVAL ? EMFILE : errno;
        return -1;
    }
    real()->close(spare);
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } rights;
    char octet;
    struct iovec part = {&octet, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = rights.room,
                             .msg_controllen = sizeof rights.room};
    pthread_setcancelstate(cancel, NULL);
    ssize_t n = real()->recvmsg(fd, &message, flags & SOCK_CLOEXEC ? MSG_CMSG_CLOEXEC : 0);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    if (n < 0)
        return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (n == 0 || !head || head->cmsg_type != SCM_RIGHTS) {
        /* Without a shutdown() of ours the end is the daemon's. */
        bool ours = n == 0 && (descriptor_polled(fd, POLLOUT) & POLLHUP) == 0;
        errno = n > 0 ? (message.msg_flags & MSG_CTRUNC ? EMFILE : ECONNABORTED) : ours ? EINVAL : ENETDOWN;
        return -1;
    }
    int new;
    memcpy(&new, CMSG_DATA(head), sizeof new);
    return new;
}

static struct sock *heir(struct sock *listener, int fd, int new, int *failed) {
    struct sock *sock = sock_new(listener->family, listener->type, listener->protocol);
    if (!sock) {
        *failed = ENOBUFS;
        return NULL;
    }
    *failed = read_name(new, sock);
    sock->acknowledged = true;
    sock->only6 = listener->only6;
    if (option_given(listener, SOL_SOCKET, SO_RCVTIMEO) || option_given(listener, SOL_SOCKET, SO_SNDTIMEO))
        descriptor_copy_timeouts(fd, new);
    sock_identify(sock, new);
    atomic_store(&sock->state, OPEN);
    return sock;
}

static int take(struct sock *sock, int fd, struct sockaddr *address, socklen_t *size, int flags, int cancel) {
    int new = take_descriptor(fd, flags, cancel);
    if (new < 0) {
        if (errno == ENETDOWN && (sock->read_shut || sock->shared))
            errno = EINVAL;
        return -1;
    }
    int failed;
    struct sock *accepted = heir(sock, fd, new, &failed);
    if (accepted && !failed) {
        int now = real()->fcntl(new, F_GETFL), want = flags & SOCK_NONBLOCK ? now | O_NONBLOCK : now & ~O_NONBLOCK;
        if (now != want)
            real()->fcntl(new, F_SETFL, want);
        if (address)
            address_write(accepted, &accepted->remote, address, size);
        table_put(new, accepted);
        return new;
    }
    if (accepted)
        sock_drop(accepted);
    real()->close(new);
    errno = failed;
    return -1;
}

int stream_accept(struct sock *sock, int fd, struct sockaddr *address, socklen_t *size, int flags) {
    if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) {
        errno = EINVAL;
        return -1;
    }
    enum state state = atomic_load(&sock->state);
    if (state == INERT && sock->acknowledged)
        return real()->accept4(fd, NULL, NULL, flags);
    if (state != LISTENING || (address && size && (int)*size < 0)) {
        errno = EINVAL;
        return -1;
    }
    int cancel;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int new = take(sock, fd, address, size, flags, cancel);
    pthread_setcancelstate(cancel, NULL);
    return new;
}
