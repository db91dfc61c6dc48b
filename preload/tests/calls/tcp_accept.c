#include "calls.h"

#include <pthread.h>
#include <sys/resource.h>

static int connected_to(int live) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    in to = at(port_of(live));
    need(connect(fd, (sa *)&to, sizeof to) == 0, "connect");
    return fd;
}

static void names(int live) {
    int fd = connected_to(live);
    in peer, ours, mine;
    socklen_t size = sizeof peer;
    int new = accept(live, (sa *)&peer, &size);
    say("accept", new >= 0);
    say("  size", size);
    size = sizeof ours;
    getsockname(fd, (sa *)&ours, &size);
    say("  the peer is who connected", memcmp(&peer, &ours, 8) == 0);
    getsockname(new, (sa *)&mine, &size);
    getpeername(fd, (sa *)&peer, &size);
    say("  and the other way", memcmp(&peer, &mine, 8) == 0);
    say("  local port", ntohs(mine.sin_port) == port_of(live));
    size = 4;
    memset(&peer, 0xee, sizeof peer);
    say("getpeername, short", getpeername(new, (sa *)&peer, &size));
    say("  size", size);
    say("  beyond", ((unsigned char *)&peer)[4] == 0xee);
    size = (socklen_t)-1;
    say("getpeername, negative", getpeername(new, (sa *)&peer, &size));
    say("  O_NONBLOCK", (fcntl(new, F_GETFL) & O_NONBLOCK) != 0);
    say("  FD_CLOEXEC", (fcntl(new, F_GETFD) & FD_CLOEXEC) != 0);
    close(new);
    close(fd);
}

static void *shut(void *context) {
    usleep(100000);
    shutdown(*(int *)context, SHUT_RDWR);
    return NULL;
}

/* A listener that was shut down listens where it was bound. */
static void anew(void) {
    int live = listener();
    in to = at(port_of(live));
    close(live);
    live = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(live, (sa *)&to, sizeof to) == 0 && listen(live, 5) == 0, "a listener");
    say("shutdown", shutdown(live, SHUT_RD));
    say("listen anew", listen(live, 5));
    int fd = connected_to(live);
    int new = accept(live, NULL, NULL);
    say("  accept", new >= 0);
    close(new);
    close(fd);
    close(live);
}

static void on_alarm(int number) {
    (void)number;
}

/* Signals end, one of which has interrupted what gave the result. */
static long hushed(timer_t timer, long result) {
    int error = errno;
    timer_settime(timer, 0, &(struct itimerspec){0}, NULL);
    errno = error;
    return result;
}

static void interrupted(int live) {
    struct sigaction action = {.sa_handler = on_alarm}, old;
    sigaction(SIGUSR1, &action, &old);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    /* more than once: the first may come before the call */
    struct itimerspec soon = {.it_value.tv_nsec = 50000000, .it_interval.tv_nsec = 50000000};
    need(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer");
    timer_settime(timer, 0, &soon, NULL);
    say("accept, interrupted", hushed(timer, accept(live, NULL, NULL)));
    int fd = connected_to(live), new = accept(live, NULL, NULL);
    char octet;
    timer_settime(timer, 0, &soon, NULL);
    say("recv, interrupted", hushed(timer, recv(fd, &octet, 1, 0)));
    timer_settime(timer, 0, &soon, NULL);
    struct pollfd one = {.fd = fd, .events = POLLIN};
    say("poll, interrupted", hushed(timer, poll(&one, 1, 2000)));
    timer_delete(timer);
    sigaction(SIGUSR1, &old, NULL);
    close(fd);
    close(new);
}

/* With no descriptor left the connection stays where it is. */
static void at_the_limit(int live) {
    int fd = connected_to(live), next = dup(live);
    await(live, POLLIN);
    struct rlimit limit, low;
    need(next >= 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0, "a limit");
    close(next);
    low = (struct rlimit){(rlim_t)next, limit.rlim_max};
    need(setrlimit(RLIMIT_NOFILE, &low) == 0, "setrlimit");
    say("accept, no descriptor left", accept(live, NULL, NULL));
    say("  again", accept(live, NULL, NULL));
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
    say("  still there", await(live, POLLIN) & POLLIN);
    fcntl(live, F_SETFL, O_NONBLOCK);
    int new = accept(live, NULL, NULL);
    fcntl(live, F_SETFL, 0);
    say("accept", new >= 0);
    say("  write", write(fd, "x", 1));
    char octet;
    say("  read", new >= 0 ? read(new, &octet, 1) : -2);
    close(new);
    close(fd);
}

void tcp_accept(void) {
    int live = listener();
    say("listening", await(live, 0));
    int on = -1;
    socklen_t size = sizeof on;
    getsockopt(live, SOL_SOCKET, SO_ACCEPTCONN, &on, &size);
    say("SO_ACCEPTCONN", on);
    names(live);
    int fd = connected_to(live);
    int new = accept4(live, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    say("accept4", new >= 0);
    say("  O_NONBLOCK", (fcntl(new, F_GETFL) & O_NONBLOCK) != 0);
    say("  FD_CLOEXEC", (fcntl(new, F_GETFD) & FD_CLOEXEC) != 0);
    char octet;
    say("  recv", recv(new, &octet, 1, 0));
    close(fd);
    close(new);
    say("accept4, nonsense", accept4(live, NULL, NULL, 1));
    at_the_limit(live);
    interrupted(live);
    struct timeval soon = {.tv_usec = 50000};
    say("SO_RCVTIMEO", setsockopt(live, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    say("accept, out of time", accept(live, NULL, NULL));
    int late = connected_to(live), heir_of = accept(live, NULL, NULL);
    struct timeval inherited = {0};
    getsockopt(heir_of, SOL_SOCKET, SO_RCVTIMEO, &inherited, &(socklen_t){sizeof inherited});
    say("  inherited", inherited.tv_usec == soon.tv_usec && inherited.tv_sec == soon.tv_sec);
    say("  read, out of time", read(heir_of, &inherited, 1));
    close(late);
    close(heir_of);
    fcntl(live, F_SETFL, O_NONBLOCK);
    say("accept, not waiting", accept(live, NULL, NULL));
    int many[20];
    for (int i = 0; i < 16; i++)
        many[i] = connected_to(live);
    int taken = 0;
    for (int i = 0; i < 16; i++) {
        await(live, POLLIN);
        new = accept(live, NULL, NULL);
        taken += new >= 0;
        close(new);
    }
    say("of 16", taken);
    for (int i = 0; i < 16; i++)
        close(many[i]);
    fcntl(live, F_SETFL, 0);
    soon.tv_usec = 0;
    setsockopt(live, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    pthread_t thread;
    pthread_create(&thread, NULL, shut, &live);
    say("accept, shut down meanwhile", accept(live, NULL, NULL));
    pthread_join(thread, NULL);
    say("accept after", accept(live, NULL, NULL));
    close(live);
    anew();
}
