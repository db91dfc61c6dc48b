/* Echo (7, TCP and UDP), discard (9) and chargen (19) on lwIP, as Debian builds it (liblwip-dev), over a TAP: the raw
 * API, and a driver that drains the TAP before it lets go of lwIP's lock. lwIP has no use for the TAP's offloads. One
 * thread, and lwIP's own for timers. */
#define _GNU_SOURCE
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <lwip/udp.h>
#include <netif/ethernet.h>
#include "tap.h"
#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { BATCH = 64, FRAME = 2048, BACKLOG = 255 };
static const char characters[TCP_SND_BUF];
static int tap;
static volatile int ready;

/* ---- the driver */

static err_t transmit(struct netif *netif, struct pbuf *frame) {
    char flat[FRAME];
    const void *from = frame->payload;
    (void) netif;
    if (frame->next) {
        from = pbuf_copy_partial(frame, flat, sizeof flat, 0) == frame->tot_len ? flat : NULL;
    }
    return from && write(tap, from, frame->tot_len) == frame->tot_len ? ERR_OK : ERR_IF;
}

static err_t attach(struct netif *netif) {
    static const u8_t mac[] = {2, 0, 0, 0, 0x88, 3};
    netif->name[0] = 't';
    netif->name[1] = 'p';
    netif->mtu = 1500;
    netif->hwaddr_len = sizeof mac;
    memcpy(netif->hwaddr, mac, sizeof mac);
    netif->output = etharp_output;
    netif->linkoutput = transmit;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_UP | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

static int drain(struct netif *netif) {
    static char frame[FRAME];
    int got = 0;
    ssize_t n;
    for (; got < BATCH && (n = read(tap, frame, sizeof frame)) > 0; got++) {
        /* PBUF_POOL would be the usual kind; Debian's 2.1.3 allocates 616 octets for one and fills in 1520. */
        struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t) n, PBUF_RAM);
        if (packet && (pbuf_take(packet, frame, (u16_t) n) != ERR_OK || netif->input(packet, netif) != ERR_OK)) {
            pbuf_free(packet);
        }
    }
    return got;
}

/* ---- the services */

static void ended(void *waiting, err_t reason) {
    (void) reason;
    if (waiting) {
        pbuf_free(waiting);
    }
}

static err_t finished(struct tcp_pcb *pcb) {
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    if (tcp_close(pcb) == ERR_OK) {
        return ERR_OK;
    }
    tcp_abort(pcb);
    return ERR_ABRT;
}

static err_t discarded(void *unused, struct tcp_pcb *pcb, struct pbuf *text, err_t error) {
    (void) unused;
    (void) error;
    if (!text) {
        return finished(pcb);
    }
    tcp_recved(pcb, text->tot_len);
    pbuf_free(text);
    return ERR_OK;
}

/* Echoes as much as there is room for; the rest waits, and with it the window. */
static void echo(struct tcp_pcb *pcb, struct pbuf *waiting) {
    while (waiting && tcp_write(pcb, waiting->payload, waiting->len, TCP_WRITE_FLAG_COPY) == ERR_OK) {
        struct pbuf *rest = waiting->next;
        tcp_recved(pcb, waiting->len);
        if (rest) {
            pbuf_ref(rest);
        }
        pbuf_free(waiting);
        waiting = rest;
    }
    tcp_arg(pcb, waiting);
    tcp_output(pcb);
}

static err_t echoed(void *waiting, struct tcp_pcb *pcb, struct pbuf *text, err_t error) {
    (void) error;
    if (!text) {
        ended(waiting, ERR_CLSD);
        tcp_arg(pcb, NULL);
        return finished(pcb);
    }
    if (waiting) {
        pbuf_cat(waiting, text);
    }
    echo(pcb, waiting ? waiting : text);
    return ERR_OK;
}

static err_t more_echo(void *waiting, struct tcp_pcb *pcb, u16_t length) {
    (void) length;
    if (waiting) {
        echo(pcb, waiting);
    }
    return ERR_OK;
}

static err_t more_characters(void *unused, struct tcp_pcb *pcb, u16_t length) {
    u16_t room;
    (void) unused;
    (void) length;
    /* not copied: they never change */
    while ((room = (u16_t) LWIP_MIN(tcp_sndbuf(pcb), 16 * TCP_MSS)) > 0
            && tcp_write(pcb, characters, room, 0) == ERR_OK) {
    }
    tcp_output(pcb);
    return ERR_OK;
}

static err_t accepted(void *service, struct tcp_pcb *pcb, err_t error) {
    int port = (int) (intptr_t) service;
    if (error != ERR_OK || !pcb) {
        return ERR_VAL;
    }
    tcp_arg(pcb, NULL);
    tcp_err(pcb, ended);
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, port == 7 ? echoed : discarded);
    tcp_sent(pcb, port == 7 ? more_echo : port == 19 ? more_characters : NULL);
    return port == 19 ? more_characters(NULL, pcb, 0) : ERR_OK;
}

static void datagram(void *unused, struct udp_pcb *pcb, struct pbuf *text, const ip_addr_t *from, u16_t port) {
    (void) unused;
    udp_sendto(pcb, text, from, port);
    pbuf_free(text);
}

static void serve(int port) {
    struct tcp_pcb *pcb = tcp_new();
    if (!pcb || tcp_bind(pcb, IP4_ADDR_ANY, (u16_t) port) != ERR_OK || !(pcb = tcp_listen_with_backlog(pcb, BACKLOG))) {
        die("listen");
    }
    tcp_arg(pcb, (void *) (intptr_t) port);
    tcp_accept(pcb, accepted);
}

static void started(void *unused) {
    (void) unused;
    ready = 1;
}

int main(int count, char **args) {
    static struct netif netif;
    ip4_addr_t address, mask;
    if (count != 3 || !ip4addr_aton(args[2], &address)) {
        fprintf(stderr, "usage: lwip TAP ADDRESS    in a network of 24 bits\n");
        return 64;
    }
    tap = tap_opened(args[1], 0);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    tcpip_init(started, NULL);
    while (!ready) {
        usleep(1000);
    }
    LOCK_TCPIP_CORE();
    netif_set_default(netif_add(&netif, &address, &mask, IP4_ADDR_ANY4, NULL, attach, ethernet_input));
    serve(7);
    serve(9);
    serve(19);
    struct udp_pcb *udp = udp_new();
    if (!udp || udp_bind(udp, IP4_ADDR_ANY, 7) != ERR_OK) {
        die("udp");
    }
    udp_recv(udp, datagram, NULL);
    UNLOCK_TCPIP_CORE();
    for (;;) {
        int got;
        LOCK_TCPIP_CORE();
        got = drain(&netif);
        UNLOCK_TCPIP_CORE();
        if (!got && poll(&(struct pollfd) {.fd = tap, .events = POLLIN}, 1, -1) < 0 && errno != EINTR) {
            die("poll");
        }
    }
}
