#include "calls.h"

#include <inttypes.h>

enum { CONNECTIONS = 6, STEPS = 400, MOST = 20000 };

/* Both ends of a connection, and what a model says is on the way in each direction. */
struct connection {
    int ends[2];
    size_t sent[2], received[2];
    bool shut[2];
};

static uint64_t state;

static unsigned chance(unsigned below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 11) % below;
}

static unsigned char octet(int direction, size_t at) {
    return (unsigned char)(at * 7 + at / 251 + (size_t)direction * 100);
}

static void transmit(struct connection *c, int from) {
    static unsigned char data[MOST];
    size_t size = chance(MOST) + 1, way = c->sent[from] - c->received[from];
    if (way + size > 60000)
        return;
    for (size_t i = 0; i < size; i++)
        data[i] = octet(from, c->sent[from] + i);
    ssize_t n;
    struct iovec parts[2] = {{data, size / 3}, {data + size / 3, size - size / 3}};
    switch (chance(4)) {
    case 0:
        n = write(c->ends[from], data, size);
        break;
    case 1:
        n = writev(c->ends[from], parts, 2);
        break;
    case 2:
        n = sendmsg(c->ends[from], &(struct msghdr){.msg_iov = parts, .msg_iovlen = 2}, MSG_NOSIGNAL);
        break;
    default:
        n = send(c->ends[from], data, size, MSG_NOSIGNAL);
    }
    say("send", n);
    c->sent[from] += n > 0 ? (size_t)n : 0;
}

static void receive(struct connection *c, int from) {
    static unsigned char data[MOST];
    size_t size = chance(MOST) + 1, way = c->sent[from] - c->received[from];
    int fd = c->ends[!from];
    if (!way && !c->shut[from])
        return;
    size = size > way && way ? way : size;
    ssize_t n = 0;
    struct iovec part = {data, size};
    if (chance(2))
        n = recv(fd, data, size, MSG_WAITALL);
    else if (chance(2))
        n = (ssize_t)read_all(fd, data, size);
    else
        n = recvmsg(fd, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, MSG_WAITALL);
    say("recv", n);
    long wrong = 0;
    for (ssize_t i = 0; i < n; i++)
        wrong += data[i] != octet(from, c->received[from] + (size_t)i);
    if (wrong)
        say("wrong", wrong);
    c->received[from] += n > 0 ? (size_t)n : 0;
}

static void refresh(struct connection *c) {
    close(c->ends[0]);
    close(c->ends[1]);
    *c = (struct connection){0};
    joined(c->ends);
}

void random_walk(unsigned seed) {
    struct connection all[CONNECTIONS] = {0};
    printf("seed %u\n", seed);
    state = seed * 2654435761U + 88172645463325252U;
    for (int i = 0; i < CONNECTIONS; i++)
        joined(all[i].ends);
    for (int i = 0; i < STEPS; i++) {
        struct connection *c = &all[chance(CONNECTIONS)];
        int from = (int)chance(2);
        unsigned what = chance(20);
        printf("%ld.%d ", (long)(c - all), from);
        if (what < 9) {
            transmit(c, from);
        } else if (what < 17) {
            receive(c, from);
        } else if (what == 17) {
            /* how the second is answered depends on whether the first has arrived */
            int n = shutdown(c->ends[from], SHUT_WR);
            if (!c->shut[0] && !c->shut[1])
                say("shutdown", n);
            c->shut[from] = true;
        } else if (what == 18) {
            int copy = dup(c->ends[from]);
            say("dup and close", close(c->ends[from]));
            c->ends[from] = copy;
        } else {
            refresh(c);
            printf("anew\n");
        }
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        close(all[i].ends[0]);
        close(all[i].ends[1]);
    }
}
