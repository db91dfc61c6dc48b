/* close, dup, fcntl, ioctl and whatever else makes or ends a descriptor. */
#include "calls.h"

#include "control.h"
#include "datagram.h"
#include "descriptor.h"
#include "inherit.h"
#include "real.h"
#include "stream.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The descriptor is about to be closed, or to refer to something else; `held` references to its socket are the
 * caller's. */
static void leave_held(int fd, int held) {
    control_forget(fd);
    struct sock *sock = table_peek(fd) && !table_is_foreign() ? table_hold(fd) : NULL;
    if (!sock)
        return;
    int cancel;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    /* Besides those, ours and the table's: the last descriptor. */
    bool last = atomic_load(&sock->references) == 2 + held;
    if (last && sock->type == SOCK_STREAM)
        stream_closing(sock, fd);
    else if (last)
        datagram_closing(sock, fd);
    table_clear(fd);
    sock_drop(sock);
    pthread_setcancelstate(cancel, NULL);
}

static void leave(int fd) {
    int before = errno;
    leave_held(fd, 0);
    errno = before;
}

PUBLIC int close(int fd) {
    leave(fd);
    return real()->close(fd);
}

PUBLIC int fclose(FILE *file) {
    int before = errno, fd = file ? fileno(file) : -1;
    errno = before;
    /* What is still buffered is to go out before a reset. */
    if (fd >= 0 && table_peek(fd)) {
        fflush(file);
        leave(fd);
    }
    return real()->fclose(file);
}

/* The C library reads without asking us; the answer to a connect must be gone before. */
PUBLIC FILE *fdopen(int fd, const char *mode) {
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (sock) {
        if (sock->type == SOCK_STREAM)
            stream_settle(sock, fd, !descriptor_nonblocking(fd), -1);
        sock_drop(sock);
        errno = before;
    }
    return real()->fdopen(fd, mode);
}

static bool leave_one(int fd, struct sock *sock, void *context) {
    const unsigned *range = context;
    (void)sock;
    if ((unsigned)fd >= range[0] && (unsigned)fd <= range[1])
        leave_held(fd, 1);
    return true;
}

static void leave_range(unsigned first, unsigned last, unsigned flags) {
    if (first > last || (flags & ~CLOSE_RANGE_UNSHARE) || table_is_foreign())
        return;
    int before = errno;
    control_forget_range(first, last);
    table_each(leave_one, (unsigned[]){first, last});
    errno = before;
}

PUBLIC int close_range(unsigned first, unsigned last, int flags) {
    if (!real()->close_range)
        return result(ENOSYS);
    leave_range(first, last, (unsigned)flags);
    return real()->close_range(first, last, flags);
}

PUBLIC void closefrom(int first) {
    close_range(first < 0 ? 0 : (unsigned)first, ~0U, 0);
}

static int shared_by(struct sock *sock, int new) {
    if (new >= 0 && sock)
        table_put(new, sock);
    else if (sock)
        sock_drop(sock);
    return new;
}

PUBLIC int dup(int fd) {
    return shared_by(table_hold(fd), real()->dup(fd));
}

static int put_over(int old, int new, int flags, bool three) {
    struct sock *sock = table_hold(old);
    bool valid = old != new && (flags & ~O_CLOEXEC) == 0 && real()->fcntl(old, F_GETFD) >= 0;
    if (valid)
        leave(new);
    int made = three ? real()->dup3(old, new, flags) : real()->dup2(old, new);
    if (old == new) {
        if (sock)
            sock_drop(sock);
        return made;
    }
    return shared_by(sock, made);
}

PUBLIC int dup2(int old, int new) {
    return put_over(old, new, 0, false);
}

PUBLIC int dup3(int old, int new, int flags) {
    return put_over(old, new, flags, true);
}

PUBLIC int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int n = real()->fcntl(fd, command, argument);
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? shared_by(table_hold(fd), n) : n;
}

ALSO("fcntl") int fcntl64(int fd, int command, ...);

/* What the daemon has not had acknowledged yet, on top of what it has not read. */
static int unsent(struct sock *sock, int fd, int *octets) {
    char target[64];
    struct answer *answer;
    int here = 0;
    if (atomic_load(&sock->state) == OPEN && sock->type == SOCK_STREAM) {
        if (real()->ioctl(fd, SIOCOUTQ, &here) < 0)
            return errno;
        snprintf(target, sizeof target, "/v1/sockets/%llu/queues", (unsigned long long)sock->id);
        if (control_begin("GET", target, NULL, -1, &answer) == 0)
            here += (int)json_number(answer->text + answer->body, "out", 0);
        control_end();
    }
    *octets = here;
    return 0;
}

/* Requests about the host's interfaces need a socket of the host. */
static int interface_request(unsigned long request, void *argument) {
    int fd = real()->socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int n = real()->ioctl(fd, request, argument), error = errno;
    real()->close(fd);
    errno = error;
    return n;
}

static int control(struct sock *sock, int fd, unsigned long request, void *argument) {
    bool stream = sock->type == SOCK_STREAM;
    enum state state = atomic_load(&sock->state);
    if (stream && state == CONNECTING && stream_settle(sock, fd, false, 0) == 0)
        state = atomic_load(&sock->state);
    switch (request) {
    case FIONREAD:
        if (stream && state == OPEN)
            return real()->ioctl(fd, request, argument);
        if (stream && state == LISTENING)
            return result(EINVAL);
        *(int *)argument = stream ? 0 : datagram_waiting(sock, fd);
        return 0;
    case SIOCOUTQ:
        return stream && state == LISTENING ? result(EINVAL) : result(unsent(sock, fd, argument));
    case SIOCATMARK:
        *(int *)argument = 0;
        return stream ? 0 : result(ENOTTY);
    default:
        return request >= SIOCADDRT && request <= SIOCDEVPRIVATE ? interface_request(request, argument)
                                                                  : real()->ioctl(fd, request, argument);
    }
}

PUBLIC int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int before = errno;
    struct sock *sock = table_hold(fd);
    if (!sock)
        return real()->ioctl(fd, request, argument);
    int n = control(sock, fd, request, argument);
    sock_drop(sock);
    return (int)kept(before, n);
}

PUBLIC int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    int n = real()->epoll_ctl(epoll, operation, fd, event);
    const struct sock *look = n == 0 ? table_peek(fd) : NULL;
    enum state state = look ? atomic_load(&look->state) : OPEN;
    if (state == OPEN || state == LISTENING)
        return n;
    struct sock *sock = table_hold(fd);
    if (sock) {
        descriptor_watched(sock, fd, epoll, operation, event);
        sock_drop(sock);
    }
    return n;
}
