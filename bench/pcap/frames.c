/* What a program in C reaches that only reads and writes through libpcap, and the load for those who read.
 *
 *   read     pcap_dispatch, frames are counted and copied
 *   write    pcap_inject, one frame after the other
 *   flood    sendmmsg, 64 frames at a time; an OCTETS above 1514 is a TCP packet to be cut
 *
 * Prints: frames, octets, seconds, CPU seconds of this process. No header of libpcap's is needed. */
#define _GNU_SOURCE
#include "../loads/common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/time.h>

enum { BATCH = 64, LARGE_BATCH = 8, MOST = 65557, MTU_FRAME = 1514, RING = 32 << 20, WAIT_MS = 100, IN = 1 };

typedef struct pcap pcap_t;
struct pcap_pkthdr {
    struct timeval ts;
    unsigned caplen, len;
};
struct bpf_program {
    unsigned len;
    void *insns;
};
typedef void pcap_handler(unsigned char *, const struct pcap_pkthdr *, const unsigned char *);
pcap_t *pcap_create(const char *, char *);
int pcap_set_snaplen(pcap_t *, int);
int pcap_set_promisc(pcap_t *, int);
int pcap_set_immediate_mode(pcap_t *, int);
int pcap_set_buffer_size(pcap_t *, int);
int pcap_activate(pcap_t *);
int pcap_setdirection(pcap_t *, int);
int pcap_setnonblock(pcap_t *, int, char *);
int pcap_get_selectable_fd(pcap_t *);
int pcap_dispatch(pcap_t *, int, pcap_handler *, unsigned char *);
int pcap_inject(pcap_t *, const void *, size_t);
int pcap_compile(pcap_t *, struct bpf_program *, const char *, int, unsigned);
int pcap_setfilter(pcap_t *, struct bpf_program *);
char *pcap_geterr(pcap_t *);

static unsigned long frames, octets;
static unsigned char frame[MOST];

/* Whoever keeps a frame copies it out of the ring, as Java does. */
static void got(unsigned char *unused, const struct pcap_pkthdr *header, const unsigned char *data) {
    (void) unused;
    memcpy(frame, data, header->caplen);
    frames++;
    octets += header->len;
}

/* The ring has a slot of the largest size for each frame, so none larger than need be. */
static pcap_t *opened(const char *nic, size_t size) {
    char error[256];
    struct bpf_program filter;
    pcap_t *pcap = pcap_create(nic, error);
    if (!pcap) {
        fprintf(stderr, "frames: %s: %s\n", nic, error);
        exit(1);
    }
    pcap_set_snaplen(pcap, size > MTU_FRAME ? MOST : 1600);
    pcap_set_promisc(pcap, 1);
    pcap_set_immediate_mode(pcap, 1);
    pcap_set_buffer_size(pcap, RING);
    if (pcap_activate(pcap) < 0 || pcap_compile(pcap, &filter, "ether dst 02:00:00:00:00:02", 1, 0xffffffff) < 0
            || pcap_setfilter(pcap, &filter) < 0 || pcap_setdirection(pcap, IN) < 0
            || pcap_setnonblock(pcap, 1, error) < 0) {
        fprintf(stderr, "frames: %s: %s\n", nic, pcap_geterr(pcap));
        exit(1);
    }
    return pcap;
}

static void fill(size_t size) {
    static const unsigned char head[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 0, 0x40, 0,
        64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 255, 255};
    uint16_t length = htons((uint16_t) (size - ETHER_HDR_LEN));
    memcpy(frame, head, sizeof head);
    memcpy(frame + ETHER_HDR_LEN + 2, &length, sizeof length);
}

static void flood(const char *nic, int64_t end, size_t size) {
    int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int) if_nametoindex(nic)};
    struct virtio_net_hdr offload = {0};
    struct iovec parts[] = {{&offload, sizeof offload}, {frame, size}};
    struct mmsghdr all[BATCH] = {0};
    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) < 0
            || bind(fd, (struct sockaddr *) &to, sizeof to) < 0) {
        die(nic);
    }
    if (size > MTU_FRAME) {
        offload = (struct virtio_net_hdr) {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
            .hdr_len = 54, .gso_size = 1460, .csum_start = 34, .csum_offset = 16};
    }
    for (int i = 0; i < BATCH; i++) {
        all[i].msg_hdr.msg_iov = parts;
        all[i].msg_hdr.msg_iovlen = 2;
    }
    while (now_ns() < end) {
        int n = sendmmsg(fd, all, size > MTU_FRAME ? LARGE_BATCH : BATCH, 0);
        if (n < 0 && errno != ENOBUFS) {
            die("sendmmsg");
        }
        if (n > 0) {
            frames += (unsigned long) n;
            octets += (unsigned long) n * size;
        }
    }
}

static void read_all(pcap_t *pcap, int64_t end) {
    struct pollfd readable = {.fd = pcap_get_selectable_fd(pcap), .events = POLLIN};
    while (now_ns() < end) {
        if (pcap_dispatch(pcap, BATCH, got, NULL) == 0) {
            poll(&readable, 1, WAIT_MS);
        }
    }
}

static void write_all(pcap_t *pcap, int64_t end, size_t size) {
    while (now_ns() < end) {
        for (int i = 0; i < BATCH; i++) {
            if (pcap_inject(pcap, frame, size) == (int) size) {
                frames++;
                octets += size;
            }
        }
    }
}

int main(int count, char **args) {
    size_t size = count == 5 ? strtoul(args[4], NULL, 10) : 0;
    if (size < 60 || size > MOST) {
        fprintf(stderr, "usage: frames read|write|flood NIC SECONDS OCTETS\n");
        return 64;
    }
    int64_t begun = now_ns(), end = begun + (int64_t) (atof(args[3]) * 1e9);
    fill(size);
    if (!strcmp(args[1], "flood")) {
        flood(args[2], end, size);
    } else if (!strcmp(args[1], "read")) {
        read_all(opened(args[2], size), end);
    } else {
        write_all(opened(args[2], size), end, size);
    }
    printf("%lu %lu %.3f %.3f\n", frames, octets, (double) (now_ns() - begun) / 1e9, cpu_s());
    return 0;
}
