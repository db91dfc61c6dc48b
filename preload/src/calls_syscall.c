/* syscall(): what it names is what the functions of that name do. libuv closes, duplicates and sends with it, vsftpd
 * forks, libseccomp enters a sandbox. */
#include "calls.h"

#include "control.h"
#include "real.h"

#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

/* True if there is a function of ours for it; what it gives goes to `result`. */
static bool transfer(long number, const long a[6], long *result) {
    switch (number) {
    case SYS_read:
        *result = read((int)a[0], (void *)a[1], (size_t)a[2]);
        return true;
    case SYS_readv:
        *result = readv((int)a[0], (const struct iovec *)a[1], (int)a[2]);
        return true;
    case SYS_recvfrom:
        *result = recvfrom((int)a[0], (void *)a[1], (size_t)a[2], (int)a[3], (struct sockaddr *)a[4], (socklen_t *)a[5]);
        return true;
    case SYS_recvmsg:
        *result = recvmsg((int)a[0], (struct msghdr *)a[1], (int)a[2]);
        return true;
    case SYS_recvmmsg:
        *result = recvmmsg((int)a[0], (struct mmsghdr *)a[1], (unsigned)a[2], (int)a[3], (struct timespec *)a[4]);
        return true;
    case SYS_write:
        *result = write((int)a[0], (const void *)a[1], (size_t)a[2]);
        return true;
    case SYS_writev:
        *result = writev((int)a[0], (const struct iovec *)a[1], (int)a[2]);
        return true;
    case SYS_sendto:
        *result = sendto((int)a[0], (const void *)a[1], (size_t)a[2], (int)a[3], (const struct sockaddr *)a[4],
                         (socklen_t)a[5]);
        return true;
    case SYS_sendmsg:
        *result = sendmsg((int)a[0], (const struct msghdr *)a[1], (int)a[2]);
        return true;
    case SYS_sendmmsg:
        *result = sendmmsg((int)a[0], (struct mmsghdr *)a[1], (unsigned)a[2], (int)a[3]);
        return true;
    case SYS_sendfile:
        *result = sendfile((int)a[0], (int)a[1], (off_t *)a[2], (size_t)a[3]);
        return true;
    case SYS_splice:
        *result = splice((int)a[0], (off64_t *)a[1], (int)a[2], (off64_t *)a[3], (size_t)a[4], (unsigned)a[5]);
        return true;
    default:
        return false;
    }
}

static bool establish(long number, const long a[6], long *result) {
    switch (number) {
    case SYS_socket:
        *result = socket((int)a[0], (int)a[1], (int)a[2]);
        return true;
    case SYS_bind:
        *result = bind((int)a[0], (const struct sockaddr *)a[1], (socklen_t)a[2]);
        return true;
    case SYS_listen:
        *result = listen((int)a[0], (int)a[1]);
        return true;
#ifdef SYS_accept
    case SYS_accept:
        *result = accept((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
        return true;
#endif
    case SYS_accept4:
        *result = accept4((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2], (int)a[3]);
        return true;
    case SYS_connect:
        *result = connect((int)a[0], (const struct sockaddr *)a[1], (socklen_t)a[2]);
        return true;
    case SYS_getsockname:
        *result = getsockname((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
        return true;
    case SYS_getpeername:
        *result = getpeername((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
        return true;
    case SYS_getsockopt:
        *result = getsockopt((int)a[0], (int)a[1], (int)a[2], (void *)a[3], (socklen_t *)a[4]);
        return true;
    case SYS_setsockopt:
        *result = setsockopt((int)a[0], (int)a[1], (int)a[2], (const void *)a[3], (socklen_t)a[4]);
        return true;
    case SYS_shutdown:
        *result = shutdown((int)a[0], (int)a[1]);
        return true;
    default:
        return false;
    }
}

static bool descriptor(long number, const long a[6], long *result) {
    switch (number) {
    case SYS_close:
        *result = close((int)a[0]);
        return true;
#ifdef SYS_close_range
    case SYS_close_range:
        *result = close_range((unsigned)a[0], (unsigned)a[1], (int)a[2]);
        return true;
#endif
    case SYS_dup:
        *result = dup((int)a[0]);
        return true;
#ifdef SYS_dup2
    case SYS_dup2:
        *result = dup2((int)a[0], (int)a[1]);
        return true;
#endif
    case SYS_dup3:
        *result = dup3((int)a[0], (int)a[1], (int)a[2]);
        return true;
    case SYS_fcntl:
        *result = fcntl((int)a[0], (int)a[1], a[2]);
        return true;
    case SYS_ioctl:
        *result = ioctl((int)a[0], (unsigned long)a[1], a[2]);
        return true;
    case SYS_epoll_ctl:
        *result = epoll_ctl((int)a[0], (int)a[1], (int)a[2], (struct epoll_event *)a[3]);
        return true;
    default:
        return false;
    }
}

/* True for what makes a process with a memory of its own, as fork() does and vfork() does not. */
static bool forks(long number, const long a[6]) {
    switch (number) {
#ifdef SYS_fork
    case SYS_fork:
        return true;
#endif
    case SYS_clone:
        return !(a[0] & CLONE_VM);
#ifdef SYS_clone3
    case SYS_clone3:
        return a[0] && !(*(const uint64_t *)a[0] & CLONE_VM);
#endif
    default:
        return false;
    }
}

/* Six registers carry what any call takes; what is more than it takes is nothing. */
PUBLIC long syscall(long number, ...) {
    va_list arguments;
    long all[6], result;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        all[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_prctl)
        return prctl((int)all[0], all[1], all[2], all[3], all[4]);
    if (transfer(number, all, &result) || establish(number, all, &result) || descriptor(number, all, &result))
        return result;
    /* Ahead of the call, as in prctl(). */
    if (number == SYS_seccomp)
        control_seccomp((unsigned)all[0], (unsigned)all[1], (const void *)all[2]);
    bool forking = forks(number, all);
    if (forking)
        table_share();
    result = real()->syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]);
    if (forking && result == 0)
        forked_child();
    else if (forking)
        table_share();
    return result;
}
