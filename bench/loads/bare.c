/* The least TCP that can talk to a Linux peer over a TAP: what the way itself can carry, with a virtio header, segments
 * of 64 KiB and one copy of the payload. It is no stack: no congestion control, no reassembly, no checks, one peer; what
 * is lost is sent again after 200 ms, from there on. Echo (7, also UDP and ICMP), discard (9), chargen (19). */
#define _GNU_SOURCE
#include "tap.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/virtio_net.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

enum service { ECHO, DISCARD, CHARGEN, SERVICES };
enum { BATCH = 64, MSS = 1460, SEGMENT = 44 * MSS, FRAME = 1 << 17, STORE = 1 << 20, RING = 4096, SCALE = 7 };
static const uint16_t ports[] = {7, 9, 19};
static const uint32_t WINDOW = 1 << 20;
static const int64_t TICK = 50000000, RESEND = 200000000;

struct frame {
    struct virtio_net_hdr offload;
    struct ethhdr ether;
    struct iphdr ip;
    struct tcphdr tcp;
    uint8_t rest[FRAME];
} __attribute__((packed, aligned(4)));

struct flow {
    struct flow *next, **link, *next_dirty; /* all flows; those that have something to say after this batch */
    enum service service;
    uint16_t port;
    int established, dirty, gone, due, peer_fin, our_fin, scale;
    uint32_t received, unsaid; /* next expected; octets of it that no ACK has told yet */
    uint32_t una, nxt, max, end, window; /* sent: oldest open, next, highest; end of what there is to echo */
    int64_t moved; /* when `una` last did */
    char ring[RING]; /* what is to be echoed, by sequence number */
};

static struct frame in, out;
static char store[STORE + SEGMENT]; /* the application's memory, which is copied to and from */
static struct flow *flows[SERVICES][1 << 16], *all, *dirty;
static uint8_t mac[ETH_ALEN] = {2, 0, 0, 0, 0x88, 2};
static uint32_t address;
static int tap;
static int64_t present;

static uint32_t summed(const void *data, size_t length) {
    const uint16_t *words = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length / 2; i++) {
        sum += words[i];
    }
    return sum;
}

static uint16_t folded(uint32_t sum) {
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) (sum + (sum >> 16));
}

static void transmit(struct frame *frame, size_t length) {
    if (write(tap, frame, length) < 0 && errno != EAGAIN && errno != EIO) {
        die("write to the TAP");
    }
}

/* One segment; `from` is copied into it. The kernel does its checksum, and cuts it if it has to. */
static void segment(struct flow *flow, int flags, uint32_t seq, const char *from, size_t length) {
    static const uint8_t syn_options[] = {TCPOPT_MAXSEG, TCPOLEN_MAXSEG, MSS >> 8, MSS & 255, TCPOPT_NOP,
        TCPOPT_WINDOW, TCPOLEN_WINDOW, SCALE};
    size_t options = flags & TH_SYN ? sizeof syn_options : 0, transport = sizeof out.tcp + options + length;
    memset(&out, 0, sizeof out - sizeof out.rest);
    out.offload.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    out.offload.csum_start = sizeof out.ether + sizeof out.ip;
    out.offload.csum_offset = offsetof(struct tcphdr, check);
    if (length > MSS) {
        out.offload.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
        out.offload.gso_size = MSS;
        out.offload.hdr_len = sizeof out.ether + sizeof out.ip + sizeof out.tcp;
    }
    memcpy(out.ether.h_dest, in.ether.h_source, ETH_ALEN);
    memcpy(out.ether.h_source, mac, ETH_ALEN);
    out.ether.h_proto = htons(ETH_P_IP);
    out.ip = (struct iphdr) {.version = 4, .ihl = 5, .tot_len = htons((uint16_t) (sizeof out.ip + transport)),
        .frag_off = htons(IP_DF), .ttl = 64, .protocol = IPPROTO_TCP, .saddr = address, .daddr = in.ip.saddr};
    out.ip.check = (uint16_t) ~folded(summed(&out.ip, sizeof out.ip));
    out.tcp.source = htons(ports[flow->service]);
    out.tcp.dest = flow->port;
    out.tcp.seq = htonl(seq);
    out.tcp.ack_seq = htonl(flow->received);
    out.tcp.th_flags = (uint8_t) flags;
    out.tcp.doff = (sizeof out.tcp + options) / 4;
    out.tcp.window = htons(flags & TH_SYN ? 65535 : (uint16_t) (WINDOW >> SCALE));
    out.tcp.check = folded(summed(&out.ip.saddr, 8) + htons(IPPROTO_TCP) + htons((uint16_t) transport));
    memcpy(out.rest, syn_options, options);
    if (length) {
        memcpy(out.rest, from, length);
    }
    transmit(&out, sizeof out - sizeof out.rest + options + length);
    flow->due = 0;
    flow->unsaid = 0;
}

static void mark(struct flow *flow) {
    if (!flow->dirty) {
        flow->dirty = 1;
        flow->next_dirty = dirty;
        dirty = flow;
    }
}

static void forget(struct flow *flow) {
    flows[flow->service][flow->port] = NULL;
    *flow->link = flow->next;
    if (flow->next) {
        flow->next->link = flow->link;
    }
    flow->gone = 1;
    mark(flow);
}

static void begin(enum service service, uint16_t port) {
    struct flow *flow = calloc(1, sizeof *flow);
    uint8_t *option = in.rest, *end = (uint8_t *) &in.tcp + in.tcp.doff * 4;
    *flow = (struct flow) {.service = service, .port = port, .received = ntohl(in.tcp.seq) + 1, .link = &all,
        .next = all, .una = 1, .nxt = 2, .max = 2, .end = 2, .moved = present};
    if (all) {
        all->link = &flow->next;
    }
    all = flows[service][port] = flow;
    while (option < end && *option != TCPOPT_EOL) {
        if (*option == TCPOPT_WINDOW) {
            flow->scale = option[2];
        }
        option += *option == TCPOPT_NOP || option[1] < 2 ? 1 : option[1];
    }
    segment(flow, TH_SYN | TH_ACK, flow->una, NULL, 0);
}

static void acknowledged(struct flow *flow, uint32_t ack) {
    flow->established = 1;
    flow->window = (uint32_t) ntohs(in.tcp.window) << flow->scale;
    if ((int32_t) (ack - flow->una) > 0 && (int32_t) (ack - flow->max) <= 0) {
        flow->una = ack;
        flow->moved = present;
        if ((int32_t) (flow->nxt - ack) < 0) {
            flow->nxt = ack;
        }
    }
}

static void text(struct flow *flow, const char *data, uint32_t length) {
    if (ntohl(in.tcp.seq) != flow->received || (flow->service == ECHO && flow->end - flow->una + length > RING)) {
        flow->due = 1; /* says again where it is */
        return;
    }
    if (flow->service == ECHO) {
        for (uint32_t i = 0; i < length; i++) {
            flow->ring[flow->end++ % RING] = data[i];
        }
    } else {
        memcpy(store + flow->received % STORE, data, length);
    }
    flow->received += length;
    flow->unsaid += length;
    if (flow->unsaid >= WINDOW / 4) {
        segment(flow, TH_ACK, flow->nxt, NULL, 0);
    }
}

static void tcp_input(size_t length) {
    uint16_t port = in.tcp.source, to = ntohs(in.tcp.dest);
    size_t headers = sizeof in.ip + in.tcp.doff * 4U, size = ntohs(in.ip.tot_len);
    if ((to != 7 && to != 9 && to != 19) || in.tcp.doff < 5 || size < headers || size + sizeof in.ether > length) {
        return;
    }
    enum service service = to == 7 ? ECHO : to == 9 ? DISCARD : CHARGEN;
    struct flow *flow = flows[service][port];
    if (flow && in.tcp.th_flags & (TH_RST | TH_SYN)) {
        forget(flow);
        flow = NULL;
    }
    if (!flow) {
        if ((in.tcp.th_flags & (TH_SYN | TH_RST | TH_ACK)) == TH_SYN) {
            begin(service, port);
        }
        return;
    }
    acknowledged(flow, ntohl(in.tcp.ack_seq));
    if (size > headers) {
        text(flow, (char *) &in.ip + headers, (uint32_t) (size - headers));
    }
    if (in.tcp.th_flags & TH_FIN && !flow->peer_fin
            && ntohl(in.tcp.seq) + (uint32_t) (size - headers) == flow->received) {
        flow->peer_fin = 1;
        flow->received++;
        flow->due = 1;
    }
    if (flow->our_fin && flow->una == flow->max) {
        forget(flow);
    }
    mark(flow);
}

/* Sends what the peer's window lets through. */
static void pump(struct flow *flow) {
    for (;;) {
        uint32_t under_way = flow->nxt - flow->una, limit = flow->window < WINDOW ? flow->window : WINDOW;
        uint32_t room = limit > under_way ? limit - under_way : 0, n = room < SEGMENT ? room : SEGMENT;
        const char *from = store + flow->nxt % STORE;
        if (flow->service == ECHO) {
            uint32_t at = flow->nxt % RING, there = flow->our_fin ? 0 : flow->end - flow->nxt;
            there = there < RING - at ? there : RING - at;
            n = n < there ? n : there;
            from = flow->ring + at;
        } else if (flow->service == DISCARD || (n < SEGMENT && under_way > 0 && n < limit / 2)) {
            n = 0;
        }
        if (n == 0) {
            return;
        }
        segment(flow, TH_ACK | TH_PUSH, flow->nxt, from, n);
        flow->moved = under_way ? flow->moved : present;
        flow->nxt += n;
        flow->max = (int32_t) (flow->nxt - flow->max) > 0 ? flow->nxt : flow->max;
    }
}

static void flush(void) {
    while (dirty) {
        struct flow *flow = dirty;
        dirty = flow->next_dirty;
        flow->dirty = 0;
        if (flow->gone) {
            free(flow);
            continue;
        }
        if (flow->established) {
            pump(flow);
        }
        if (flow->peer_fin && !flow->our_fin && (flow->service != ECHO || flow->nxt == flow->end)) {
            flow->our_fin = 1;
            segment(flow, TH_ACK | TH_FIN, flow->nxt++, NULL, 0);
            flow->max = flow->nxt;
        }
        if (flow->due || flow->unsaid) {
            segment(flow, TH_ACK, flow->nxt, NULL, 0);
        }
    }
}

static void tick(void) {
    for (struct flow *flow = all; flow; flow = flow->next) {
        if (flow->max != flow->una && present - flow->moved > RESEND) {
            if (!flow->established) {
                segment(flow, TH_SYN | TH_ACK, flow->una, NULL, 0);
            } else {
                flow->our_fin = 0;
                flow->nxt = flow->una;
            }
            flow->moved = present;
        }
        mark(flow); /* the peer's window may have opened */
    }
    flush();
}

static void back(size_t length) {
    memset(&in.offload, 0, sizeof in.offload);
    memcpy(in.ether.h_dest, in.ether.h_source, ETH_ALEN);
    memcpy(in.ether.h_source, mac, ETH_ALEN);
    transmit(&in, sizeof in.offload + length);
}

static void arp_input(size_t length) {
    struct ether_arp *arp = (struct ether_arp *) &in.ip;
    if (arp->arp_op == htons(ARPOP_REQUEST) && !memcmp(arp->arp_tpa, &address, 4)) {
        arp->arp_op = htons(ARPOP_REPLY);
        memcpy(arp->arp_tha, arp->arp_sha, ETH_ALEN + 4); /* and the address behind it */
        memcpy(arp->arp_sha, mac, ETH_ALEN);
        memcpy(arp->arp_spa, &address, 4);
        back(length);
    }
}

static void echo_input(size_t length) {
    struct icmphdr *icmp = (struct icmphdr *) &in.tcp;
    struct udphdr *udp = (struct udphdr *) &in.tcp;
    uint16_t port = udp->source;
    if (in.ip.protocol == IPPROTO_ICMP && icmp->type == ICMP_ECHO) {
        icmp->type = ICMP_ECHOREPLY;
        icmp->checksum = folded((uint32_t) icmp->checksum + htons(ICMP_ECHO << 8));
    } else if (in.ip.protocol == IPPROTO_UDP && udp->dest == htons(7)) {
        udp->source = udp->dest;
        udp->dest = port;
        udp->check = 0;
    } else {
        return;
    }
    in.ip.daddr = in.ip.saddr;
    in.ip.saddr = address;
    back(length);
}

static void input(size_t length) {
    if (in.ether.h_proto == htons(ETH_P_ARP)) {
        arp_input(length);
    } else if (in.ether.h_proto == htons(ETH_P_IP) && in.ip.daddr == address && in.ip.ihl == 5) {
        if (in.ip.protocol == IPPROTO_TCP) {
            tcp_input(length);
        } else {
            echo_input(length);
        }
    }
}

int main(int count, char **args) {
    int64_t polling = count > 3 ? atol(args[3]) * 1000 : 0, ticked = now_ns(), last = ticked;
    if (count < 3 || inet_pton(AF_INET, args[2], &address) != 1) {
        fprintf(stderr, "usage: bare TAP ADDRESS [MICROSECONDS]    to look for frames before it sleeps\n");
        return 64;
    }
    tap = tap_opened(args[1], 1);
    for (;;) {
        int got = 0;
        ssize_t n;
        present = now_ns();
        for (; got < BATCH && (n = read(tap, &in, sizeof in)) > 0; got++) {
            input((size_t) n - sizeof in.offload);
        }
        flush();
        if (got) {
            last = present;
        } else if (present - last >= polling) {
            poll(&(struct pollfd) {.fd = tap, .events = POLLIN}, 1, (int) (TICK / 1000000));
            last = now_ns();
        }
        if (present - ticked > TICK) {
            ticked = present;
            tick();
        }
    }
}
