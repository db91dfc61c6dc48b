/* The kernel's side of `bench/idle`. `hold`: for each number on its standard input, has so many connections open and
 * says so; each has had one octet echoed before it counts. `rtt`: round trips of one octet on one connection, one
 * after the other, and what they took. */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

enum { EVENTS = 256, AT_ONCE = 256, SAMPLES = 1 << 22, PATIENCE_MS = 30000 };

static struct sockaddr_in at(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t) port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "idle: %s is no address\n", host);
        exit(64);
    }
    return address;
}

/* From one of `count` local addresses, first and those behind it, in turn: each has its own 64,512 ports. */
static int begin(const struct sockaddr_in *to, struct sockaddr_in from, int which, int count) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    if (fd < 0) {
        die("socket");
    }
    from.sin_addr.s_addr = htonl(ntohl(from.sin_addr.s_addr) + (unsigned) (which % count));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *) &from, sizeof from) < 0) {
        die("bind");
    }
    if (connect(fd, (const struct sockaddr *) to, sizeof *to) < 0 && errno != EINPROGRESS) {
        die("connect");
    }
    return fd;
}

static int hold(struct sockaddr_in to, struct sockaddr_in from, int addresses) {
    int epoll = epoll_create1(0), open = 0, begun = 0, room = 0, wanted;
    int *fds = NULL;
    struct linger reset = {1, 0};
    while (scanf("%d", &wanted) == 1) {
        int lost = 0;
        if (wanted > room) {
            room = wanted;
            fds = realloc(fds, sizeof *fds * (size_t) room);
        }
        for (; begun > wanted; begun--, open--) {
            if (begun % AT_ONCE == 0) {
                usleep(5000);       /* what the TAP's queue has no room for is lost, and nobody resets twice */
            }
            setsockopt(fds[begun - 1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
            close(fds[begun - 1]);
        }
        do {
            for (; begun < wanted && begun - open - lost < AT_ONCE; begun++) {
                fds[begun] = begin(&to, from, begun, addresses);
                watch(epoll, fds[begun], EPOLLIN | EPOLLOUT | EPOLLET);
            }
            struct epoll_event all[EVENTS];
            int n = epoll_wait(epoll, all, EVENTS, open + lost < wanted ? PATIENCE_MS : 0);
            if (n == 0 && open + lost < wanted) {
                fprintf(stderr, "idle: nothing more for 30 s, %d of %d are open\n", open, wanted);
                return 1;
            }
            for (int i = 0; i < n; i++) {
                int fd = all[i].data.fd;
                char octet;
                if (all[i].events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
                    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
                    lost++;
                } else if (all[i].events & EPOLLIN) {
                    open += read(fd, &octet, 1) == 1;
                } else if (write(fd, "x", 1) != 1) {
                    die("write");
                }
            }
        } while (open + lost < wanted);
        if (lost > 0) {
            fprintf(stderr, "idle: %d of %d connections were refused or lost\n", lost, wanted);
            return 1;
        }
        printf("%d\n", open);
        fflush(stdout);
    }
    return 0;
}

static int round_trips(struct sockaddr_in to, double seconds) {
    static float took[SAMPLES];
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, n = 0;
    char octet = 'x';
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *) &to, sizeof to) < 0) {
        die("connect");
    }
    for (int64_t t = now_ns(), end = t + (int64_t) (seconds * 1e9); t < end && n < SAMPLES; n++) {
        if (write(fd, &octet, 1) != 1 || read(fd, &octet, 1) != 1) {
            die("round trip");
        }
        int64_t then = now_ns();
        took[n] = (float) (then - t) / 1000;
        t = then;
    }
    qsort(took, (size_t) n, sizeof *took, ascending);
    printf("%d %.1f %.1f %.1f\n", n, took[n / 2], took[(int) (n * 0.99)], took[(int) (n * 0.999)]);
    return 0;
}

int main(int count, char **args) {
    if (count == 6 && !strcmp(args[1], "hold")) {
        return hold(at(args[2], atoi(args[3])), at(args[4], 0), atoi(args[5]));
    }
    if (count == 5 && !strcmp(args[1], "rtt")) {
        return round_trips(at(args[2], atoi(args[3])), atof(args[4]));
    }
    fprintf(stderr, "usage: idle hold HOST PORT FIRST-LOCAL-ADDRESS ADDRESSES   numbers of connections on standard input\n"
            "       idle rtt HOST PORT SECONDS                         trips, and microseconds: p50, p99, p99.9\n");
    return 64;
}
