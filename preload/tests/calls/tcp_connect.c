#include "calls.h"

#include <pthread.h>
#include <time.h>

static int error_of(int fd) {
    int error = -1;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static void fresh(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char octet = 0;
    in name = {0};
    socklen_t size = sizeof name;
    say("fresh poll", await(fd, POLLIN | POLLOUT));
    say("fresh getsockname", getsockname(fd, (sa *)&name, &size));
    say("  family", name.sin_family);
    say("  port", name.sin_port);
    say("  size", size);
    say("fresh getpeername", getpeername(fd, (sa *)&name, &size));
    say("fresh recv", recv(fd, &octet, 1, 0));
    say("fresh read", read(fd, &octet, 1));
    say("fresh send", send(fd, &octet, 1, 0));
    say("fresh send, no signal", send(fd, &octet, 1, MSG_NOSIGNAL));
    say("fresh write", write(fd, &octet, 1));
    say("fresh shutdown", shutdown(fd, SHUT_WR));
    say("fresh shutdown, nonsense", shutdown(fd, 7));
    say("fresh accept", accept(fd, NULL, NULL));
    say("fresh SO_ERROR", error_of(fd));
    say("close", close(fd));
    say("closed: close", close(fd));
    say("closed: recv", recv(fd, &octet, 1, 0));
    say("closed: connect", connect(fd, (sa *)&name, sizeof name));
    say("socket, nonsense", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    say("socket, nonsense type", socket(AF_INET, 77, 0));
}

static void binding(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);
    in any = at(0), wrong = at(0);
    wrong.sin_family = AF_INET6;
    say("bind, short", bind(fd, (sa *)&any, 8));
    say("bind, family", bind(fd, (sa *)&wrong, sizeof wrong));
    say("bind", bind(fd, (sa *)&any, sizeof any));
    say("bind, again", bind(fd, (sa *)&any, sizeof any));
    struct {
        in name;
        char more[sizeof(struct sockaddr_storage)];
    } longer = {.name = any};
    say("bind, long", bind(other, (sa *)&longer, sizeof longer));
    any = at(port_of(fd));
    say("  port is known", any.sin_port != 0);
    say("bind another there", bind(other, (sa *)&any, sizeof any));
    say("listen", listen(fd, 5));
    say("listen, again", listen(fd, 7));
    say("connect a listener", connect(fd, (sa *)&any, sizeof any));
    say("recv of a listener", recv(fd, &any, 1, 0));
    say("bind another there", bind(other, (sa *)&any, sizeof any));
    in far = at(0);
    far.sin_addr.s_addr = htonl(0xc6336401);
    say("bind, not ours", bind(other, (sa *)&far, sizeof far));
    close(fd);
    close(other);
}

static void refused(void) {
    int dead = listener();
    in to = at(port_of(dead));
    close(dead);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char octet;
    say("refused", connect(fd, (sa *)&to, sizeof to));
    say("  SO_ERROR", error_of(fd));
    say("  recv", recv(fd, &octet, 1, 0));
    say("  send", send(fd, "x", 1, 0));
    say("  getpeername", getpeername(fd, (sa *)&to, &(socklen_t){sizeof to}));
    say("refused again", connect(fd, (sa *)&to, sizeof to));
    int alive = listener();
    to = at(port_of(alive));
    say("then connected", connect(fd, (sa *)&to, sizeof to));
    say("  connected again", connect(fd, (sa *)&to, sizeof to));
    say("  send", send(fd, "x", 1, 0));
    say("short address", connect(fd, (sa *)&to, 1));
    close(fd);
    close(alive);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    say("short address", connect(fd, (sa *)&to, 1));
    say("shorter than in", connect(fd, (sa *)&to, 10));
    to.sin_family = AF_UNIX;
    say("family", connect(fd, (sa *)&to, sizeof to));
    close(fd);
}

static void without_waiting(void) {
    int live = listener();
    in to = at(port_of(live));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    char octet;
    say("connect, not waiting", connect(fd, (sa *)&to, sizeof to));
    say("  writable", await(fd, POLLOUT) & (POLLOUT | POLLERR | POLLHUP));
    say("  SO_ERROR", error_of(fd));
    say("  connect again", connect(fd, (sa *)&to, sizeof to));
    say("  connect a third time", connect(fd, (sa *)&to, sizeof to));
    say("  recv", recv(fd, &octet, 1, 0));
    say("  poll", await(fd, POLLIN | POLLOUT));
    int other = accept(live, NULL, NULL);
    say("  send", send(other, "hello", 5, 0));
    say("  readable", await(fd, POLLIN));
    char buffer[16];
    say("  recv", recv(fd, buffer, sizeof buffer, 0));
    close(fd);
    close(other);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    say("connect, data first", connect(fd, (sa *)&to, sizeof to));
    other = accept(live, NULL, NULL);
    send(other, "hello", 5, 0);
    await(fd, POLLOUT);
    ssize_t n;
    /* splnet's descriptor may look readable once more than it is */
    while ((n = await(fd, POLLIN) & POLLIN ? recv(fd, buffer, 5, 0) : 0) < 0 && errno == EAGAIN) {
    }
    say("  recv without SO_ERROR", n);
    close(fd);
    close(other);
    close(live);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    say("refused, not waiting", connect(fd, (sa *)&to, sizeof to));
    await(fd, 0);
    say("  poll", (await(fd, POLLOUT) & (POLLOUT | POLLHUP | POLLIN)));
    say("  SO_ERROR", error_of(fd));
    say("  SO_ERROR again", error_of(fd));
    say("  recv", recv(fd, &octet, 1, 0));
    say("  send", send(fd, "x", 1, 0));
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    say("refused, not waiting", connect(fd, (sa *)&to, sizeof to));
    await(fd, POLLOUT);
    say("  connect again", connect(fd, (sa *)&to, sizeof to));
    say("  and again", connect(fd, (sa *)&to, sizeof to));
    await(fd, POLLOUT);
    say("  send", send(fd, "x", 1, 0));
    say("  send", send(fd, "x", 1, 0));
    close(fd);
}

/* Who waits for either direction is told of writing first, and finds a connection. */
static void established_when_writable(void) {
    int live = listener(), writable = 0, named = 0, well = 0;
    in to = at(port_of(live));
    for (int i = 0; i < 100; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        need(connect(fd, (sa *)&to, sizeof to) < 0 && errno == EINPROGRESS, "connect");
        writable += (await(fd, POLLIN | POLLOUT) & POLLOUT) != 0;
        named += getpeername(fd, (sa *)&(in){0}, &(socklen_t){sizeof(in)}) == 0;
        well += error_of(fd) == 0;
        close(fd);
        close(accept(live, NULL, NULL));
    }
    say("writable", writable);
    say("  with a peer", named);
    say("  without an error", well);
    close(live);
}

/* A call that succeeds leaves errno as it was. */
#define QUIETLY(what, call) \
    do { \
        errno = 0; \
        long given = call; \
        int changed = errno; \
        say(what, given); \
        say("  errno", given < 0 ? 0 : changed); \
    } while (0)

static void errno_left_alone(void) {
    int live = listener(), one = 1, error = 0, kind = SOCK_STREAM | SOCK_NONBLOCK, next;
    in to = at(port_of(live)), name;
    char buffer[16];
    for (int i = 0; i < 2; i++, kind = SOCK_STREAM) {
        int fd = socket(AF_INET, kind, 0);
        say("connect", connect(fd, (sa *)&to, sizeof to));
        QUIETLY("SO_ERROR, perhaps under way", getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error}));
        await(fd, POLLOUT);
        QUIETLY("SO_ERROR", getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error}));
        QUIETLY("getpeername", getpeername(fd, (sa *)&name, &(socklen_t){sizeof name}));
        QUIETLY("TCP_NODELAY", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
        QUIETLY("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, buffer, &(socklen_t){1}));
        await(live, POLLIN);
        QUIETLY("accept", (next = accept(live, NULL, NULL)) >= 0 ? 0 : -1);
        QUIETLY("write", write(fd, "x", 1));
        QUIETLY("read", read(next, buffer, 1));
        QUIETLY("TIOCOUTQ", ioctl(next, TIOCOUTQ, &error));
        QUIETLY("shutdown", shutdown(fd, SHUT_WR));
        QUIETLY("end", read(next, buffer, 1));
        QUIETLY("close", close(next));
        await(fd, POLLIN);
        QUIETLY("end", recv(fd, buffer, 1, 0));
        QUIETLY("close", close(fd));
    }
    int fd = socket(AF_INET, SOCK_DGRAM, 0), other = socket(AF_INET, SOCK_DGRAM, 0);
    to = at(0);
    QUIETLY("bind", bind(other, (sa *)&to, sizeof to));
    QUIETLY("listen", listen(live, 7));
    to = at(port_of(other));
    QUIETLY("connect", connect(fd, (sa *)&to, sizeof to));
    QUIETLY("send", send(fd, "x", 1, 0));
    QUIETLY("recv", recv(other, buffer, 1, 0));
    struct iovec part = {buffer, 1};
    struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
    send(fd, "x", 1, 0);
    await(other, POLLIN);
    QUIETLY("recvmmsg", recvmmsg(other, two, 2, MSG_DONTWAIT, NULL));
    QUIETLY("close", close(fd));
    close(other);
    close(live);
}

static void watched(void) {
    int live = listener(), epoll = epoll_create1(0);
    in to = at(port_of(live));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u64 = 77}, got = {0};
    say("epoll before connect", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    epoll_wait(epoll, &got, 1, 100);
    say("connect", connect(fd, (sa *)&to, sizeof to));
    int other = accept(live, NULL, NULL);
    bool out = false;
    for (int i = 0; i < 50 && !out; i++)
        out = epoll_wait(epoll, &got, 1, 100) == 1 && (got.events & EPOLLOUT) && got.data.u64 == 77;
    say("  told of writing", out);
    say("  SO_ERROR", error_of(fd));
    send(other, "x", 1, 0);
    bool in_told = false;
    for (int i = 0; i < 50 && !in_told; i++)
        in_told = epoll_wait(epoll, &got, 1, 100) == 1 && (got.events & EPOLLIN);
    char octet;
    say("  told of reading", in_told && recv(fd, &octet, 1, 0) == 1);
    close(other);
    close(fd);
    close(live);
    close(epoll);
}

static void on_time(int signal) {
    (void)signal;
}

/* A connect() that waits is begun again behind a signal, whatever the time limit of reading is. */
static void restarted(void) {
    int live = listener(), failed = 0, lost = 0;
    in to = at(port_of(live));
    struct sigaction action = {.sa_handler = on_time, .sa_flags = SA_RESTART}, old;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec often = {.it_value.tv_nsec = 50000, .it_interval.tv_nsec = 50000};
    timer_t timer;
    sigaction(SIGUSR1, &action, &old);
    need(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer");
    timer_settime(timer, 0, &often, NULL);
    for (int i = 0; i < 50; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct timeval limit = {60, 0}, still = {0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        failed += connect(fd, (sa *)&to, sizeof to) != 0;
        getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &still, &(socklen_t){sizeof still});
        lost += still.tv_sec != limit.tv_sec;
        close(fd);
        close(accept(live, NULL, NULL));
    }
    timer_delete(timer);
    sigaction(SIGUSR1, &old, NULL);
    say("connects under signals, interrupted", failed);
    say("  time limits lost", lost);
    close(live);
}

struct connects {
    int fd;
    in to;
    bool cancelled; /* before it calls connect() */
};

static void *connects(void *context) {
    const struct connects *connects = context;
    if (connects->cancelled)
        pthread_cancel(pthread_self());
    connect(connects->fd, (sa *)&connects->to, sizeof connects->to);
    return NULL;
}

/* Whoever is cancelled in connect(), or before, leaves the time limit as it is. */
static void cancelled(const in *to, bool before) {
    struct timeval limit = {60, 0};
    struct tcp_info info = {0};
    struct connects context = {socket(AF_INET, SOCK_STREAM, 0), *to, before};
    pthread_t thread;
    void *end;
    setsockopt(context.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    need(pthread_create(&thread, NULL, connects, &context) == 0, "thread");
    while (!before && info.tcpi_state != TCP_SYN_SENT)
        getsockopt(context.fd, IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof info});
    pthread_cancel(thread);
    say("cancelled", pthread_join(thread, &end) == 0 && end == PTHREAD_CANCELED);
    limit.tv_sec = 0;
    getsockopt(context.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &(socklen_t){sizeof limit});
    say("  seconds", limit.tv_sec);
    close(context.fd);
}

/* Whichever half is shut ends a connect under way. */
static void unanswered(const in *to) {
    struct timeval soon = {.tv_usec = 50000};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char octet;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
    say("connect, out of time", connect(fd, (const sa *)to, sizeof *to));
    say("  again", connect(fd, (const sa *)to, sizeof *to));
    say("  shutdown", shutdown(fd, SHUT_WR));
    say("  recv", recv(fd, &octet, 1, 0));
    say("  send", send(fd, &octet, 1, MSG_NOSIGNAL));
    say("  SO_ERROR", error_of(fd));
    say("  recv", recv(fd, &octet, 1, 0));
    say("  connect anew", connect(fd, (const sa *)to, sizeof *to));
    say("  shutdown", shutdown(fd, SHUT_RD));
    say("  connect anew, nothing heard", connect(fd, (const sa *)to, sizeof *to));
    say("  again", connect(fd, (const sa *)to, sizeof *to));
    say("  SO_ERROR", error_of(fd));
    say("  shutdown", shutdown(fd, SHUT_RDWR));
    say("  shutdown", shutdown(fd, SHUT_RDWR));
    say("  send", send(fd, &octet, 1, MSG_NOSIGNAL));
    say("  send", send(fd, &octet, 1, MSG_NOSIGNAL));
    say("  listen", listen(fd, 1));
    close(fd);
}

/* Where there is an address that nobody has: on the loopback there is none. */
static void under_way(void) {
    int live = listener();
    in to = at(port_of(live));
    cancelled(&to, true);
    close(live);
    if (!getenv("CALLS_NOBODY"))
        return;
    inet_pton(AF_INET, getenv("CALLS_NOBODY"), &to.sin_addr);
    unanswered(&to);
    cancelled(&to, false);
}

static const sa NONE = {.sa_family = AF_UNSPEC};

/* AF_UNSPEC ends a connection or a listener, and leaves the port that bind() has named. */
static void dissolved(bool any) {
    int live = listener(), second = listener(), third = listener(), fd = socket(AF_INET, SOCK_STREAM, 0);
    int port = port_of(third);
    in to = at(port_of(live)), name = at(port), peer = {0};
    char octet;
    close(third);
    printf("dissolved, bound to %s\n", any ? "any" : "one");
    say("fresh", connect(fd, &NONE, sizeof NONE));
    if (any)
        name.sin_addr.s_addr = INADDR_ANY;
    say("bind", bind(fd, (sa *)&name, sizeof name));
    say("bound", connect(fd, &NONE, sizeof NONE));
    say("  the port", port_of(fd) == port);
    say("  bind again", bind(fd, (sa *)&name, sizeof name));
    say("  connect", connect(fd, (sa *)&to, sizeof to));
    int other = accept(live, (sa *)&peer, &(socklen_t){sizeof peer});
    say("  the port", ntohs(peer.sin_port) == port);
    say("connected", connect(fd, &NONE, sizeof NONE));
    say("  read there", read(other, &octet, 1));
    getsockname(fd, (sa *)&name, &(socklen_t){sizeof name});
    say("  the port", ntohs(name.sin_port) == port);
    say("  any address", name.sin_addr.s_addr == INADDR_ANY);
    say("  getpeername", getpeername(fd, (sa *)&name, &(socklen_t){sizeof name}));
    say("  bind again", bind(fd, (sa *)&name, sizeof name));
    to = at(port_of(second));
    say("  connect", connect(fd, (sa *)&to, sizeof to));
    close(other);
    other = accept(second, (sa *)&peer, &(socklen_t){sizeof peer});
    say("  the port", ntohs(peer.sin_port) == port);
    say("connected again", connect(fd, &NONE, sizeof NONE));
    say("  listen", listen(fd, 3));
    say("listening", connect(fd, &NONE, sizeof NONE));
    say("  the port", port_of(fd) == port);
    say("  accept", accept(fd, NULL, NULL));
    say("  listen", listen(fd, 3));
    to = at(port);
    close(other);
    other = socket(AF_INET, SOCK_STREAM, 0);
    say("  connect", connect(other, (sa *)&to, sizeof to));
    close(other);
    close(fd);
    close(live);
    close(second);
}

/* A port that the stack has chosen goes with the connection, whichever way that ends. */
static void dissolved_unnamed(bool any, bool refused_first) {
    int live = listener(), dead = listener(), fd = socket(AF_INET, SOCK_STREAM, 0);
    int next = socket(AF_INET, SOCK_STREAM, 0);
    in to = at(port_of(live)), nobody = at(port_of(dead)), name = at(0);
    close(dead);
    printf("dissolved, bound to %s, port 0\n", any ? "any" : "one");
    if (any)
        name.sin_addr.s_addr = INADDR_ANY;
    say("bind", bind(fd, (sa *)&name, sizeof name));
    int port = port_of(fd);
    say("bound", connect(fd, &NONE, sizeof NONE));
    say("  bind again", bind(fd, (sa *)&name, sizeof name));
    if (refused_first) {
        say("  refused", connect(fd, (sa *)&nobody, sizeof nobody));
    } else {
        say("  connect", connect(fd, (sa *)&to, sizeof to));
        close(accept(live, NULL, NULL));
        say("connected", connect(fd, &NONE, sizeof NONE));
    }
    name = at(port);
    say("  another there", bind(next, (sa *)&name, sizeof name));
    say("  it listens", listen(next, 1));
    say("  connect", connect(fd, (sa *)&to, sizeof to));
    say("dissolve", connect(fd, &NONE, sizeof NONE));
    name = at(0);
    say("  bind again", bind(fd, (sa *)&name, sizeof name));
    say("  and again", bind(fd, (sa *)&name, sizeof name));
    close(next);
    close(fd);
    close(live);
}

void tcp_connect(void) {
    fresh();
    binding();
    refused();
    restarted();
    under_way();
    dissolved(false);
    dissolved(true);
    for (int i = 0; i < 4; i++)
        dissolved_unnamed(i & 1, i & 2);
    without_waiting();
    established_when_writable();
    errno_left_alone();
    watched();
}
