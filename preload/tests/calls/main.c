#include "calls.h"

#include <time.h>

volatile sig_atomic_t pipes;
static const char *address = "127.0.0.1";

static void on_pipe(int signal) {
    (void)signal;
    pipes++;
}

long say(const char *what, long result) {
    int error = errno;
    if (result == -1)
        printf("%s: %s", what, strerrorname_np(error));
    else
        printf("%s: %ld", what, result);
    if (pipes)
        printf(" and SIGPIPE %d", (int)pipes);
    pipes = 0;
    printf("\n");
    fflush(stdout);
    errno = error;
    return result;
}

void need(bool well, const char *what) {
    if (well)
        return;
    printf("cannot go on: %s: %s\n", what, strerror(errno));
    exit(2);
}

short await(int fd, short events) {
    struct pollfd one = {.fd = fd, .events = events};
    int n;
    while ((n = poll(&one, 1, 5000)) < 0 && errno == EINTR) {
    }
    return n > 0 ? one.revents : 0;
}

in at(int port) {
    in made = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &made.sin_addr);
    return made;
}

int port_of(int fd) {
    in name = {0};
    socklen_t size = sizeof name;
    need(getsockname(fd, (sa *)&name, &size) == 0, "getsockname");
    return ntohs(name.sin_port);
}

int listener(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    in any = at(0);
    need(fd >= 0 && bind(fd, (sa *)&any, sizeof any) == 0 && listen(fd, 16) == 0, "a listener");
    return fd;
}

void joined(int ends[2]) {
    int fd = listener();
    in to = at(port_of(fd));
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    need(connect(ends[0], (sa *)&to, sizeof to) == 0, "connect");
    ends[1] = accept(fd, NULL, NULL);
    need(ends[1] >= 0, "accept");
    close(fd);
}

size_t read_all(int fd, void *buffer, size_t size) {
    size_t have = 0;
    while (have < size) {
        ssize_t n = read(fd, (char *)buffer + have, size - have);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    return have;
}

static const struct {
    const char *name;
    void (*run)(void);
} PARTS[] = {
    {"connect", tcp_connect}, {"accept", tcp_accept}, {"data", tcp_data}, {"ends", tcp_ends}, {"options", options},
    {"life", life}, {"udp", udp}, {"inet6", inet6}, {"ports", ports},
};

/* Of a daemon that does not answer: it is not asked a second time, for another ten seconds. */
static void hung(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    time_t before = time(NULL);
    say("bind", bind(fd, (sa *)&any, sizeof any));
    say("  once", time(NULL) - before < 15);
}

/* A datagram socket whose reading is shut, and the two ends of a connection, with the same numbers of every daemon. */
static void first(int all[3]) {
    in any = at(0);
    all[0] = socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; bind(all[0], (sa *)&any, sizeof any) != 0; i++) {
        need(i < 1000, "bind");
        usleep(10000);
    }
    shutdown(all[0], SHUT_RD);
    joined(all + 1);
    setsockopt(all[1], SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
}

static void works(const char *what, int fd, int other) {
    char octet;
    say(what, write(fd, "x", 1) == 1 && read(other, &octet, 1) == 1);
}

/* Of a daemon that was started anew: what ends, or changes, what is left of the old one's does nothing to its own. */
static void outlived(pid_t daemon) {
    int old[3], new[3];
    sa none = {.sa_family = AF_UNSPEC};
    char name[16];
    first(old);
    need(kill(daemon, SIGUSR1) == 0 && (await(old[1], 0) & POLLHUP) && (await(old[2], 0) & POLLHUP), "the daemon");
    first(new);
    works("started anew", new[1], new[2]);
    say("option", setsockopt(old[1], IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
    getsockopt(new[1], IPPROTO_TCP, TCP_CONGESTION, name, &(socklen_t){sizeof name});
    say("  the other's is as before", strcmp(name, "cubic") == 0);
    say("close", close(old[1]));
    works("  the other", new[1], new[2]);
    say("dissolve", connect(old[2], &none, sizeof none));
    works("  the other", new[1], new[2]);
    in to = at(port_of(new[0]));
    say("connect", connect(old[0], (sa *)&to, sizeof to));
    time_t before = time(NULL);
    say("close", close(old[0]));
    say("  at once", time(NULL) - before < 5);
}

/* Of a daemon that comes with its first client: whose question waits for it from before it listened. */
static void activated(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), ends[2];
    char octet;
    in any = at(0);
    say("bind", bind(fd, (sa *)&any, sizeof any));
    joined(ends);
    say("shutdown", shutdown(ends[0], SHUT_WR));
    say("  the other end", read(ends[1], &octet, 1));
    close(ends[1]);
    need(await(ends[0], 0) & POLLHUP, "an end");
    say("  the end", read(ends[0], &octet, 1));
    close(ends[0]);
    close(fd);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "heir") == 0)
        return heir(atoi(argv[2]));
    if (getenv("CALLS_ADDRESS"))
        address = getenv("CALLS_ADDRESS");
    struct sigaction action = {.sa_handler = on_pipe};
    sigaction(SIGPIPE, &action, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(120);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        if (argc > 1 && strcmp(argv[1], PARTS[i].name) != 0)
            continue;
        printf("--- %s\n", PARTS[i].name);
        PARTS[i].run();
    }
    if (argc == 2 && strcmp(argv[1], "hung") == 0)
        hung();
    if (argc == 2 && strcmp(argv[1], "activated") == 0)
        activated();
    if (argc == 3 && strcmp(argv[1], "outlived") == 0)
        outlived(atoi(argv[2]));
    if (argc == 3 && strcmp(argv[1], "random") == 0)
        random_walk((unsigned)strtoul(argv[2], NULL, 10));
    return 0;
}
