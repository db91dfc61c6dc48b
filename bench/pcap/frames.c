/* What a program in C reaches that only reads and writes through libpcap, and the load for those who read.
 *
 * frames read NIC SECONDS SIZE       pcap_dispatch, frames are counted and copied
 * frames write NIC SECONDS SIZE      pcap_inject, one frame after the other
 * frames flood NIC SECONDS SIZE      sendmmsg, 64 frames at a time; SIZE above 1514 is a TCP packet to be cut
 *
 * Prints: frames, octets, seconds, CPU seconds of this process. No header of libpcap's is needed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct pcap pcap_t;
struct pcap_pkthdr { struct timeval ts; unsigned caplen, len; };
struct bpf_program { unsigned len; void *insns; };
pcap_t *pcap_create(const char *, char *);
int pcap_set_snaplen(pcap_t *, int), pcap_set_promisc(pcap_t *, int), pcap_set_immediate_mode(pcap_t *, int);
int pcap_set_buffer_size(pcap_t *, int), pcap_activate(pcap_t *), pcap_setdirection(pcap_t *, int);
int pcap_setnonblock(pcap_t *, int, char *), pcap_get_selectable_fd(pcap_t *);
int pcap_dispatch(pcap_t *, int, void (*)(unsigned char *, const struct pcap_pkthdr *, const unsigned char *),
                  unsigned char *);
int pcap_inject(pcap_t *, const void *, size_t);
int pcap_compile(pcap_t *, struct bpf_program *, const char *, int, unsigned), pcap_setfilter(pcap_t *, struct bpf_program *);
char *pcap_geterr(pcap_t *);

static unsigned long frames, octets, touched;
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static void got(unsigned char *user, const struct pcap_pkthdr *h, const unsigned char *data) {
    static unsigned char copy[70000];
    memcpy(copy, data, h->caplen);      /* whoever keeps a frame copies it out of the ring, as Java does */
    touched += copy[0];
    frames++;
    octets += h->len;
}

static void die(const char *what) { perror(what); exit(1); }

/* the ring has a slot of the largest size for each frame, so none larger than need be */
static pcap_t *open_nic(const char *nic, int size) {
    char err[256];
    pcap_t *p = pcap_create(nic, err);
    pcap_set_snaplen(p, size > 1514 ? 65557 : 1600); pcap_set_promisc(p, 1); pcap_set_immediate_mode(p, 1);
    pcap_set_buffer_size(p, 32 << 20);
    if (pcap_activate(p) < 0) { fprintf(stderr, "%s\n", pcap_geterr(p)); exit(1); }
    struct bpf_program f;
    pcap_compile(p, &f, "ether dst 02:00:00:00:00:02", 1, 0xffffffff);
    pcap_setfilter(p, &f); pcap_setdirection(p, 1); pcap_setnonblock(p, 1, err);
    return p;
}

static void fill(unsigned char *frame, int size) {
    static const unsigned char head[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 0, 0x40, 0,
        64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 255, 255};
    memset(frame, 0, size);
    memcpy(frame, head, sizeof head);
    *(unsigned short *) (frame + 16) = htons(size - 14);
}

static void flood(const char *nic, double until, int size) {
    int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(nic)};
    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) < 0
            || bind(fd, (void *) &to, sizeof to) < 0) die("flood");
    static unsigned char frame[70000];
    struct virtio_net_hdr h = {0};
    fill(frame, size);
    if (size > 1514) {
        h.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM; h.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
        h.hdr_len = 54; h.gso_size = 1460; h.csum_start = 34; h.csum_offset = 16;
    }
    struct iovec v[2] = {{&h, 10}, {frame, size}};
    struct mmsghdr m[64] = {0};
    for (int i = 0; i < 64; i++) { m[i].msg_hdr.msg_iov = v; m[i].msg_hdr.msg_iovlen = 2; }
    while (now() < until) {
        int n = sendmmsg(fd, m, size > 1514 ? 8 : 64, 0);
        if (n < 0 && errno != ENOBUFS) die("sendmmsg");
        if (n > 0) { frames += n; octets += (unsigned long) n * size; }
    }
}

int main(int argc, char **argv) {
    double begin = now(), until = begin + atof(argv[3]);
    int size = argc > 4 ? atoi(argv[4]) : 0;
    if (!strcmp(argv[1], "flood")) {
        flood(argv[2], until, size);
    } else if (!strcmp(argv[1], "read")) {
        pcap_t *p = open_nic(argv[2], size);
        struct timeval wait;
        fd_set set;
        while (now() < until) {
            if (pcap_dispatch(p, 64, got, NULL) == 0) {
                FD_ZERO(&set); FD_SET(pcap_get_selectable_fd(p), &set);
                wait = (struct timeval) {0, 100000};
                select(pcap_get_selectable_fd(p) + 1, &set, NULL, NULL, &wait);
            }
        }
    } else {
        pcap_t *p = open_nic(argv[2], size);
        static unsigned char frame[70000];
        fill(frame, size);
        while (now() < until) {
            for (int i = 0; i < 64; i++) {
                if (pcap_inject(p, frame, size) == size) { frames++; octets += size; }
            }
        }
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%lu %lu %.3f %.3f\n", frames, octets, now() - begin,
           u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6);
    return 0;
}
