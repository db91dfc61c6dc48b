#include "stream.h"

#include "address.h"
#include "control.h"
#include "descriptor.h"
#include "http.h"
#include "options.h"
#include "passed.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* What is connected or bound here must be a socket to the daemon; sends a request over it, padded if asked for. */
static int request(struct sock *sock, int fd, const char *method, const char *target, const char *headers,
                   const char *body, size_t padding) {
    if (atomic_load(&sock->state) == FRESH) {
        int failed = sock->stale ? descriptor_renew(sock, fd, SOCK_STREAM) : 0;
        if (!failed)
            failed = control_join(fd);
        if (failed)
            return failed;
        sock->stale = true;
    }
    char text[REQUEST];
    size_t size = request_write(text, method, target, headers, body);
    if (!size)
        return ENOBUFS;
    static const char none[65536];
    struct iovec parts[] = {{text, size}, {(void *)none, padding}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = padding ? 2 : 1};
    return real()->sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)(size + padding) ? 0 : ENETDOWN;
}

/* A descriptor is not writable while more than a quarter of its buffer is unread. */
static size_t padding(int fd) {
    int buffer = 0;
    socklen_t size = sizeof buffer;
    real()->getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, &size);
    if (buffer > 212992) {
        buffer = 212992;
        real()->setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){buffer / 2}, sizeof(int));
    }
    return (size_t)buffer / 4 + 1024;
}

static int exchange(struct sock *sock, int fd, const char *target, const char *body, struct answer *answer) {
    int failed = request(sock, fd, "POST", target, NULL, body, 0);
    if (!failed)
        failed = answer_await(fd, answer, PATIENCE);
    if (failed)
        return failed == ENOBUFS ? failed : ENETDOWN;
    return answer->error;
}

int stream_bind(struct sock *sock, int fd, const struct end *end) {
    char text[END_TEXT], options[1024], body[1280];
    struct answer answer;
    end_text(end, text);
    options_json(sock, options, sizeof options);
    snprintf(body, sizeof body, "{\"protocol\":\"tcp\",\"local\":\"%s\",\"options\":%s}", text, options);
    int failed = exchange(sock, fd, "/v1/bind", body, &answer);
    if (failed)
        return failed;
    sock->named = *end;
    sock->local = answer.local.family ? answer.local : *end;
    atomic_store(&sock->state, BOUND);
    return 0;
}

static int begin_listening(struct sock *sock, int fd, int backlog) {
    char options[1024], body[1280], text[END_TEXT], local[END_TEXT + 16] = "";
    struct answer answer;
    options_json(sock, options, sizeof options);
    end_text(&sock->local, text);
    if (atomic_load(&sock->state) == FRESH)
        snprintf(local, sizeof local, "\"local\":\"%s\",", text);
    snprintf(body, sizeof body, "{%s\"backlog\":%d,\"options\":%s,\"descriptors\":true}", local,
             (unsigned)backlog > 65535 ? 65535 : backlog, options);
    int failed = exchange(sock, fd, "/v1/listen", body, &answer);
    if (failed)
        return failed;
    sock->id = answer.id;
    if (answer.local.family)
        sock->local = answer.local;
    return 0;
}

/* Each of the processes that have a socket may call listen(): one of them does it, and leaves the listener's number with
 * the descriptor for the others. */
static int listen_together(struct sock *sock, int fd, int backlog) {
    int failed = 0;
    struct flock turn = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (real()->fcntl(fd, F_SETLKW, &turn) < 0 && errno == EINTR) {
    }
    if (!passed_number(fd, &sock->id) && !(failed = begin_listening(sock, fd, backlog)))
        passed_mark(fd, sock->id);
    turn.l_type = F_UNLCK;
    real()->fcntl(fd, F_SETLK, &turn);
    return failed;
}

/* Without a connection the socket is as new, but for what bind() has named: an address, a port other than 0. */
static void forget_ends(struct sock *sock) {
    sock->remote = (struct end){0};
    sock->local = sock->named;
    sock->bound = sock->named.port != 0;
}

/* AF_UNSPEC: the connection is reset. */
static int dissolve(struct sock *sock, int fd) {
    enum state state = atomic_load(&sock->state);
    if (state == BOUND || (state == FRESH && !sock->stale))
        return 0;
    if (state == LISTENING || (state == OPEN && stream_reset(sock, fd) == 0))
        descriptor_release(fd);
    int failed = descriptor_renew(sock, fd, SOCK_STREAM);
    if (failed)
        return failed;
    forget_ends(sock);
    sock->id = 0;
    sock->acknowledged = false;
    atomic_store(&sock->state, state == INERT ? INERT : FRESH);
    return 0;
}

int stream_listen(struct sock *sock, int fd, int backlog) {
    int failed = 0;
    /* One that was shut down listens anew, where bind() said. */
    if (atomic_load(&sock->state) == LISTENING && sock->read_shut && (failed = dissolve(sock, fd)))
        return failed;
    enum state state = atomic_load(&sock->state);
    if (state == LISTENING)
        return 0;
    if (state == INERT) {
        sock->acknowledged = true;
        /* Listens under a name that nobody has heard: never readable, and accept() waits. */
        struct sockaddr unnamed = {.sa_family = AF_UNIX};
        real()->bind(fd, &unnamed, sizeof unnamed.sa_family);
        return real()->listen(fd, 1) < 0 ? errno : 0;
    }
    if (state != FRESH && state != BOUND)
        return EINVAL;
    failed = sock->shared ? listen_together(sock, fd, backlog) : begin_listening(sock, fd, backlog);
    if (failed)
        return failed;
    sock->read_shut = false;
    atomic_store(&sock->state, LISTENING);
    return 0;
}

static int send_connect(struct sock *sock, int fd, const struct end *end, size_t pad) {
    char target[END_TEXT], options[1024], headers[1280], text[END_TEXT], local[64] = "", padded[48] = "";
    end_text(end, target);
    end_text(&sock->local, text);
    options_json(sock, options, sizeof options);
    if (pad)
        snprintf(padded, sizeof padded, "Splnet-Padding: %zu\r\n", pad);
    /* A reservation ended with an earlier connection, or a connect that failed. */
    if ((sock->local.port || sock->local.address) && atomic_load(&sock->state) == FRESH)
        snprintf(local, sizeof local, "Splnet-Local: %s\r\n", text);
    snprintf(headers, sizeof headers, "Splnet-Options: %s\r\n%s%s", options, local, padded);
    int failed = request(sock, fd, "CONNECT", target, headers, NULL, pad);
    if (failed)
        return failed;
    sock->padded = pad != 0;
    sock->remote = *end;
    sock->acknowledged = sock->asked = sock->write_shut = sock->read_shut = false;
    sock->error = 0;
    atomic_store(&sock->state, CONNECTING);
    return 0;
}

void stream_failed(struct sock *sock, int fd, int error) {
    /* For poll: the descriptor has hung up, whatever the daemon does with its end. */
    real()->shutdown(fd, SHUT_RDWR);
    sock->error = error;
    forget_ends(sock);
    atomic_store(&sock->state, FAILED);
}

/* The descriptor has the program's time limit for reading, or none while connect() waits. The socket is locked. */
static void limit(const struct sock *sock, int fd, bool limited) {
    if (!option_given(sock, SOL_SOCKET, SO_RCVTIMEO))
        return;
    if (limited)
        options_native(sock, fd);
    else
        real()->setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0}, sizeof(struct timeval));
}

/* The locked part: one look. */
static int look(struct sock *sock, int fd) {
    if (atomic_load(&sock->state) != CONNECTING)
        return 0;
    /* For another thread, while one is in await(); or it was left by siglongjmp(). */
    limit(sock, fd, true);
    struct answer answer;
    int failed = answer_take(fd, &answer);
    if (failed == EAGAIN)
        return EINPROGRESS;
    if (failed) {
        stream_failed(sock, fd, ENETDOWN);
    } else if (answer.error) {
        stream_failed(sock, fd, answer.error);
    } else {
        sock->id = answer.id;
        sock->local = answer.local;
        if (answer.remote.family)
            sock->remote = answer.remote;
        sock->nwatches = 0;
        atomic_store(&sock->state, OPEN);
    }
    return 0;
}

struct unlimited {
    struct sock *sock;
    int fd;
};

static void limit_again(struct unlimited *unlimited) {
    struct guard guard;
    sock_lock(unlimited->sock, &guard);
    limit(unlimited->sock, unlimited->fd, true);
    sock_unlock(unlimited->sock, &guard);
}

/* Waits with no time limit, for which a signal is treated as recv() treats it: connect() too is begun again by
 * SA_RESTART, but not where the descriptor has a time limit for reading. The limit is there again behind it also if the
 * thread is cancelled. */
static int await(struct sock *sock, int fd) {
    char octet;
    struct guard guard;
    __attribute__((cleanup(limit_again))) struct unlimited unlimited = {sock, fd};
    sock_lock(sock, &guard);
    limit(sock, fd, false);
    sock_unlock(sock, &guard);
    return real()->recvfrom(fd, &octet, 1, MSG_PEEK, NULL, NULL) < 0 && errno == EINTR ? EINTR : 0;
}

int stream_settle(struct sock *sock, int fd, bool wait, int milliseconds) {
    for (bool partial = false;; partial = true) {
        struct guard guard;
        sock_lock(sock, &guard);
        int failed = look(sock, fd);
        sock_unlock(sock, &guard);
        if (failed != EINPROGRESS)
            return failed;
        /* The daemon has read the padding, so the answer is on its way; a program that has seen the descriptor writable
         * asks for a connection. */
        if (!wait && sock->padded && (descriptor_polled(fd, POLLOUT) & POLLOUT)) {
            wait = true;
            milliseconds = PATIENCE;
        }
        if (!wait)
            return failed;
        if (partial)
            usleep(100);
        if (milliseconds < 0 && !descriptor_nonblocking(fd)) {
            if (await(sock, fd))
                return EINTR;
            continue;
        }
        struct pollfd poll = {.fd = fd, .events = POLLIN};
        int n = real()->poll(&poll, 1, milliseconds);
        if (n < 0 && errno == EINTR)
            return EINTR;
        if (n == 0)
            return ETIMEDOUT;
    }
}

/* What connect() says once the connect is over. */
static int concluded(struct sock *sock) {
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = 0;
    if (atomic_load(&sock->state) == OPEN) {
        sock->acknowledged = true;
    } else {
        failed = sock->error ? sock->error : ECONNABORTED;
        sock->error = 0;
        atomic_store(&sock->state, FRESH);
    }
    sock_unlock(sock, &guard);
    return failed;
}

static int conclude(struct sock *sock, int fd, bool begun) {
    bool wait = !descriptor_nonblocking(fd);
    /* As the kernel: it has sent a SYN and returns. */
    if (begun && !wait)
        return EINPROGRESS;
    int failed = stream_settle(sock, fd, wait, wait ? descriptor_timeout(fd, SO_SNDTIMEO) : 0);
    if (failed == EINPROGRESS)
        return begun ? EINPROGRESS : EALREADY;
    if (failed == ETIMEDOUT)
        return begun ? EINPROGRESS : EALREADY;
    return failed ? failed : concluded(sock);
}

static int begin(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size, bool *host) {
    struct end end;
    enum meaning meaning;
    int failed = address_of_other(sock, address, size, &end, &meaning);
    if (failed)
        return failed;
    enum state state = atomic_load(&sock->state);
    if (meaning == UNSPECIFIED)
        return dissolve(sock, fd);
    if (state == LISTENING || state == OPEN)
        return EISCONN;
    if (state == INERT || meaning == TO_NOWHERE)
        return ENETUNREACH;
    if (meaning == TO_HOST) {
        *host = true;
        return descriptor_to_host(sock, fd);
    }
    bool blocking = !descriptor_nonblocking(fd) && descriptor_timeout(fd, SO_SNDTIMEO) < 0;
    failed = send_connect(sock, fd, &end, blocking ? 0 : padding(fd));
    return failed ? failed : EINPROGRESS;
}

int stream_connect(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size) {
    sa_family_t family = AF_INET;
    if (address && size >= sizeof family)
        memcpy(&family, address, sizeof family);
    bool unspecified = family == AF_UNSPEC;
    enum state state = atomic_load(&sock->state);
    if (!unspecified && state == CONNECTING)
        return conclude(sock, fd, false);
    if (!unspecified && (state == FAILED || (state == OPEN && !sock->acknowledged)))
        return concluded(sock);
    bool host = false;
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = begin(sock, fd, address, size, &host);
    sock_unlock(sock, &guard);
    if (host && !failed)
        return real()->connect(fd, address, size) < 0 ? errno : 0;
    return failed == EINPROGRESS ? conclude(sock, fd, true) : failed;
}
