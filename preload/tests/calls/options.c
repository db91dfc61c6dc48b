#include "calls.h"

#define O(level, name) {level, name, #name}

static const struct {
    int level, name;
    const char *word;
} NUMBERS[] = {
    O(SOL_SOCKET, SO_REUSEADDR), O(SOL_SOCKET, SO_KEEPALIVE), O(SOL_SOCKET, SO_BROADCAST), O(SOL_SOCKET, SO_OOBINLINE),
    O(SOL_SOCKET, SO_PRIORITY), O(SOL_SOCKET, SO_RCVLOWAT), O(SOL_SOCKET, SO_REUSEPORT),
    O(IPPROTO_TCP, TCP_NODELAY), O(IPPROTO_TCP, TCP_KEEPIDLE), O(IPPROTO_TCP, TCP_KEEPINTVL),
    O(IPPROTO_TCP, TCP_KEEPCNT), O(IPPROTO_TCP, TCP_USER_TIMEOUT), O(IPPROTO_TCP, TCP_CORK),
    O(IPPROTO_TCP, TCP_SYNCNT), O(IPPROTO_IP, IP_TTL), O(IPPROTO_IP, IP_TOS), O(IPPROTO_IP, IP_PKTINFO),
    O(IPPROTO_IP, IP_RECVERR), O(IPPROTO_IP, IP_MTU_DISCOVER), O(IPPROTO_IP, IP_FREEBIND),
    O(IPPROTO_TCP, TCP_LINGER2), O(IPPROTO_TCP, TCP_NOTSENT_LOWAT), O(IPPROTO_UDP, UDP_SEGMENT), O(SOL_SOCKET, 4711),
    O(IPPROTO_TCP, 4711), O(IPPROTO_IPV6, IPV6_V6ONLY),
};

static void number(int fd, int i, int value) {
    char what[80];
    int got = -77;
    socklen_t size = sizeof got;
    snprintf(what, sizeof what, "%s = %d", NUMBERS[i].word, value);
    say(what, setsockopt(fd, NUMBERS[i].level, NUMBERS[i].name, &value, sizeof value));
    long n = getsockopt(fd, NUMBERS[i].level, NUMBERS[i].name, &got, &size);
    say("  get", n);
    if (n == 0) {
        say("  value", got);
        say("  size", size);
    }
}

static void numbers(int fd) {
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        static const int values[] = {1, 0, 5, 100};
        for (size_t j = 0; j < sizeof values / sizeof *values; j++)
            number(fd, (int)i, values[j]);
        char octet = 1;
        say("  short", setsockopt(fd, NUMBERS[i].level, NUMBERS[i].name, &octet, 1));
        say("  back", setsockopt(fd, NUMBERS[i].level, NUMBERS[i].name, &(int){1}, sizeof(int)));
    }
    static const int bad[][2] = {{8, 0}, {8, 40000}, {9, 0}, {10, 200}, {11, -5}, {14, 0}, {14, 300}, {14, -1}, {4, 7}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        number(fd, bad[i][0], bad[i][1]);
}

static void structures(int fd) {
    struct linger linger = {1, 30}, got = {0};
    socklen_t size = sizeof got;
    say("SO_LINGER", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    say("  get", getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &size));
    say("  on", got.l_onoff);
    say("  seconds", got.l_linger);
    linger.l_onoff = 0;
    say("  short", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 4));
    say("  off", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    struct timeval time = {2, 500000}, back = {0};
    size = sizeof back;
    say("SO_RCVTIMEO", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    say("  get", getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &back, &size));
    say("  seconds", back.tv_sec);
    say("  microseconds", back.tv_usec);
    time.tv_usec = 2000000;
    say("  nonsense", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    int value = 0;
    static const int kinds[] = {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_ERROR};
    for (int i = 0; i < 5; i++) {
        size = sizeof value;
        say("kind", getsockopt(fd, SOL_SOCKET, kinds[i], &value, &size));
        say("  value", value);
    }
    say("SO_BINDTODEVICE, none", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 1));
    say("  of no octets", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, NULL, 0));
    say("  one that is not there", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nowhere", 8));
    value = 20000;
    for (int name = SO_SNDBUF; name <= SO_RCVBUF; name++) {
        int doubled = 0;
        size = sizeof doubled;
        say("buffer", setsockopt(fd, SOL_SOCKET, name, &value, sizeof value));
        getsockopt(fd, SOL_SOCKET, name, &doubled, &size);
        say("  value", doubled);
        say("  small", setsockopt(fd, SOL_SOCKET, name, &(int){1}, sizeof value));
        getsockopt(fd, SOL_SOCKET, name, &doubled, &size);
        say("  value", doubled);
        say("  back", setsockopt(fd, SOL_SOCKET, name, &(int){100000}, sizeof value));
    }
    size = 2;
    say("short get", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size));
    say("  size", size);
    size = (socklen_t)-1;
    say("negative get", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size));
}

static void congestion(int fd) {
    char name[32] = "";
    socklen_t size = sizeof name;
    say("TCP_CONGESTION reno", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
    say("  get", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size));
    say("  is reno", strcmp(name, "reno") == 0);
    say("  size", size);
}

/* What nobody has set has a value, which can be set. */
static void untouched(int fd, const char *what) {
    printf("untouched, %s\n", what);
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        int got = -77;
        socklen_t size = sizeof got;
        if (getsockopt(fd, NUMBERS[i].level, NUMBERS[i].name, &got, &size) == 0)
            say(NUMBERS[i].word, got);
    }
    char name[32] = "";
    socklen_t size = sizeof name;
    say("TCP_CONGESTION", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0);
    say("  has a name", *name != 0);
    int hops = 0;
    size = sizeof hops;
    getsockopt(fd, IPPROTO_IP, IP_TTL, &hops, &size);
    say("IP_TTL as it was", setsockopt(fd, IPPROTO_IP, IP_TTL, &hops, sizeof hops));
}

static void all_untouched(void) {
    int fresh = socket(AF_INET, SOCK_STREAM, 0), live = listener(), ends[2], datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    joined(ends);
    untouched(fresh, "fresh");
    untouched(live, "listening");
    untouched(ends[0], "connected");
    untouched(ends[1], "accepted");
    untouched(datagrams, "datagrams");
    need(bind(datagrams, (sa *)&any, sizeof any) == 0, "bind");
    untouched(datagrams, "bound datagrams");
    for (int i = 0; i < 5; i++)
        close((int[]){fresh, live, ends[0], ends[1], datagrams}[i]);
}

static int with(int level, int name, const void *value, socklen_t size) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    need(fd >= 0, "socket");
    say("  set", setsockopt(fd, level, name, value, size));
    return fd;
}

/* What is taken before a socket is opened does not keep it from being opened. */
static void opened_with(const char *what, int level, int name, const void *value, socklen_t size) {
    printf("opened with %s\n", what);
    int live = listener(), got = -77;
    in to = at(port_of(live)), any = at(0);
    int fd = with(level, name, value, size);
    if (level == IPPROTO_TCP && name != TCP_CONGESTION) {
        say("  get", getsockopt(fd, level, name, &got, &(socklen_t){sizeof got}));
        printf("  value: %d\n", got);
    }
    say("  connect", connect(fd, (sa *)&to, sizeof to));
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){0}, sizeof(struct linger));
    close(fd);
    fd = with(level, name, value, size);
    say("  bind", bind(fd, (sa *)&any, sizeof any));
    say("  listen", listen(fd, 1));
    close(fd);
    close(live);
}

static void all_opened_with(void) {
    static const int numbers[][2] = {{TCP_LINGER2, -1}, {TCP_LINGER2, 0}, {TCP_LINGER2, 100000},
                                     {TCP_NOTSENT_LOWAT, 0}, {TCP_NOTSENT_LOWAT, -1}};
    static const struct linger lingers[] = {{1, 70000}, {1, -1}};
    static const char *const names[] = {"reno", "cubic", "nonsense", "new-reno", "cub", "cubic or whatever"};
    char what[80];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(what, sizeof what, "%s %d", numbers[i][0] == TCP_LINGER2 ? "TCP_LINGER2" : "TCP_NOTSENT_LOWAT",
                 numbers[i][1]);
        opened_with(what, IPPROTO_TCP, numbers[i][0], &numbers[i][1], sizeof(int));
    }
    for (size_t i = 0; i < sizeof lingers / sizeof *lingers; i++)
        opened_with("SO_LINGER", SOL_SOCKET, SO_LINGER, &lingers[i], sizeof *lingers);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        opened_with(names[i], IPPROTO_TCP, TCP_CONGESTION, names[i], (socklen_t)strlen(names[i]));
}

static void information(int fd, int state) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    say("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size));
    say("  state", info.tcpi_state == state);
    if (state != TCP_ESTABLISHED)
        return;
    int segment = 0;
    say("TCP_MAXSEG", getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, &(socklen_t){sizeof segment}));
    say("  is what the path takes", segment > 536 && (unsigned)segment == info.tcpi_snd_mss);
}

static void path(int fd) {
    int mtu = 0;
    if (say("IP_MTU", getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &(socklen_t){sizeof mtu})) == 0)
        say("  octets", mtu);
}

static void datagrams_path(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    path(fd);
    say("connect", connect(fd, (struct sockaddr *)&there, sizeof there));
    path(fd);
    close(fd);
}

/* The other end has the FIN; whether it has said so by now does not matter. */
static void half_closed(int ends[2]) {
    struct tcp_info info = {0};
    char octet;
    need(shutdown(ends[0], SHUT_WR) == 0 && read(ends[1], &octet, 1) == 0, "shutdown");
    say("TCP_INFO, half closed", getsockopt(ends[0], IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof info}));
    say("  state", info.tcpi_state == TCP_FIN_WAIT1 || info.tcpi_state == TCP_FIN_WAIT2);
    say("TCP_INFO, behind the peer's FIN",
        getsockopt(ends[1], IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof info}));
    say("  state", info.tcpi_state == TCP_CLOSE_WAIT);
}

void options(void) {
    all_untouched();
    all_opened_with();
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    printf("not connected\n");
    numbers(fd);
    structures(fd);
    congestion(fd);
    information(fd, TCP_CLOSE);
    path(fd);
    close(fd);
    datagrams_path();
    int live = listener();
    information(live, TCP_LISTEN);
    close(live);
    int ends[2];
    joined(ends);
    printf("connected\n");
    path(ends[0]);                  /* IP_TOS has the kernel forget it */
    numbers(ends[0]);
    structures(ends[0]);
    congestion(ends[0]);
    information(ends[0], TCP_ESTABLISHED);
    printf("accepted\n");
    numbers(ends[1]);
    int queued = -1;
    say("SIOCOUTQ", ioctl(ends[0], TIOCOUTQ, &queued));
    say("  octets", queued);
    close(ends[0]);
    close(ends[1]);
    joined(ends);                   /* without TCP_USER_TIMEOUT = 1, which a FIN's acknowledgment may miss */
    half_closed(ends);
    close(ends[0]);
    close(ends[1]);
}
