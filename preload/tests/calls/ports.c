#include "calls.h"

#include <pthread.h>
#include <time.h>

/* Of two sockets, which may have one port: by options, by addresses, and by what the first is doing. */

enum { ADDRESS = 1, PORT = 2 };

static int made(int type, int options) {
    int fd = socket(AF_INET, type, 0);
    need(fd >= 0, "socket");
    if (options & ADDRESS)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (options & PORT)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
    return fd;
}

static int bound(int fd, bool any, int port) {
    in name = at(port);
    if (any)
        name.sin_addr.s_addr = INADDR_ANY;
    return bind(fd, (sa *)&name, sizeof name);
}

static void pair(int type, int first, int second, bool any, bool other, bool listens) {
    char what[80];
    int a = made(type, first), b = made(type, second);
    need(bound(a, any, 0) == 0, "bind");
    if (listens)
        need(listen(a, 4) == 0, "listen");
    snprintf(what, sizeof what, "options %d, %d at %s, %s%s", first, second, any ? "any" : "one",
             other ? "any" : "one", listens ? ", listening" : "");
    if (say(what, bound(b, other, port_of(a))) == 0 && type == SOCK_STREAM) {
        say("  the second listens", listen(b, 4));
        if (!listens)
            say("  the first listens", listen(a, 4));
    }
    close(b);
    close(a);
}

static void left_of_a_listener(int first, int second, bool any) {
    int fd = made(SOCK_STREAM, first), next = made(SOCK_STREAM, second);
    need(bound(fd, false, 0) == 0 && listen(fd, 4) == 0, "a listener");
    int port = port_of(fd), one = socket(AF_INET, SOCK_STREAM, 0);
    in to = at(port);
    need(connect(one, (sa *)&to, sizeof to) == 0, "connect");
    int two = accept(fd, NULL, NULL);
    close(fd);
    char what[80];
    snprintf(what, sizeof what, "options %d, %d, a connection is left%s", first, second, any ? ", any" : "");
    if (say(what, bound(next, any, port)) == 0)
        say("  listen", listen(next, 4));
    close(next);
    close(one);
    close(two);
}

/* Whatever one of several listeners gets, together they get all; and the last has it alone. */
static void several(void) {
    enum { MANY = 32 };
    struct pollfd all[3];
    int clients[MANY], port = 0, got = 0;
    for (int i = 0; i < 3; i++) {
        all[i] = (struct pollfd){.fd = made(SOCK_STREAM, PORT), .events = POLLIN};
        say("bind", bound(all[i].fd, false, port));
        say("listen", listen(all[i].fd, MANY));
        port = port_of(all[i].fd);
    }
    in to = at(port);
    for (int i = 0; i < MANY; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        need(connect(clients[i], (sa *)&to, sizeof to) == 0, "connect");
    }
    while (got < MANY && poll(all, 3, 5000) > 0)
        for (int i = 0; i < 3; i++)
            if (all[i].revents & POLLIN) {
                int fd = accept(all[i].fd, NULL, NULL);
                got += fd >= 0;
                close(fd);
            }
    say("connections", got);
    for (int i = 0; i < MANY; i++)
        close(clients[i]);
    close(all[0].fd);
    close(all[2].fd);
    for (int i = 0; i < MANY; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        need(connect(fd, (sa *)&to, sizeof to) == 0, "connect to the one that is left");
        int other = accept(all[1].fd, NULL, NULL);
        need(other >= 0, "accept");
        close(fd);
        close(other);
    }
    close(all[1].fd);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    say("nobody is left", connect(fd, (sa *)&to, sizeof to));
    close(fd);
}

static void datagrams(void) {
    enum { MANY = 32 };
    struct pollfd both[2];
    int port = 0, got = 0;
    for (int i = 0; i < 2; i++) {
        both[i] = (struct pollfd){.fd = made(SOCK_DGRAM, PORT), .events = POLLIN};
        say("bind", bound(both[i].fd, false, port));
        port = port_of(both[i].fd);
    }
    in to = at(port);
    for (int i = 0; i < MANY; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        say("sendto", sendto(fd, "x", 1, 0, (sa *)&to, sizeof to));
        close(fd);
    }
    char octet;
    while (got < MANY && poll(both, 2, 5000) > 0)
        for (int i = 0; i < 2; i++)
            if (both[i].revents & POLLIN)
                got += recv(both[i].fd, &octet, 1, 0) == 1;
    say("datagrams", got);
    close(both[0].fd);
    close(both[1].fd);
}

static void closed(int fd) {
    close(fd);
}

static void in_a_range(int fd) {
    close_range((unsigned)fd, (unsigned)fd, 0);
}

static void shut_and_closed(int fd) {
    shutdown(fd, SHUT_RDWR);
    close(fd);
}

static void reading_shut_and_closed(int fd) {
    shutdown(fd, SHUT_RD);
    close(fd);
}

static void *accepts(void *fd) {
    accept(*(int *)fd, NULL, NULL);
    return NULL;
}

static void *receives(void *fd) {
    char octets[2];
    struct iovec part = {octets, sizeof octets};
    recvmsg(*(int *)fd, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0);
    return NULL;
}

static void cancelled_and_closed(int fd) {
    pthread_t thread;
    int type = 0;
    void *end;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type});
    need(pthread_create(&thread, NULL, type == SOCK_STREAM ? accepts : receives, &fd) == 0, "thread");
    pthread_cancel(thread);
    need(pthread_join(thread, &end) == 0 && end == PTHREAD_CANCELED, "a thread that is cancelled");
    close(fd);
}

/* Whichever way a socket ends, its port is free when it has. */
static void ended(const char *what, int type, void (*end)(int)) {
    int fd = made(type, 0), failed = 0;
    need(bound(fd, false, 0) == 0, "bind");
    int port = port_of(fd);
    for (int i = 0; i < 50; i++) {
        need(type == SOCK_DGRAM || listen(fd, 4) == 0, "listen");
        end(fd);
        fd = made(type, 0);
        for (int j = 0; bound(fd, false, port) != 0; j++) {
            need(j < 1000, "bind");
            failed += j == 0;
            usleep(1000);
        }
    }
    say(what, failed);
    close(fd);
}

static void on_time(int signal) {
    (void)signal;
}

/* Whatever waits is interrupted, a thousand times a second. */
static void ended_under_signals(void) {
    struct sigaction action = {.sa_handler = on_time}, old;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec often = {.it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000};
    timer_t timer;
    sigaction(SIGUSR1, &action, &old);
    need(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer");
    timer_settime(timer, 0, &often, NULL);
    ended("close, under signals", SOCK_STREAM, closed);
    ended("close of datagrams, under signals", SOCK_DGRAM, closed);
    timer_delete(timer);
    sigaction(SIGUSR1, &old, NULL);
}

void ports(void) {
    ended("close_range, ports that were not free", SOCK_STREAM, in_a_range);
    ended_under_signals();
    ended("cancelled in accept", SOCK_STREAM, cancelled_and_closed);
    ended("cancelled in recvmsg", SOCK_DGRAM, cancelled_and_closed);
    ended("shutdown", SOCK_STREAM, shut_and_closed);
    ended("shutdown of reading", SOCK_STREAM, reading_shut_and_closed);
    ended("shutdown of datagrams", SOCK_DGRAM, shut_and_closed);
    ended("shutdown of datagrams' reading", SOCK_DGRAM, reading_shut_and_closed);
    for (int first = 0; first <= (ADDRESS | PORT); first++)
        for (int second = 0; second <= (ADDRESS | PORT); second++) {
            for (int ends = 0; ends < 4; ends++) {
                pair(SOCK_STREAM, first, second, ends & 1, ends & 2, false);
                pair(SOCK_STREAM, first, second, ends & 1, ends & 2, true);
                pair(SOCK_DGRAM, first, second, ends & 1, ends & 2, false);
            }
            left_of_a_listener(first, second, false);
            left_of_a_listener(first, second, true);
        }
    several();
    datagrams();
}
