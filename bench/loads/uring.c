/* What io_uring would save on a TAP: frames written as fast as it goes, or UDP datagrams sent back where they came from, by
 * a system call each or by a batch of requests each. The peer is the host's kernel. */
#define _GNU_SOURCE
#include "tap.h"
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/io_uring.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BATCH = 32, ENTRIES = 256, FRAME = 1 << 16 };

struct uring {
    int fd;
    unsigned *sq_tail, *sq_array, *cq_head, *cq_tail, sq_mask, cq_mask, queued;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
};

static unsigned char frames[BATCH][FRAME];

static void set_up(struct uring *ring, int tap) {
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN};
    struct iovec buffers[BATCH];
    ring->fd = (int) syscall(SYS_io_uring_setup, ENTRIES, &params);
    if (ring->fd < 0) {
        die("io_uring_setup");
    }
    size_t size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    size_t completions = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    size = size > completions ? size : completions;
    char *words = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    ring->sqes = mmap(NULL, params.sq_entries * sizeof *ring->sqes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
            IORING_OFF_SQES);
    if (words == MAP_FAILED || ring->sqes == MAP_FAILED) {
        die("mmap");
    }
    ring->sq_tail = (unsigned *) (words + params.sq_off.tail);
    ring->sq_array = (unsigned *) (words + params.sq_off.array);
    ring->sq_mask = *(unsigned *) (words + params.sq_off.ring_mask);
    ring->cq_head = (unsigned *) (words + params.cq_off.head);
    ring->cq_tail = (unsigned *) (words + params.cq_off.tail);
    ring->cq_mask = *(unsigned *) (words + params.cq_off.ring_mask);
    ring->cqes = (struct io_uring_cqe *) (words + params.cq_off.cqes);
    for (int i = 0; i < BATCH; i++) {
        buffers[i] = (struct iovec) {frames[i], FRAME};
    }
    if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &tap, 1) < 0
            || syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, buffers, BATCH) < 0) {
        die("io_uring_register");
    }
}

/* A request for frame `i`. */
static void ask(struct uring *ring, int opcode, int i, unsigned length) {
    unsigned at = *ring->sq_tail & ring->sq_mask;
    ring->sqes[at] = (struct io_uring_sqe) {.opcode = (unsigned char) opcode, .flags = IOSQE_FIXED_FILE, .fd = 0,
        .addr = (uint64_t) frames[i], .len = length, .buf_index = (unsigned short) i,
        .user_data = (uint64_t) i | (uint64_t) opcode << 32};
    ring->sq_array[at] = at;
    __atomic_store_n(ring->sq_tail, *ring->sq_tail + 1, __ATOMIC_RELEASE);
    ring->queued++;
}

/* Waits until `least` requests have been done. */
static void done(struct uring *ring, unsigned least) {
    do {
        long n = syscall(SYS_io_uring_enter, ring->fd, ring->queued, least, IORING_ENTER_GETEVENTS, NULL, 0);
        if (n < 0) {
            die("io_uring_enter");
        }
        ring->queued -= (unsigned) n;
    } while (ring->queued > 0);
}

static struct io_uring_cqe *next(struct uring *ring) {
    unsigned head = *ring->cq_head;
    if (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
        return NULL;
    }
    return &ring->cqes[head & ring->cq_mask];
}

static void seen(struct uring *ring) {
    __atomic_store_n(ring->cq_head, *ring->cq_head + 1, __ATOMIC_RELEASE);
}

/* Sends the datagram back; its checksums stay right. 0 if it is none. */
static int turned(unsigned char *frame, ssize_t length) {
    struct ethhdr *ether = (struct ethhdr *) frame;
    struct iphdr *ip = (struct iphdr *) (ether + 1);
    struct udphdr *udp = (struct udphdr *) (ip + 1);
    if (length < (ssize_t) (sizeof *ether + sizeof *ip + sizeof *udp) || ether->h_proto != htons(ETH_P_IP)
            || ip->protocol != IPPROTO_UDP || ip->ihl != 5) {
        return 0;
    }
    unsigned char station[ETH_ALEN];
    memcpy(station, ether->h_dest, ETH_ALEN);
    memcpy(ether->h_dest, ether->h_source, ETH_ALEN);
    memcpy(ether->h_source, station, ETH_ALEN);
    uint32_t address = ip->daddr;
    ip->daddr = ip->saddr;
    ip->saddr = address;
    uint16_t port = udp->dest;
    udp->dest = udp->source;
    udp->source = port;
    return 1;
}

static void echo_by_calls(int tap) {
    struct pollfd readable = {.fd = tap, .events = POLLIN};
    for (;;) {
        ssize_t n = read(tap, frames[0], FRAME);
        if (n < 0) {
            poll(&readable, 1, -1);
        } else if (turned(frames[0], n) && write(tap, frames[0], (size_t) n) != n) {
            die("write");
        }
    }
}

/* A frame is read, sent back, and read anew; what has been read meanwhile is answered by one call, which waits for more. */
static void echo_by_ring(struct uring *ring) {
    for (int i = 0; i < BATCH; i++) {
        ask(ring, IORING_OP_READ_FIXED, i, FRAME);
    }
    for (;;) {
        done(ring, 1);
        for (struct io_uring_cqe *each; (each = next(ring)) != NULL; seen(ring)) {
            int i = (int) (each->user_data & 0xffffffff);
            if (each->user_data >> 32 == IORING_OP_READ_FIXED && turned(frames[i], each->res)) {
                ask(ring, IORING_OP_WRITE_FIXED, i, (unsigned) each->res);
            } else {
                ask(ring, IORING_OP_READ_FIXED, i, FRAME);
            }
        }
    }
}

/* Frames of a protocol nobody knows, which the kernel throws away. */
static void write_all(int tap, struct uring *ring, size_t length, double seconds) {
    long count = 0;
    for (int i = 0; i < BATCH; i++) {
        memset(frames[i], 0xff, ETH_ALEN);
        frames[i][ETH_ALEN] = 2;
        frames[i][2 * ETH_ALEN] = 0x88;
        frames[i][2 * ETH_ALEN + 1] = 0xb5;
    }
    double cpu = cpu_s();
    int64_t start = now_ns(), end = start + (int64_t) (seconds * 1e9);
    while (now_ns() < end) {
        for (int i = 0; i < BATCH; i++) {
            if (ring != NULL) {
                ask(ring, IORING_OP_WRITE_FIXED, i, (unsigned) length);
            } else if (write(tap, frames[i], length) != (ssize_t) length) {
                die("write");
            }
        }
        if (ring != NULL) {
            done(ring, BATCH);
            for (struct io_uring_cqe *each; (each = next(ring)) != NULL; seen(ring)) {
                if (each->res != (int) length) {
                    errno = -each->res;
                    die("write by io_uring");
                }
            }
        }
        count += BATCH;
    }
    double took = (double) (now_ns() - start) / 1e9;
    printf("%.0f %.0f\n", (double) count / took, (cpu_s() - cpu) * 1e9 / (double) count);
}

int main(int count, char **args) {
    int by_ring = count > 2 && !strcmp(args[2], "ring"), to_echo = count == 4 && !strcmp(args[3], "echo");
    int to_write = count == 6 && !strcmp(args[3], "write");
    struct uring ring = {0};
    if ((!to_echo && !to_write) || (!by_ring && strcmp(args[2], "calls"))) {
        fprintf(stderr, "usage: uring TAP calls|ring echo | uring TAP calls|ring write OCTETS SECONDS\n");
        return 64;
    }
    int tap = tap_opened(args[1], 0);
    if (by_ring) {
        set_up(&ring, tap);
    }
    if (to_write) {
        write_all(tap, by_ring ? &ring : NULL, strtoul(args[4], NULL, 10), atof(args[5]));
        return 0;
    }
    puts("ready");
    fflush(stdout);
    if (by_ring) {
        echo_by_ring(&ring);
    } else {
        echo_by_calls(tap);
    }
}
