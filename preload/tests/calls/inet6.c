#include "calls.h"

typedef struct sockaddr_in6 in6;

static in6 mapped(int port) {
    in four = at(port);
    in6 made = {.sin6_family = AF_INET6, .sin6_port = four.sin_port};
    made.sin6_addr.s6_addr[10] = made.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&made.sin6_addr.s6_addr[12], &four.sin_addr, 4);
    return made;
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
}
