#include "calls.h"

typedef struct sockaddr_in6 in6;

static in6 mapped(int port) {
    in four = at(port);
    in6 made = {.sin6_family = AF_INET6, .sin6_port = four.sin_port};
    made.sin6_addr.s6_addr[10] = made.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&made.sin6_addr.s6_addr[12], &four.sin_addr, 4);
    return made;
}

/* To which address a datagram came, and that the answer comes from there. */
static void packet_information(void) {
    int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET6, SOCK_DGRAM, 0), one = 1;
    in6 any = {.sin6_family = AF_INET6}, from;
    char octet, control[256];
    struct iovec part = {&octet, 1};
    struct timeval patience = {5, 0};
    say("IPV6_V6ONLY", setsockopt(b, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)));
    say("IPV6_RECVPKTINFO", setsockopt(b, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one));
    say("IP_PKTINFO", setsockopt(b, IPPROTO_IP, IP_PKTINFO, &one, sizeof one));
    say("bind", bind(b, (sa *)&any, sizeof any));
    in to = at(port_of(b)), back = {0};
    in6 ours = mapped(0);
    sendto(a, "x", 1, 0, (sa *)&to, sizeof to);
    await(b, POLLIN);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_name = &from, .msg_namelen = sizeof from,
                             .msg_control = control, .msg_controllen = sizeof control};
    say("recvmsg", recvmsg(b, &message, 0));
    say("  mapped", IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        say("  level", head->cmsg_level);
        say("  type", head->cmsg_type);
        if (head->cmsg_level == IPPROTO_IPV6)
            say("  address", memcmp(CMSG_DATA(head), &ours.sin6_addr, sizeof ours.sin6_addr) == 0);
    }
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    message.msg_controllen = head ? CMSG_SPACE(sizeof(struct in6_pktinfo)) : 0;
    say("answer", sendmsg(b, &message, 0));
    setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    say("  came", recvfrom(a, &octet, 1, 0, (sa *)&back, &(socklen_t){sizeof back}));
    say("  from there", memcmp(&back, &to, 8) == 0);
    close(a);
    close(b);
}

/* The host's, whoever 127.0.0.1 belongs to. */
static void loopback(void) {
    int live = socket(AF_INET6, SOCK_STREAM, 0), fd = socket(AF_INET6, SOCK_STREAM, 0);
    in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    say("::1: bind", bind(live, (sa *)&name, sizeof name));
    say("  listen", listen(live, 5));
    getsockname(live, (sa *)&name, &(socklen_t){sizeof name});
    say("  connect", connect(fd, (sa *)&name, sizeof name));
    say("  getpeername", getpeername(fd, (sa *)&name, &(socklen_t){sizeof name}));
    close(fd);
    close(live);
}

/* IPv4 through IPv6 sockets; where the kernel has no IPv6 there is nothing to compare with. */
void inet6(void) {
    int live = socket(AF_INET6, SOCK_STREAM, 0), value = -1;
    need(live >= 0, "an IPv6 socket");
    in6 any = {.sin6_family = AF_INET6}, name = {0};
    socklen_t size = sizeof name;
    getsockopt(live, SOL_SOCKET, SO_DOMAIN, &value, &(socklen_t){sizeof value});
    say("SO_DOMAIN", value);
    say("IPV6_V6ONLY", setsockopt(live, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)));
    say("bind, short", bind(live, (sa *)&any, 16));
    say("bind", bind(live, (sa *)&any, sizeof any));
    say("V6ONLY after", setsockopt(live, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)));
    getsockopt(live, IPPROTO_IPV6, IPV6_V6ONLY, &value, &(socklen_t){sizeof value});
    say("  value", value);
    say("listen", listen(live, 5));
    say("getsockname", getsockname(live, (sa *)&name, &size));
    say("  size", size);
    say("  unspecified", IN6_IS_ADDR_UNSPECIFIED(&name.sin6_addr));
    int port = ntohs(name.sin6_port);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    in6 to = mapped(port);
    in four = at(port);
    say("IP_MTU_DISCOVER", setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &(int){IP_PMTUDISC_DO}, sizeof(int)));
    say("IPV6_MTU_DISCOVER", setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &(int){IPV6_PMTUDISC_DO}, sizeof(int)));
    say("connect with an IPv4 address", connect(fd, (sa *)&four, sizeof four));
    say("connect", connect(fd, (sa *)&to, sizeof to));
    size = sizeof name;
    int new = accept(live, (sa *)&name, &size);
    say("accept", new >= 0);
    say("  size", size);
    say("  mapped", IN6_IS_ADDR_V4MAPPED(&name.sin6_addr));
    say("  getpeername", getpeername(fd, (sa *)&name, &size));
    say("  the same", memcmp(&name, &to, sizeof to) == 0);
    char buffer[8];
    say("write", write(fd, "six", 3));
    say("read", (long)read_all(new, buffer, 3));
    close(fd);
    close(new);
    int only = socket(AF_INET6, SOCK_STREAM, 0);
    setsockopt(only, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
    say("only IPv6: connect", connect(only, (sa *)&to, sizeof to));
    any.sin6_port = 0;
    say("  bind", bind(only, (sa *)&any, sizeof any));
    say("  listen", listen(only, 5));
    fcntl(only, F_SETFL, O_NONBLOCK);
    say("  accept", accept(only, NULL, NULL));
    close(only);
    close(live);
    packet_information();
    loopback();
}
