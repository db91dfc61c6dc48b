/* read, write, send, recv and their families. What an open stream gets in the way of a system call is one look into
 * the table. */
#include "calls.h"

#include "control.h"
#include "datagram.h"
#include "passed.h"
#include "real.h"
#include "stream.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

/* Without a reference: a close() meanwhile has the same effect as on a descriptor of the kernel's. */
static bool open_stream(int fd) {
    const struct sock *sock = table_peek(fd);
    return sock && sock->type == SOCK_STREAM
        && atomic_load_explicit(&sock->state, memory_order_acquire) == OPEN;
}

/* A stream's reading has given n: an end, or an error, is looked into. */
static ssize_t received(int fd, ssize_t n, size_t size) {
    if (n > 0 || size == 0 || (n < 0 && errno != ECONNRESET))
        return n;
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return n;
    n = stream_ended(sock, fd, n < 0 ? errno : 0);
    sock_drop(sock);
    return kept(before, n);
}

static ssize_t sent(int fd, ssize_t n, int flags) {
    if (n >= 0 || (errno != EPIPE && errno != ECONNRESET))
        return n;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return n;
    n = stream_broken(sock, fd, errno, (flags & MSG_NOSIGNAL) != 0);
    sock_drop(sock);
    return n;
}

static ssize_t receive(int fd, struct msghdr *message, int flags, bool *ours) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    *ours = sock != NULL;
    if (!sock)
        return -1;
    ssize_t n;
    HOLDING(sock, n = sock->type == SOCK_STREAM ? stream_receive(sock, fd, message, flags)
                                                : datagram_receive(sock, fd, message, flags));
    /* Closed by a way that we do not see, and the number is a file's now. */
    if (n < 0 && errno == ENOTSOCK) {
        table_clear(fd);
        *ours = false;
    }
    return kept(before, n);
}

static ssize_t transmit(int fd, const struct msghdr *message, int flags, bool *ours) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    *ours = sock != NULL;
    if (!sock)
        return -1;
    bool host = false;
    ssize_t n;
    HOLDING(sock, n = sock->type == SOCK_STREAM ? stream_send(sock, fd, message, flags)
                                                : datagram_send(sock, fd, message, flags, &host));
    if (!host && n < 0 && errno == ENOTSOCK) {
        table_clear(fd);
        host = true;
    }
    *ours = !host;
    return kept(before, n);
}

PUBLIC ssize_t read(int fd, void *buffer, size_t size) {
    if (!table_peek(fd) || size == 0)
        return real()->read(fd, buffer, size);
    if (open_stream(fd))
        return received(fd, real()->read(fd, buffer, size), size);
    bool ours;
    struct iovec part = {buffer, size};
    ssize_t n = receive(fd, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0, &ours);
    return ours ? n : real()->read(fd, buffer, size);
}

/* For nothing the kernel asks no socket: it does not wait, nor take or send an empty datagram. */
static bool is_nothing(const struct iovec *parts, int count) {
    while (count > 0 && parts[count - 1].iov_len == 0)
        count--;
    return count == 0;
}

PUBLIC ssize_t readv(int fd, const struct iovec *parts, int count) {
    if (!table_peek(fd) || count < 0 || count > IOV_MAX || is_nothing(parts, count))
        return real()->readv(fd, parts, count);
    bool ours;
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    ssize_t n = receive(fd, &message, 0, &ours);
    return ours ? n : real()->readv(fd, parts, count);
}

PUBLIC ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    bool ours;
    ssize_t n = receive(fd, message, flags, &ours);
    if (ours)
        return n;
    n = real()->recvmsg(fd, message, flags);
    if (n >= 0 && message->msg_controllen)
        passed_in(message);
    return n;
}

PUBLIC ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length) {
    if (!table_peek(fd))
        return real()->recvfrom(fd, buffer, size, flags, address, length);
    if (!address && !(flags & ~(MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL)) && open_stream(fd))
        return received(fd, real()->recvfrom(fd, buffer, size, flags, NULL, NULL), size);
    bool ours;
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = length ? address : NULL,
                             .msg_namelen = address && length ? *length : 0};
    ssize_t n = receive(fd, &message, flags, &ours);
    if (!ours)
        return real()->recvfrom(fd, buffer, size, flags, address, length);
    if (n >= 0 && address && length)
        *length = message.msg_namelen;
    return n;
}

PUBLIC ssize_t recv(int fd, void *buffer, size_t size, int flags) {
    return recvfrom(fd, buffer, size, flags, NULL, NULL);
}

/* How long it is until then; false if it is over. */
static bool is_left(const struct timespec *until, struct timespec *left) {
    clock_gettime(CLOCK_MONOTONIC, left);
    bool less = until->tv_nsec < left->tv_nsec;
    *left = (struct timespec){until->tv_sec - left->tv_sec - less,
                              until->tv_nsec - left->tv_nsec + (less ? SECOND : 0)};
    if (left->tv_sec < 0)
        *left = (struct timespec){0};
    return left->tv_sec || left->tv_nsec;
}

PUBLIC int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) {
    if (!table_peek(fd))
        return real()->recvmmsg(fd, messages, count, flags, timeout);
    struct timespec until = {0};
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= SECOND))
        return result(EINVAL);
    if (timeout) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += timeout->tv_sec + (until.tv_nsec + timeout->tv_nsec) / SECOND;
        until.tv_nsec = (until.tv_nsec + timeout->tv_nsec) % SECOND;
    }
    unsigned done = 0;
    int before = errno;
    while (done < count) {
        /* What has gone wrong behind a datagram is for the next call to tell. */
        const struct sock *sock = done ? table_peek(fd) : NULL;
        if (sock && datagram_fails(sock, fd, flags))
            break;
        ssize_t n = recvmsg(fd, &messages[done].msg_hdr, flags & ~MSG_WAITFORONE);
        if (n < 0)
            break;
        messages[done++].msg_len = (unsigned)n;
        if (flags & MSG_WAITFORONE)
            flags |= MSG_DONTWAIT;
        /* As with the kernel: looked at after each datagram, not while one is waited for. */
        if (timeout && !is_left(&until, timeout))
            break;
    }
    return (int)kept(before, done ? (int)done : count ? -1 : 0);
}

PUBLIC ssize_t write(int fd, const void *buffer, size_t size) {
    if (!table_peek(fd))
        return real()->write(fd, buffer, size);
    /* Sandboxes that let a program write do not always let it send. */
    if (control_is_confined() && open_stream(fd))
        return sent(fd, real()->write(fd, buffer, size), 0);
    if (open_stream(fd)) {
        ssize_t n = real()->sendto(fd, buffer, size, MSG_NOSIGNAL, NULL, 0);
        if (n >= 0 || errno != ENOTSOCK)
            return sent(fd, n, 0);
    }
    bool ours;
    struct iovec part = {(void *)buffer, size};
    ssize_t n = transmit(fd, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0, &ours);
    return ours ? n : real()->write(fd, buffer, size);
}

PUBLIC ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!table_peek(fd) || count < 0 || count > IOV_MAX || is_nothing(parts, count))
        return real()->writev(fd, parts, count);
    bool ours;
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    ssize_t n = transmit(fd, &message, 0, &ours);
    return ours ? n : real()->writev(fd, parts, count);
}

PUBLIC ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    bool ours;
    ssize_t n = transmit(fd, message, flags, &ours);
    if (ours)
        return n;
    if (message && message->msg_controllen)
        passed_out(message);
    return real()->sendmsg(fd, message, flags);
}

PUBLIC ssize_t sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address,
                      socklen_t length) {
    if (!table_peek(fd))
        return real()->sendto(fd, buffer, size, flags, address, length);
    if (!(flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE)) && open_stream(fd))
        return sent(fd, real()->sendto(fd, buffer, size, flags | MSG_NOSIGNAL, NULL, 0), flags);
    bool ours;
    struct iovec part = {(void *)buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = (void *)address, .msg_namelen = length};
    ssize_t n = transmit(fd, &message, flags, &ours);
    return ours ? n : real()->sendto(fd, buffer, size, flags, address, length);
}

PUBLIC ssize_t send(int fd, const void *buffer, size_t size, int flags) {
    return sendto(fd, buffer, size, flags, NULL, 0);
}

PUBLIC int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
    if (!table_peek(fd))
        return real()->sendmmsg(fd, messages, count, flags);
    unsigned done = 0;
    int before = errno;
    while (done < count) {
        ssize_t n = sendmsg(fd, &messages[done].msg_hdr, flags);
        if (n < 0)
            break;
        messages[done++].msg_len = (unsigned)n;
    }
    return (int)kept(before, done ? (int)done : count ? -1 : 0);
}

/* Not-yet-open streams are waited for; 1 if the descriptor may be used, else what to return. */
static ssize_t prepare(int fd, bool writing) {
    struct sock *sock = table_hold(fd);
    if (!sock)
        return 1;
    int ready;
    HOLDING(sock, ready = sock->type != SOCK_STREAM ? result(EINVAL) : atomic_load(&sock->state) == OPEN ? 1
                : stream_ready(sock, fd, 0, writing));
    return ready;
}

/* sendfile and splice know no MSG_NOSIGNAL; a reset must be told before EPIPE is. */
struct silence {
    sigset_t before;
    bool pending;
};

static void silence(struct silence *silence) {
    sigset_t pipe, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    silence->pending = sigismember(&pending, SIGPIPE) != 0;
    pthread_sigmask(SIG_BLOCK, &pipe, &silence->before);
}

static void speak(const struct silence *silence, ssize_t n) {
    int error = errno;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    if (n < 0 && error == EPIPE && !silence->pending)
        sigtimedwait(&pipe, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &silence->before, NULL);
    errno = error;
}

PUBLIC ssize_t sendfile(int out, int in, off_t *offset, size_t size) {
    if (!table_peek(out))
        return real()->sendfile(out, in, offset, size);
    int before = errno;
    ssize_t ready = prepare(out, true);
    if (ready <= 0)
        return ready;
    struct silence quiet;
    silence(&quiet);
    ssize_t n = real()->sendfile(out, in, offset, size);
    speak(&quiet, n);
    return kept(before, sent(out, n, 0));
}

ALSO("sendfile") ssize_t sendfile64(int out, int in, off64_t *offset, size_t size);

PUBLIC ssize_t splice(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    bool reads = table_peek(in) != NULL, writes = table_peek(out) != NULL;
    if (!reads && !writes)
        return real()->splice(in, from, out, to, size, flags);
    int before = errno;
    ssize_t ready = reads ? prepare(in, false) : prepare(out, true);
    if (ready <= 0)
        return ready;
    struct silence quiet;
    silence(&quiet);
    ssize_t n = real()->splice(in, from, out, to, size, flags);
    speak(&quiet, n);
    return kept(before, reads ? received(in, n, size) : sent(out, n, 0));
}

/* With _FORTIFY_SOURCE the C library's headers call these, which check the buffer's size first. */
static void fits(size_t size, size_t room) {
    if (size > room)
        abort();
}

PUBLIC ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room) {
    fits(size, room);
    return read(fd, buffer, size);
}

PUBLIC ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags) {
    fits(size, room);
    return recv(fd, buffer, size, flags);
}

PUBLIC ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, struct sockaddr *address,
                              socklen_t *length) {
    fits(size, room);
    return recvfrom(fd, buffer, size, flags, address, length);
}
