/* The peer of the stacks that are measured: the kernel's sockets, one thread. Prints the figure and, as key=value, what
 * else there is to say about it: all octets of payload and the seconds they took (the beginning included), processor
 * time of this process, lost requests, and percentiles in microseconds.
 *
 *   in     octets to the port as fast as they go: Gb/s acknowledged
 *   out    octets from the port as fast as they come: Gb/s read
 *   rr     one octet there and back on each connection at any time: round trips per second
 *   crr    connect, one octet there and back, reset (so that no port stays in TIME-WAIT): per second
 *   udp    the same as rr by datagrams of eight octets; lost ones are sent again after 100 ms
 *   ping   ICMP echo every 5 ms: the median in microseconds
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, EVENTS = 64, SAMPLES = 1 << 18, WAYS = 4096, PATIENCE_MS = 3000, ERRORS = 1000 };
static const int64_t SECOND = 1000000000, RESEND = 100000000, PING_EVERY = 5000000;

static char octets[CHUNK];
static struct sockaddr_in peer;
static int64_t began[WAYS]; /* by descriptor: when the request under way was sent */
static float micros[SAMPLES];
static long samples, lost, total;
static char control[16] = "-"; /* congestion control */

static void sample(int64_t ns) {
    micros[samples++ % SAMPLES] = (float) ns / 1000;
}

/* How many samples there are, in their order from now on. */
static long sorted(void) {
    long kept = samples < SAMPLES ? samples : SAMPLES;
    qsort(micros, (size_t) kept, sizeof *micros, ascending);
    return kept;
}

static double percentile(double p) {
    long kept = sorted();
    return kept ? micros[(long) ((double) (kept - 1) * p)] : 0;
}

/* Ends the program over an answer that was an error, or did not come in time. */
static void missed(const char *what) {
    errno = errno == EAGAIN || errno == EINPROGRESS ? ETIMEDOUT : errno;
    die(what);
}

static void patient(int fd) {
    struct timeval patience = {PATIENCE_MS / 1000, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static void reset(int fd) {
    struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static int opened(int type) {
    int one = 1, fd = socket(AF_INET, type, 0);
    if (fd < 0 || fd >= WAYS) {
        die("socket");
    }
    if (!(type & SOCK_DGRAM)) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        cubic(fd);
        socklen_t length = sizeof control;
        getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, control, &length);
    }
    return fd;
}

static int connected(int type) {
    int fd = opened(type);
    patient(fd);
    if (connect(fd, (struct sockaddr *) &peer, sizeof peer) < 0) {
        missed("connect");
    }
    return fd;
}

/* Both directions in bulk. What is counted begins when a tenth of the time is over. */
static double bulk(int sending, double seconds) {
    int fd = connected(SOCK_STREAM), counting = 0, queued = 0;
    int64_t start = now_ns(), from = start, end = start + (int64_t) (seconds * 1e9), t = start;
    int64_t settled = start + (end - start) / 10, moved = 0, before = 0;
    while (t < end) {
        errno = 0; /* for an end of file */
        ssize_t n = sending ? write(fd, octets, CHUNK) : read(fd, octets, CHUNK);
        if (n <= 0) {
            missed(sending ? "write" : "read");
        }
        moved += n;
        t = now_ns();
        if (!counting && t >= settled) {
            counting = 1;
            if (sending) {
                ioctl(fd, SIOCOUTQ, &queued);
            }
            from = t;
            before = moved - queued;
        }
    }
    if (sending) {
        ioctl(fd, SIOCOUTQ, &queued);
    }
    total = moved - queued;
    reset(fd);
    return (double) (total - before) * 8 / (double) (t - from);
}

static double round_trips_of_one(double seconds) {
    int fd = connected(SOCK_STREAM);
    int64_t start = now_ns(), t = start;
    while (t - start < (int64_t) (seconds * 1e9)) {
        if (write(fd, octets, 1) != 1 || read(fd, octets, CHUNK) != 1) {
            missed("round trip");
        }
        int64_t then = now_ns();
        sample(then - t);
        t = then;
    }
    reset(fd);
    return (double) samples * 1e9 / (double) (t - start);
}

static double round_trips(int ways, double seconds) {
    struct epoll_event all[EVENTS];
    int epoll = epoll_create1(0), fds[WAYS];
    for (int i = 0; i < ways; i++) {
        fds[i] = connected(SOCK_STREAM);
        watch(epoll, fds[i], EPOLLIN);
    }
    int64_t start = now_ns(), t = start;
    for (int i = 0; i < ways; i++) {
        began[fds[i]] = t;
        if (write(fds[i], octets, 1) != 1) {
            die("write");
        }
    }
    while (t - start < (int64_t) (seconds * 1e9)) {
        int n = epoll_wait(epoll, all, EVENTS, PATIENCE_MS);
        if (n <= 0) {
            errno = ETIMEDOUT;
            die("round trips");
        }
        for (int i = 0; i < n; i++) {
            int fd = all[i].data.fd;
            if (read(fd, octets, CHUNK) != 1 || write(fd, octets, 1) != 1) {
                die("round trip");
            }
            t = now_ns();
            sample(t - began[fd]);
            began[fd] = t;
        }
    }
    for (int i = 0; i < ways; i++) {
        reset(fds[i]);
    }
    return (double) samples * 1e9 / (double) (t - start);
}

static void failed(void) {
    if (++lost > ERRORS) {
        missed("more than a thousand connects failed, the last");
    }
}

/* One connection has come forward. True if it is over. */
static int life(int fd, unsigned events) {
    if (events & EPOLLIN && read(fd, octets, CHUNK) > 0) {
        sample(now_ns() - began[fd]);
        return 1;
    }
    if (events & (EPOLLERR | EPOLLHUP | EPOLLIN) || (events & EPOLLOUT && write(fd, octets, 1) != 1)) {
        failed();
        return 1;
    }
    return 0;
}

static double connects(int ways, double seconds) {
    struct epoll_event all[EVENTS];
    int epoll = epoll_create1(0), open = 0;
    int64_t start = now_ns(), t = start;
    for (; t - start < (int64_t) (seconds * 1e9); t = now_ns()) {
        for (; open < ways; open++) {
            int fd = opened(SOCK_STREAM | SOCK_NONBLOCK);
            began[fd] = now_ns();
            if (connect(fd, (struct sockaddr *) &peer, sizeof peer) < 0 && errno != EINPROGRESS) {
                die("connect");
            }
            watch(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLET);
        }
        int n = epoll_wait(epoll, all, EVENTS, PATIENCE_MS);
        if (n <= 0) {
            errno = ETIMEDOUT;
            die("connect");
        }
        for (int i = 0; i < n; i++) {
            if (life(all[i].data.fd, all[i].events)) {
                reset(all[i].data.fd);
                open--;
            }
        }
    }
    return (double) samples * 1e9 / (double) (t - start);
}

static void ask(int fd, int64_t number, int64_t t) {
    began[fd] = t;
    if (send(fd, &number, sizeof number, 0) != sizeof number && errno != ECONNREFUSED) {
        die("send");
    }
}

static double datagrams(int ways, double seconds) {
    struct epoll_event all[EVENTS];
    int epoll = epoll_create1(0), fds[WAYS];
    static int64_t number[WAYS];
    int64_t start = now_ns(), t = start, looked = start, got;
    for (int i = 0; i < ways; i++) {
        fds[i] = connected(SOCK_DGRAM | SOCK_NONBLOCK);
        watch(epoll, fds[i], EPOLLIN);
        ask(fds[i], 0, start);
    }
    while (t - start < (int64_t) (seconds * 1e9)) {
        int n = epoll_wait(epoll, all, EVENTS, (int) (RESEND / 1000000));
        t = now_ns();
        for (int i = 0; i < n; i++) {
            int fd = all[i].data.fd;
            if (recv(fd, &got, sizeof got, 0) == sizeof got && got == number[fd]) {
                t = now_ns();
                sample(t - began[fd]);
                ask(fd, ++number[fd], t);
            }
        }
        for (int i = 0; i < ways && t - looked >= RESEND; i++) {
            if (t - began[fds[i]] >= RESEND) {
                lost++;
                ask(fds[i], ++number[fds[i]], t);
            }
        }
        looked = t - looked >= RESEND ? t : looked;
    }
    if (!samples) {
        errno = ETIMEDOUT;
        die("udp");
    }
    return (double) samples * 1e9 / (double) (t - start);
}

static uint16_t internet_checksum(const void *data, size_t length) {
    const uint16_t *words = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length / 2; i++) {
        sum += words[i];
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

static double pings(double seconds) {
    struct {
        struct icmphdr header;
        char text[56];
    } echo = {.header.type = ICMP_ECHO, .header.un.echo.id = htons((uint16_t) getpid())};
    struct icmp_filter only = {~(1U << ICMP_ECHOREPLY)};
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    char answer[2048];
    if (fd < 0) {
        die("ping");
    }
    setsockopt(fd, SOL_RAW, ICMP_FILTER, &only, sizeof only);
    patient(fd);
    if (connect(fd, (struct sockaddr *) &peer, sizeof peer) < 0) {
        die("ping");
    }
    int64_t start = now_ns();
    for (uint16_t number = 1; now_ns() - start < (int64_t) (seconds * 1e9); number++) {
        echo.header.un.echo.sequence = htons(number);
        echo.header.checksum = 0;
        echo.header.checksum = internet_checksum(&echo, sizeof echo);
        int64_t from = now_ns();
        if (send(fd, &echo, sizeof echo, 0) < 0) {
            die("ping");
        }
        for (;;) {
            ssize_t n = recv(fd, answer, sizeof answer, 0);
            struct icmphdr *header = (struct icmphdr *) (answer + (answer[0] & 15) * 4);
            if (n < 0) {
                missed("ping");
            }
            if (header->un.echo.id == echo.header.un.echo.id
                    && header->un.echo.sequence == echo.header.un.echo.sequence) {
                break;
            }
        }
        sample(now_ns() - from);
        struct timespec pause = {0, PING_EVERY};
        nanosleep(&pause, NULL);
    }
    return percentile(0.5);
}

static double measured(const char *what, int ways, double seconds) {
    if (!strcmp(what, "in") || !strcmp(what, "out")) {
        return bulk(what[0] == 'i', seconds);
    } else if (!strcmp(what, "rr")) {
        return ways == 1 ? round_trips_of_one(seconds) : round_trips(ways, seconds);
    } else if (!strcmp(what, "crr")) {
        return connects(ways, seconds);
    } else if (!strcmp(what, "udp")) {
        return datagrams(ways, seconds);
    } else if (!strcmp(what, "ping")) {
        return pings(seconds);
    }
    fprintf(stderr, "load: %s: not one of in, out, rr, crr, udp, ping\n", what);
    exit(64);
}

int main(int count, char **args) {
    if (count != 6 || atoi(args[4]) < 1 || atoi(args[4]) > WAYS / 4 || atof(args[5]) <= 0) {
        fprintf(stderr, "usage: load in|out|rr|crr|udp|ping ADDRESS PORT WAYS SECONDS\n");
        return 64;
    }
    peer.sin_family = AF_INET;
    peer.sin_port = htons((in_port_t) atoi(args[3]));
    if (inet_pton(AF_INET, args[2], &peer.sin_addr) != 1) {
        fprintf(stderr, "load: %s: not an IPv4 address\n", args[2]);
        return 64;
    }
    memset(octets, 'x', sizeof octets);
    int64_t start = now_ns();
    double figure = measured(args[1], atoi(args[4]), atof(args[5]));
    double cpu = cpu_s();
    printf("%.3f octets=%ld seconds=%.3f cpu=%.3f lost=%ld p50=%.1f p99=%.1f cc=%s\n", figure, total,
            (double) (now_ns() - start) / (double) SECOND, cpu, lost, percentile(0.5), percentile(0.99), control);
    return 0;
}
