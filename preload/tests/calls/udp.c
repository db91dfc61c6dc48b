#include "calls.h"

#include <pthread.h>
#include <sys/syscall.h>

static int made(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    need(bind(fd, (sa *)&any, sizeof any) == 0, "bind");
    struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static void plain(void) {
    int a = made(), b = made(), waiting = -1;
    in to = at(port_of(b)), from = {0};
    socklen_t size = sizeof from;
    char buffer[3000];
    say("sendto", sendto(a, "hello", 5, 0, (sa *)&to, sizeof to));
    await(b, POLLIN);
    say("FIONREAD", ioctl(b, FIONREAD, &waiting));
    say("  octets", waiting);
    say("peek", recv(b, buffer, 3, MSG_PEEK));
    say("peek the length", recv(b, buffer, 3, MSG_PEEK | MSG_TRUNC));
    say("recvfrom", recvfrom(b, buffer, sizeof buffer, 0, (sa *)&from, &size));
    say("  size", size);
    say("  from", ntohs(from.sin_port) == port_of(a) && from.sin_addr.s_addr == to.sin_addr.s_addr);
    say("nothing there", recv(b, buffer, 3, MSG_DONTWAIT));
    say("empty", sendto(a, "", 0, 0, (sa *)&to, sizeof to));
    say("  recv", recv(b, buffer, 3, 0));
    memset(buffer, 'l', sizeof buffer);
    say("long", sendto(a, buffer, sizeof buffer, 0, (sa *)&to, sizeof to));
    struct iovec part = {buffer, 10};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = &from, .msg_namelen = sizeof from};
    say("  recvmsg", recvmsg(b, &message, 0));
    say("  flags", message.msg_flags);
    say("  name", message.msg_namelen);
    static char huge[70000];
    say("65507", sendto(a, huge, 65507, 0, (sa *)&to, sizeof to));
    say("  recv", recv(b, huge, sizeof huge, 0));
    say("65508", sendto(a, huge, 65508, 0, (sa *)&to, sizeof to));
    say("no destination", send(a, "x", 1, 0));
    to.sin_port = 0;
    say("port 0", sendto(a, "x", 1, 0, (sa *)&to, sizeof to));
    say("listen", listen(a, 1));
    say("accept", accept(a, NULL, NULL));
    say("bind again", bind(a, (sa *)&to, sizeof to));
    say("getpeername", getpeername(a, (sa *)&from, &size));
    say("shutdown", shutdown(a, SHUT_WR));
    say("MSG_OOB", send(a, "x", 1, MSG_OOB));
    close(a);
    close(b);
}

static void with_peer(void) {
    int a = socket(AF_INET, SOCK_DGRAM, 0), b = made(), c = made();
    in to = at(port_of(b)), name = {0};
    socklen_t size = sizeof name;
    char buffer[16];
    say("connect", connect(a, (sa *)&to, sizeof to));
    say("  bound", port_of(a) != 0);
    say("  getpeername", getpeername(a, (sa *)&name, &size));
    say("  port", name.sin_port == to.sin_port);
    say("send", send(a, "one", 3, 0));
    say("write", write(a, "four", 4));
    struct iovec part = {"elsewhere", 9};
    in other = at(port_of(c));
    struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = &other,
                                          .msg_namelen = sizeof other}}};
    say("sendmmsg", sendmmsg(a, two, 2, 0));
    say("  of", two[1].msg_len);
    say("read", read(b, buffer, 16));
    say("read", read(b, buffer, 16));
    say("read", read(b, buffer, 16));
    say("read elsewhere", read(c, buffer, 16));
    in back = at(port_of(a));
    sendto(b, "x", 1, 0, (sa *)&back, sizeof back);
    sendto(b, "yz", 2, 0, (sa *)&back, sizeof back);
    char octets[2][4];
    struct iovec into[2] = {{octets[0], 4}, {octets[1], 4}};
    struct mmsghdr got[2] = {{.msg_hdr = {.msg_iov = &into[0], .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &into[1], .msg_iovlen = 1}}};
    say("recvmmsg", recvmmsg(a, got, 2, 0, NULL));
    say("  of", got[0].msg_len);
    say("  and", got[1].msg_len);
    sa none = {.sa_family = AF_UNSPEC};
    say("connect AF_UNSPEC", connect(a, &none, sizeof none));
    say("  send", send(a, "x", 1, 0));
    say("  getpeername", getpeername(a, (sa *)&name, &size));
    int dead = port_of(c);
    close(c);
    other = at(dead);
    say("connect where nobody is", connect(a, (sa *)&other, sizeof other));
    say("  send", send(a, "x", 1, 0));
    await(a, POLLIN);
    say("  recv", recv(a, buffer, 1, MSG_DONTWAIT));
    say("  recv again", recv(a, buffer, 1, MSG_DONTWAIT));
    say("  send", send(a, "x", 1, 0));
    await(a, POLLIN);
    usleep(50000);
    say("  send, told", send(a, "x", 1, 0));
    await(a, POLLIN);
    int error = -1;
    size = sizeof error;
    usleep(50000);
    getsockopt(a, SOL_SOCKET, SO_ERROR, &error, &size);
    say("  SO_ERROR", error);
    say("shutdown", shutdown(a, SHUT_WR));
    say("  send", send(a, "x", 1, 0));
    close(a);
    close(b);
}

struct several {
    int fd, got;
    _Atomic char octets[3];
};

static void *receive_three(void *context) {
    struct several *several = context;
    struct iovec into[3] = {{(char *)&several->octets[0], 1}, {(char *)&several->octets[1], 1},
                            {(char *)&several->octets[2], 1}};
    struct mmsghdr got[3] = {{.msg_hdr = {.msg_iov = &into[0], .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &into[1], .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &into[2], .msg_iovlen = 1}}};
    several->got = recvmmsg(several->fd, got, 3, 0, NULL);
    return NULL;
}

/* An error that comes while a third datagram is waited for is told by the next call. */
static void error_behind_datagrams(void) {
    struct several several = {.fd = made()};
    int fd = several.fd, other = made();
    char octet;
    in here = at(port_of(fd)), there = at(port_of(other));
    say("connect", connect(fd, (sa *)&there, sizeof there));
    sendto(other, "x", 1, 0, (sa *)&here, sizeof here);
    sendto(other, "y", 1, 0, (sa *)&here, sizeof here);
    pthread_t thread;
    need(pthread_create(&thread, NULL, receive_three, &several) == 0, "thread");
    /* An error goes ahead of what has not come yet. */
    for (int i = 0; several.octets[1] != 'y' && i < 5000; i++)
        usleep(1000);
    say("taken", several.octets[0] == 'x' && several.octets[1] == 'y');
    close(other);
    say("send", send(fd, "z", 1, 0));
    pthread_join(thread, NULL);
    say("recvmmsg", several.got);
    say("  ready", await(fd, POLLIN) != 0);
    say("  recv", recv(fd, &octet, 1, MSG_DONTWAIT));
    close(fd);
}

static void packet_information(void) {
    int a = made(), b = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
    in any = {.sin_family = AF_INET};
    say("bind to any", bind(b, (sa *)&any, sizeof any));
    say("IP_PKTINFO", setsockopt(b, IPPROTO_IP, IP_PKTINFO, &one, sizeof one));
    in to = at(port_of(b)), from;
    sendto(a, "x", 1, 0, (sa *)&to, sizeof to);
    char octet, control[256];
    struct iovec part = {&octet, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = &from, .msg_namelen = sizeof from,
                             .msg_control = control, .msg_controllen = sizeof control};
    await(b, POLLIN);
    say("recvmsg", recvmsg(b, &message, 0));
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    say("  level", head ? head->cmsg_level : -2);
    say("  type", head ? head->cmsg_type : -2);
    say("  address", head && ((struct in_pktinfo *)(void *)CMSG_DATA(head))->ipi_addr.s_addr == to.sin_addr.s_addr);
    message.msg_controllen = 0;
    message.msg_control = NULL;
    say("answer", sendmsg(b, &message, 0));
    say("  came", recv(a, &octet, 1, 0));
    close(a);
    close(b);
}

/* What asks for nothing takes no datagram, and sends none. */
static void nothing(void) {
    int a = made(), b = made();
    in to = at(port_of(b));
    char octet;
    struct iovec none[] = {{&octet, 0}, {NULL, 0}};
    need(connect(a, (sa *)&to, sizeof to) == 0, "connect");
    say("writev 0", writev(a, none, 2));
    say("writev, no parts", writev(a, none, 0));
    say("write 1", write(a, "x", 1));
    await(b, POLLIN);
    say("read 0", read(b, &octet, 0));
    say("readv 0", readv(b, none, 2));
    say("readv, no parts", readv(b, none, 0));
    say("read 1", read(b, &octet, 1));
    close(a);
    close(b);
}

static void timed(void) {
    int a = made(), b = made();
    in to = at(port_of(b));
    char octet;
    struct iovec part = {&octet, 1};
    struct mmsghdr one = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    struct timespec bad[] = {{0, 1000000000}, {0, -1}, {-1, 0}}, patience = {5, 0};
    need(sendto(a, "x", 1, 0, (sa *)&to, sizeof to) == 1, "sendto");
    await(b, POLLIN);
    for (int i = 0; i < 3; i++)
        say("recvmmsg, no time", recvmmsg(b, &one, 1, 0, &bad[i]));
    say("recvmmsg, five seconds", recvmmsg(b, &one, 1, 0, &patience));
    say("  less are left", patience.tv_sec == 4 && patience.tv_nsec > 0);
    close(a);
    close(b);
}

/* Signals are asked for before it has a port, and tell of the number that it has. */
static void with_signals(void) {
    int a = made(), b = socket(AF_INET, SOCK_DGRAM, 0);
    in to = at(0);
    sigset_t signals;
    siginfo_t told = {0};
    sigemptyset(&signals);
    sigaddset(&signals, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    say("F_SETOWN", fcntl(b, F_SETOWN, getpid()));
    say("F_SETSIG", fcntl(b, F_SETSIG, SIGRTMIN));
    say("O_ASYNC", fcntl(b, F_SETFL, O_ASYNC | O_NONBLOCK));
    say("bind", bind(b, (sa *)&to, sizeof to));
    say("  flags", fcntl(b, F_GETFL));
    say("  owner", fcntl(b, F_GETOWN) == getpid());
    to = at(port_of(b));
    need(sendto(a, "x", 1, 0, (sa *)&to, sizeof to) == 1, "sendto");
    while (told.si_code != POLL_IN && sigtimedwait(&signals, &told, &(struct timespec){5, 0}) > 0) {
    }
    say("  told", told.si_code == POLL_IN);
    say("  of it", told.si_fd == b);
    close(a);
    close(b);
}

/* Registered by a duplicate, and by that known also once it has a port. */
static void registered(void) {
    int a = made(), b = socket(AF_INET, SOCK_DGRAM, 0), copy = dup(b), epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, got = {0};
    in to = at(0);
    say("EPOLL_CTL_ADD", epoll_ctl(epoll, EPOLL_CTL_ADD, copy, &event));
    say("  it as well", epoll_ctl(epoll, EPOLL_CTL_ADD, b, &event));
    say("bind", bind(b, (sa *)&to, sizeof to));
    to = at(port_of(b));
    need(sendto(a, "x", 1, 0, (sa *)&to, sizeof to) == 1, "sendto");
    await(b, POLLIN);
    say("epoll_wait", epoll_wait(epoll, (struct epoll_event[2]){0}, 2, 0));
    say("EPOLL_CTL_MOD", epoll_ctl(epoll, EPOLL_CTL_MOD, copy, &event));
    say("EPOLL_CTL_DEL", epoll_ctl(epoll, EPOLL_CTL_DEL, copy, NULL));
    say("epoll_wait", epoll_wait(epoll, &got, 1, 0));
    close(epoll);
    close(copy);
    close(a);
    close(b);
}

/* With the size of each datagram, in so many octets, beside what is sent. */
static long send_cut(int fd, const in *to, size_t size, uint16_t segment, size_t octets) {
    static char buffer[1000];
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = (void *)to, .msg_namelen = sizeof *to,
                             .msg_control = control, .msg_controllen = CMSG_SPACE(octets)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = IPPROTO_UDP;
    head->cmsg_type = UDP_SEGMENT;
    head->cmsg_len = CMSG_LEN(octets);
    memcpy(CMSG_DATA(head), &segment, sizeof segment);
    return sendmsg(fd, &message, 0);
}

static void several_at_once(void) {
    int a = made(), b = made(), size = 100;
    in to = at(port_of(b));
    char buffer[1000];
    say("UDP_SEGMENT", setsockopt(a, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size));
    socklen_t length = sizeof size;
    say("  get", getsockopt(a, IPPROTO_UDP, UDP_SEGMENT, &size, &length));
    say("  value", size);
    say("  another, get", getsockopt(a, IPPROTO_UDP, 4711, &size, &length));
    say("  250 octets", sendto(a, buffer, 250, 0, (sa *)&to, sizeof to));
    for (int i = 0; i < 3; i++)
        say("  recv", recv(b, buffer, sizeof buffer, 0));
    say("  100 octets", sendto(a, buffer, 100, 0, (sa *)&to, sizeof to));
    say("  recv", recv(b, buffer, sizeof buffer, 0));
    say("of this message", send_cut(a, &to, 130, 60, sizeof(uint16_t)));
    for (int i = 0; i < 3; i++)
        say("  recv", recv(b, buffer, sizeof buffer, 0));
    say("of this message, not", send_cut(a, &to, 130, 0, sizeof(uint16_t)));
    say("  recv", recv(b, buffer, sizeof buffer, 0));
    say("as an int", send_cut(a, &to, 130, 60, sizeof(int)));
    say("128", send_cut(a, &to, 128, 1, sizeof(uint16_t)));
    for (int i = 0; i < 128; i++)
        need(recv(b, buffer, sizeof buffer, 0) == 1, "one octet");
    say("129", send_cut(a, &to, 129, 1, sizeof(uint16_t)));
    size = 65536;
    say("65536", setsockopt(a, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size));
    say("nothing came", recv(b, buffer, sizeof buffer, MSG_DONTWAIT));
    close(a);
    close(b);
}

/* libuv does not call the C library for these. */
static void by_number(void) {
    int a = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0), b = made();
    in to = at(port_of(b)), from = {0};
    char octets[2][4] = {"one", "two"};
    struct iovec parts[2] = {{octets[0], 3}, {octets[1], 3}};
    struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};
    say("connect", syscall(SYS_connect, a, &to, sizeof to));
    say("sendmmsg", syscall(SYS_sendmmsg, a, two, 2, 0));
    say("  recvfrom", syscall(SYS_recvfrom, b, octets[0], 4, 0, &from, &(socklen_t){sizeof from}));
    say("  from", ntohs(from.sin_port) == port_of(a));
    say("  recvmmsg", syscall(SYS_recvmmsg, b, two, 2, MSG_WAITFORONE, NULL));
    say("  of", two[0].msg_len);
    say("  first", octets[0][0]);
    say("sendto", syscall(SYS_sendto, b, "back", 4, 0, &from, sizeof from));
    say("  read", syscall(SYS_read, a, octets[0], 4));
    close(a);
    close(b);
}

void udp(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    in name = {0};
    socklen_t size = sizeof name;
    say("fresh getsockname", getsockname(fd, (sa *)&name, &size));
    say("  port", name.sin_port);
    say("fresh send", send(fd, "x", 1, 0));
    say("fresh recv", recv(fd, &size, 1, MSG_DONTWAIT));
    say("SIOCATMARK", ioctl(fd, SIOCATMARK, &(int){0}));
    say("fresh poll", await(socket(AF_INET, SOCK_DGRAM, 0), POLLIN | POLLOUT));
    say("SO_TYPE", getsockopt(fd, SOL_SOCKET, SO_TYPE, &(int){0}, &(socklen_t){sizeof(int)}));
    say("TCP_NODELAY", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)));
    close(fd);
    plain();
    with_peer();
    error_behind_datagrams();
    by_number();
    packet_information();
    nothing();
    timed();
    with_signals();
    registered();
    several_at_once();
}
