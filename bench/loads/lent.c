/* Echo, discard or chargen as the daemon has them, in a process of its own, on sockets lent by the daemon: descriptors, or
 * shared memory. */
#define _GNU_SOURCE
#include "common.h"
#include "../../preload/include/splnet-ring.h"
#include <sched.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 1 << 18, PIECE = 1 << 16, EVENTS = 64, NAME = 64, RINGS = 1024, TURNS = 16 };
static char octets[MOST];
static struct splnet_ring *rings[RINGS];
static int open_rings;

static int control(const char *path) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(at.sun_path, path, sizeof at.sun_path - 1);
    if (connect(fd, (struct sockaddr *) &at, sizeof at) < 0) {
        die(path);
    }
    return fd;
}

static int listening(const char *path, const char *port, const char *ring) {
    char body[256], request[512], end[4] = {0};
    int fd = control(path);
    snprintf(body, sizeof body, "{\"local\":\"0.0.0.0:%s\",\"backlog\":1024,\"descriptors\":true,\"ring\":%s,"
            "\"options\":{\"TCP_NODELAY\":1,\"SO_REUSEADDR\":1}}", port, ring);
    int length = snprintf(request, sizeof request, "POST /v1/listen HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s",
            strlen(body), body);
    if (write(fd, request, (size_t) length) != length || read(fd, request, 12) != 12 || memcmp(request + 9, "200", 3)) {
        die("listen");
    }
    while (memcmp(end, "\r\n\r\n", sizeof end)) {
        memmove(end, end + 1, sizeof end - 1);
        if (read(fd, end + 3, 1) != 1) {
            die("listen");
        }
    }
    return fd;
}

static int taken(int listener) {
    union {
        char octets[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    char octet, name[NAME];
    struct iovec vector = {&octet, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
        .msg_controllen = sizeof control};
    int fd;
    if (recvmsg(listener, &message, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&message)) {
        return -1;
    }
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return recv(fd, name, sizeof name, MSG_WAITALL) == NAME ? fd : -1;
}

static int serve(int listener, char kind) {
    int epoll = epoll_create1(0);
    watch(epoll, listener, EPOLLIN);
    for (;;) {
        struct epoll_event all[EVENTS];
        int n = epoll_wait(epoll, all, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = all[i].data.fd;
            if (fd == listener) {
                int accepted = taken(listener);
                if (accepted < 0) {
                    return 0;
                }
                watch(epoll, accepted, kind == 'c' ? EPOLLOUT : EPOLLIN);
                continue;
            }
            ssize_t got = kind == 'c' ? send(fd, octets, MOST, MSG_NOSIGNAL) : read(fd, octets, MOST);
            if (got <= 0 || (kind == 'e' && send(fd, octets, (size_t) got, MSG_NOSIGNAL) < 0)) {
                close(fd);
            }
        }
    }
}

/* Takes a connection, unless there are too many. */
static void share(int epoll, int fd) {
    struct splnet_ring *ring = malloc(sizeof *ring);
    if (open_rings == RINGS || splnet_ring_take(ring, fd) < 0) {
        free(ring);
        close(fd);
        return;
    }
    rings[open_rings++] = ring;
    watch(epoll, fd, EPOLLIN);
}

static ssize_t generate(struct splnet_ring *ring) {
    void *at;
    ssize_t n = splnet_ring_room(ring, &at);
    if (n > 0) {
        n = n < PIECE ? n : PIECE;
        memcpy(at, octets, (size_t) n);
        splnet_ring_written(ring, (size_t) n);
    }
    return n;
}

/* What there is is thrown away, or sent back. */
static ssize_t receive(struct splnet_ring *ring, char kind) {
    const void *at;
    ssize_t n = splnet_ring_peek(ring, &at);
    if (n > 0 && kind == 'e' && splnet_ring_send(ring, at, (size_t) n) != n) {
        return 0;
    }
    if (n > 0) {
        splnet_ring_consumed(ring, (size_t) n);
    }
    return n;
}

/* 1 if anything was done, 0 if there was nothing to do, -1 if the connection is over. */
static int turn(struct splnet_ring *ring, char kind) {
    for (int i = 0; i < TURNS; i++) {
        ssize_t n = kind == 'c' ? generate(ring) : receive(ring, kind);
        if (n <= 0) {
            return n < 0 && errno == EAGAIN ? i > 0 : -1;
        }
    }
    return 1;
}

/* All of them, and again for `spin_ns` after the last thing that was done; not for room, as splnet_ring_look says. */
static void turns(char kind, long spin_ns) {
    long last_ns = now_ns();
    do {
        int done = 0;
        for (int i = 0; i < open_rings; i++) {
            int result = turn(rings[i], kind);
            if (result < 0) {
                splnet_ring_close(rings[i]);
                free(rings[i]);
                rings[i--] = rings[--open_rings];
            }
            done |= result > 0;
        }
        if (done) {
            last_ns = now_ns();
        } else if (spin_ns > 0) {
            sched_yield();
        }
    } while (now_ns() - last_ns < spin_ns);
}

static int serve_rings(int listener, char kind, long spin_ns) {
    int epoll = epoll_create1(0);
    watch(epoll, listener, EPOLLIN);
    for (;;) {
        struct epoll_event all[EVENTS];
        int ready = 0;
        for (int i = 0; i < open_rings; i++) {
            ready |= splnet_ring_sleeps(rings[i], kind == 'c' ? POLLOUT : POLLIN);
        }
        int n = epoll_wait(epoll, all, EVENTS, ready ? 0 : -1);
        for (int i = 0; i < n; i++) {
            if (all[i].data.fd == listener) {
                int accepted = taken(listener);
                if (accepted < 0) {
                    return 0;
                }
                share(epoll, accepted);
                continue;
            }
            for (int k = 0; k < open_rings; k++) {
                if (rings[k]->fd == all[i].data.fd) {
                    splnet_ring_woken(rings[k]);
                }
            }
        }
        turns(kind, spin_ns);
    }
}

int main(int count, char **args) {
    if (count < 4 || count > 6) {
        fprintf(stderr, "usage: lent SOCKET PORT echo|discard|chargen [RING-OCTETS [SPIN-US]]\n");
        return 64;
    }
    int listener = listening(args[1], args[2], count > 4 ? args[4] : "0");
    puts("ready");
    fflush(stdout);
    char kind = args[3][0];
    long spin_ns = count > 5 && kind != 'c' ? atol(args[5]) * 1000 : 0;
    return count > 4 ? serve_rings(listener, kind, spin_ns) : serve(listener, kind);
}
