/* Sends octets to an echo service through shared memory (../include/splnet-ring.h) and checks what comes back.
 * usage: ring CONTROL-SOCKET ADDRESS:PORT OCTETS RING-OCTETS. Exit status 1 if anything is lost, or said wrongly. */
#include "../include/splnet-ring.h"
#include <stdlib.h>

enum { PIECE = 100000 };
static unsigned char piece[PIECE];

static unsigned char octet(size_t at) {
    return (unsigned char) (at * 2654435761u >> 13);
}

static int failed(const char *what) {
    fprintf(stderr, "ring: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Nothing happens any more: who waits for whom. */
static int stuck(struct splnet_ring *ring, size_t sent, size_t got) {
    struct splnet_ring_words *all[] = {&ring->page->in, &ring->page->out};
    fprintf(stderr, "ring: stuck: sent %zu got %zu", sent, got);
    for (int i = 0; i < 2; i++) {
        fprintf(stderr, " %s: written %lu read %lu reader sleeps %u writer sleeps %u ended %u", i == 0 ? "in" : "out",
                (unsigned long) atomic_load(&all[i]->written), (unsigned long) atomic_load(&all[i]->read),
                (unsigned) atomic_load(&all[i]->reader_sleeps), (unsigned) atomic_load(&all[i]->writer_sleeps),
                (unsigned) atomic_load(&all[i]->ended));
    }
    fprintf(stderr, "\n");
    return 1;
}

/* Less than 0 if there is nothing to be sent, or no room; 0 at an error. */
static int sends(struct splnet_ring *ring, size_t *sent, size_t octets) {
    size_t n = octets - *sent < PIECE ? octets - *sent : PIECE;
    for (size_t i = 0; i < n; i++) {
        piece[i] = octet(*sent + i);
    }
    ssize_t taken = n == 0 ? -1 : splnet_ring_send(ring, piece, n);
    if (taken < 0) {
        return n == 0 || errno == EAGAIN ? -1 : 0;
    }
    *sent += (size_t) taken;
    return 1;
}

static int receives(struct splnet_ring *ring, size_t *got) {
    ssize_t n = splnet_ring_recv(ring, piece, 1 + *got % PIECE);
    for (ssize_t i = 0; i < n; i++) {
        if (piece[i] != octet(*got + (size_t) i)) {
            errno = EBADMSG;
            return 0;
        }
    }
    *got += n > 0 ? (size_t) n : 0;
    return n > 0 ? 1 : n < 0 && errno == EAGAIN ? -1 : 0;
}

/* Whatever went wrong before. */
static int takes_no_page(struct splnet_ring *ring) {
    char name[] = "/tmp/splnet-page-XXXXXX";
    int memory = mkstemp(name);
    if (memory < 0) {
        return 0;
    }
    if (unlink(name) < 0 || ftruncate(memory, SPLNET_RING_PAGE) < 0) {
        close(memory);
        return 0;
    }
    errno = EAGAIN;
    return splnet_ring_open(ring, -1, memory) < 0 && errno == EPROTO;
}

int main(int count, char **args) {
    struct splnet_ring ring;
    if (!takes_no_page(&ring)) {
        return failed("a page alone");
    }
    if (count != 5) {
        return failed("usage: ring CONTROL-SOCKET ADDRESS:PORT OCTETS RING-OCTETS");
    }
    size_t octets = strtoul(args[3], NULL, 10), sent = 0, got = 0;
    if (splnet_ring_connect(&ring, args[1], args[2], (uint32_t) strtoul(args[4], NULL, 10)) < 0) {
        return failed("connect");
    }
    while (got < octets) {
        int out = sends(&ring, &sent, octets), in = receives(&ring, &got);
        if (out == 0 || in == 0) {
            return failed(in == 0 ? "receive" : "send");
        }
        if (out < 0 && in < 0 && splnet_ring_wait(&ring, POLLIN | (sent < octets ? POLLOUT : 0), 20000) <= 0) {
            return stuck(&ring, sent, got);
        }
    }
    splnet_ring_shutdown(&ring);
    if (splnet_ring_wait(&ring, POLLIN, 20000) <= 0) {
        return stuck(&ring, sent, got);
    }
    if (splnet_ring_recv(&ring, piece, PIECE) != 0) {
        return failed("end");
    }
    splnet_ring_close(&ring);
    printf("%zu octets\n", got);
    return 0;
}
