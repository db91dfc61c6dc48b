/* The services that every contender of `bench/run` has, on the kernel's sockets: echo (port 7, TCP and UDP), discard
 * (9), chargen (19). One thread. */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ECHO = 7, DISCARD = 9, CHARGEN = 19, CHUNK = 1 << 18, EVENTS = 64, DATAGRAMS = 64, MOST = 4096 };
static char octets[CHUNK];
static struct {
    int listening;
    int port;
} about[MOST]; /* by descriptor */

static int bound(const char *host, int type, int port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((in_port_t) port)};
    int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || bind(fd, (struct sockaddr *) &at, sizeof at) < 0) {
        die(host);
    }
    return fd;
}

static void take(int epoll, int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= MOST) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        about[fd].listening = 0;
        about[fd].port = about[listener].port;
        watch(epoll, fd, about[fd].port == CHARGEN ? EPOLLOUT : EPOLLIN);
    }
}

static void serve(int fd) {
    ssize_t got = about[fd].port == CHARGEN ? send(fd, octets, CHUNK, MSG_NOSIGNAL) : read(fd, octets, CHUNK);
    if (got > 0 && about[fd].port == ECHO) {
        got = send(fd, octets, (size_t) got, MSG_NOSIGNAL);
    }
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        close(fd);
    }
}

static void answer(int fd) {
    char datagram[65536];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t got;
    for (int i = 0; i < DATAGRAMS; i++, length = sizeof from) {
        got = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *) &from, &length);
        if (got < 0 || sendto(fd, datagram, (size_t) got, 0, (struct sockaddr *) &from, length) < 0) {
            return;
        }
    }
}

int main(int count, char **args) {
    const int ports[] = {ECHO, DISCARD, CHARGEN};
    int epoll = epoll_create1(0);
    if (count != 2) {
        fprintf(stderr, "usage: serve ADDRESS\n");
        return 64;
    }
    memset(octets, 'x', sizeof octets);
    struct rlimit files = {MOST, MOST};
    setrlimit(RLIMIT_NOFILE, &files);
    for (int i = 0; i < 3; i++) {
        int fd = bound(args[1], SOCK_STREAM, ports[i]);
        about[fd].listening = 1;
        about[fd].port = ports[i];
        cubic(fd);
        if (listen(fd, 4096) < 0) {
            die("listen");
        }
        watch(epoll, fd, EPOLLIN);
    }
    int datagrams = bound(args[1], SOCK_DGRAM, ECHO);
    watch(epoll, datagrams, EPOLLIN);
    for (;;) {
        struct epoll_event all[EVENTS];
        int n = epoll_wait(epoll, all, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = all[i].data.fd;
            if (fd == datagrams) {
                answer(fd);
            } else if (about[fd].listening) {
                take(epoll, fd);
            } else {
                serve(fd);
            }
        }
    }
}
