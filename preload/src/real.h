/* The C library's own functions, behind ours. */
#ifndef SPLNET_REAL_H
#define SPLNET_REAL_H

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#define REAL_CALLS(X) \
    X(int, socket, (int, int, int)) \
    X(int, bind, (int, const struct sockaddr *, socklen_t)) \
    X(int, listen, (int, int)) \
    X(int, accept4, (int, struct sockaddr *, socklen_t *, int)) \
    X(int, connect, (int, const struct sockaddr *, socklen_t)) \
    X(int, getsockname, (int, struct sockaddr *, socklen_t *)) \
    X(int, getpeername, (int, struct sockaddr *, socklen_t *)) \
    X(int, getsockopt, (int, int, int, void *, socklen_t *)) \
    X(int, setsockopt, (int, int, int, const void *, socklen_t)) \
    X(int, shutdown, (int, int)) \
    X(ssize_t, sendto, (int, const void *, size_t, int, const struct sockaddr *, socklen_t)) \
    X(ssize_t, sendmsg, (int, const struct msghdr *, int)) \
    X(int, sendmmsg, (int, struct mmsghdr *, unsigned int, int)) \
    X(ssize_t, recvfrom, (int, void *, size_t, int, struct sockaddr *, socklen_t *)) \
    X(ssize_t, recvmsg, (int, struct msghdr *, int)) \
    X(int, recvmmsg, (int, struct mmsghdr *, unsigned int, int, struct timespec *)) \
    X(ssize_t, read, (int, void *, size_t)) \
    X(ssize_t, write, (int, const void *, size_t)) \
    X(ssize_t, readv, (int, const struct iovec *, int)) \
    X(ssize_t, writev, (int, const struct iovec *, int)) \
    X(ssize_t, sendfile, (int, int, off_t *, size_t)) \
    X(ssize_t, splice, (int, off64_t *, int, off64_t *, size_t, unsigned int)) \
    X(int, close, (int)) \
    X(int, fclose, (FILE *)) \
    X(FILE *, fdopen, (int, const char *)) \
    X(long, syscall, (long, ...)) \
    X(int, close_range, (unsigned int, unsigned int, int)) \
    X(int, dup, (int)) \
    X(int, dup3, (int, int, int)) \
    X(int, dup2, (int, int)) \
    X(int, fcntl, (int, int, ...)) \
    X(int, ioctl, (int, unsigned long, ...)) \
    X(int, poll, (struct pollfd *, nfds_t, int)) \
    X(int, prctl, (int, ...)) \
    X(pid_t, _Fork, (void)) \
    X(int, clone, (int (*)(void *), void *, int, void *, ...)) \
    X(int, epoll_ctl, (int, int, int, struct epoll_event *)) \
    X(int, execve, (const char *, char *const[], char *const[])) \
    X(int, execvpe, (const char *, char *const[], char *const[])) \
    X(int, fexecve, (int, char *const[], char *const[])) \
    X(int, execveat, (int, const char *, char *const[], char *const[], int)) \
    X(int, posix_spawn, (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, \
                         char *const[], char *const[])) \
    X(int, posix_spawnp, (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, \
                          char *const[], char *const[]))

struct real {
#define X(type, name, args) type(*name) args;
    REAL_CALLS(X)
#undef X
};

extern struct real real_calls;
extern int real_ready;

/* Looks all of them up; a function that this C library lacks stays NULL. */
void real_find(void);

/* Constructors of other libraries may call us before our own constructor has run. */
static inline const struct real *real(void) {
    if (__builtin_expect(!real_ready, 0))
        real_find();
    return &real_calls;
}

#endif
