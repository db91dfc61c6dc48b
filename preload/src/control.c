#include "control.h"

#include "descriptor.h"
#include "real.h"
#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Far above what programs that count their descriptors count on, and below what select() can hold. */
enum { PLACE = 960, AHEAD = 32 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct guard guard;
static int control = -1;
static dev_t device;
static ino_t inode;
static int awaited; /* answers that nobody waits for */
static struct ucred daemon_process;
static bool looked; /* for it, since the daemon has answered on this connection */
static struct answer shared;
static atomic_bool confined;
static atomic_bool denied; /* the last time it was tried */

bool control_is_denied(void) {
    return atomic_load_explicit(&denied, memory_order_relaxed);
}

void control_seccomp(unsigned operation, unsigned flags, const void *filter) {
    /* Flags where there are none, or no filter, are mere questions what there is (libseccomp): EINVAL and EFAULT. */
    bool strict = operation == SECCOMP_SET_MODE_STRICT && !flags && !filter;
    if (strict || (operation == SECCOMP_SET_MODE_FILTER && filter))
        atomic_store(&confined, true);
}

bool control_is_confined(void) {
    return atomic_load_explicit(&confined, memory_order_relaxed);
}

int control_join(int fd) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, rules_path(), sizeof address.sun_path - 1);
    /* While the daemon's backlog is full a descriptor waits until its time limit, or has EAGAIN at once. */
    struct timeval before = {0}, limit = {.tv_sec = PATIENCE / 1000};
    real()->getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &before, &(socklen_t){sizeof before});
    real()->setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int failed;
    for (long until = now() + PATIENCE;;) {
        failed = real()->connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
        if ((failed != EAGAIN && failed != EINTR) || now() >= until)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    real()->setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
    atomic_store(&denied, failed == EACCES || failed == EPERM);
    if (!failed)
        return 0;
    debug("%s: %s", address.sun_path, strerror(failed));
    return ENETDOWN;
}

/* The program may have closed it behind our back, and the number may be a file's by now. */
static bool valid(void) {
    struct stat status;
    return control >= 0 && fstat(control, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

static void give_up(void) {
    if (valid())
        real()->close(control);
    control = -1;
    awaited = 0;
}

static int open_control(void) {
    if (valid())
        return 0;
    control = -1;
    awaited = 0;
    int fd = real()->socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    struct rlimit limit;
    int place = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < PLACE + 32
        ? (int)limit.rlim_cur * 3 / 4 : PLACE;
    int high = real()->fcntl(fd, F_DUPFD_CLOEXEC, place);
    if (high >= 0) {
        real()->close(fd);
        fd = high;
    }
    int failed = control_join(fd);
    if (failed) {
        real()->close(fd);
        return failed;
    }
    struct stat status;
    fstat(fd, &status);
    device = status.st_dev;
    inode = status.st_ino;
    daemon_process = descriptor_peer(fd);
    looked = false;
    control = fd;
    return 0;
}

static int send_all(const char *text, size_t size, int pass) {
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } rights;
    struct iovec part = {(void *)text, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (pass >= 0) {
        message.msg_control = rights.room;
        message.msg_controllen = sizeof rights.room;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof pass);
        memcpy(CMSG_DATA(head), &pass, sizeof pass);
    }
    while (part.iov_len > 0) {
        ssize_t n = real()->sendmsg(control, &message, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return errno;
        if (n < 0)
            continue;
        part.iov_base = (char *)part.iov_base + n;
        part.iov_len -= (size_t)n;
        message.msg_controllen = 0;
    }
    return 0;
}

static int drain(int most) {
    while (awaited > most) {
        int failed = answer_await(control, &shared, PATIENCE);
        if (failed)
            return failed;
        if (shared.error)
            debug("%s: %s", strerror(shared.error), shared.text + shared.body);
        awaited--;
    }
    while (awaited > 0 && answer_take(control, &shared) == 0)
        awaited--;
    return 0;
}

/* Behind a connection is who had called listen() last when it was made. Where a service manager keeps the socket that is
 * the manager, or the daemon before, until the daemon has done so anew, as one that answers has. */
static void look(void) {
    if (looked)
        return;
    looked = true;
    int fd = real()->socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (control_join(fd) == 0)
        daemon_process = descriptor_peer(fd);
    real()->close(fd);
}

/* A daemon that has been started anew has ended the old connection: the second try is with a new one. One that does not
 * answer may yet do what it was asked, and is not asked again. */
static int ask(const char *text, size_t size, int pass, bool wait) {
    int failed = control_is_confined() ? EPERM : 0;
    if (failed)
        return failed;
    for (int i = 0; i < 2; i++) {
        if ((failed = open_control()))
            return failed;
        if (!(failed = drain(AHEAD)) && !(failed = send_all(text, size, pass))) {
            if (!wait) {
                awaited++;
                return 0;
            }
            if (!(failed = drain(0)) && !(failed = answer_await(control, &shared, PATIENCE))) {
                look();
                return 0;
            }
        }
        give_up();
        if (failed == ETIMEDOUT)
            break;
    }
    return failed == EMFILE || failed == ENFILE || failed == ENOMEM ? failed : ENETDOWN;
}

int control_begin(const char *method, const char *target, const char *body, int pass, struct answer **answer) {
    char text[REQUEST];
    size_t size = request_write(text, method, target, NULL, body);
    struct guard mine;
    guard_enter(&mine);
    pthread_mutex_lock(&lock);
    guard = mine;
    int failed = size ? ask(text, size, pass, true) : ENOBUFS;
    *answer = &shared;
    if (failed)
        shared.body = 0, shared.text[0] = 0, shared.status = 0;
    return failed ? failed : shared.error;
}

void control_end(void) {
    struct guard mine = guard;
    pthread_mutex_unlock(&lock);
    guard_leave(&mine);
}

int control_tell(const char *method, const char *target, const char *body) {
    char text[REQUEST];
    size_t size = request_write(text, method, target, NULL, body);
    struct guard mine;
    guard_enter(&mine);
    pthread_mutex_lock(&lock);
    int failed = size ? ask(text, size, -1, false) : ENOBUFS;
    pthread_mutex_unlock(&lock);
    guard_leave(&mine);
    return failed;
}

void control_forget(int fd) {
    /* Without the lock: a mere look, and the number alone says nothing that valid() does not check again. */
    if (fd < 0 || __atomic_load_n(&control, __ATOMIC_RELAXED) != fd || table_is_foreign())
        return;
    struct guard mine;
    guard_enter(&mine);
    pthread_mutex_lock(&lock);
    if (control == fd) {
        drain(0);
        give_up();
    }
    pthread_mutex_unlock(&lock);
    guard_leave(&mine);
}

void control_forget_range(unsigned first, unsigned last) {
    int now = __atomic_load_n(&control, __ATOMIC_RELAXED);
    if (now >= 0 && (unsigned)now >= first && (unsigned)now <= last)
        control_forget(now);
}

void control_forked(void) {
    pthread_mutex_init(&lock, NULL);
    give_up();
}

struct ucred control_daemon(void) {
    return daemon_process;
}
