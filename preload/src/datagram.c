#include "datagram.h"

#include "address.h"
#include "control.h"
#include "descriptor.h"
#include "options.h"
#include "real.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Connects the descriptor to a new socket of our own. Not socketpair(): the descriptor has its number, duplicates and
 * registrations already. */
static int pair(int fd, int *other) {
    struct sockaddr_un_any {
        sa_family_t family;
        char name[110];
    } name = {.family = AF_UNIX};
    socklen_t size = sizeof name.family;
    int failed = 0;
    int desk = real()->socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (desk < 0)
        return errno;
    /* A name that the kernel chooses, in the abstract space. */
    if (real()->bind(desk, (struct sockaddr *)&name, size) < 0 || real()->listen(desk, 8) < 0)
        failed = errno;
    size = sizeof name;
    if (!failed && (real()->getsockname(desk, (struct sockaddr *)&name, &size) < 0
                    || real()->connect(fd, (struct sockaddr *)&name, size) < 0))
        failed = errno;
    *other = -1;
    while (!failed && *other < 0) {
        *other = real()->accept4(desk, NULL, NULL, SOCK_CLOEXEC);
        struct ucred peer = {0};
        socklen_t length = sizeof peer;
        if (*other < 0 && errno != EINTR && errno != ECONNABORTED)
            failed = errno;
        /* Whoever guessed the name is not who we wait for. */
        if (*other >= 0 && (real()->getsockopt(*other, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0
                            || peer.pid != getpid())) {
            real()->close(*other);
            *other = -1;
        }
    }
    real()->close(desk);
    return failed;
}

int datagram_open(struct sock *sock, int fd, const struct end *local, const struct end *remote) {
    int other = -1, failed = descriptor_renew(sock, fd, SOCK_SEQPACKET);
    if (failed || (failed = pair(fd, &other)))
        return failed;
    char text[END_TEXT], peer[END_TEXT], options[1024], body[1280], also[64] = "";
    struct end any = {AF_INET, 0, INADDR_ANY};
    end_text(local ? local : &any, text);
    if (remote) {
        end_text(remote, peer);
        snprintf(also, sizeof also, "\"remote\":\"%s\",", peer);
    }
    options_json(sock, options, sizeof options);
    snprintf(body, sizeof body, "{%s\"local\":\"%s\",%s\"options\":%s,\"descriptors\":true}",
             sock->protocol == IPPROTO_ICMP ? "\"protocol\":\"icmp\"," : "", text, also, options);
    struct answer *answer;
    failed = control_begin("POST", "/v1/datagram", body, other, &answer);
    if (!failed) {
        sock->id = answer->id;
        sock->local = answer->local;
        sock->remote = remote ? *remote : (struct end){0};
    }
    control_end();
    real()->close(other);
    if (!failed) {
        sock->nwatches = 0;
        atomic_store(&sock->state, OPEN);
    }
    return failed;
}

static int put_remote(struct sock *sock, int fd, const struct end *end) {
    if (descriptor_ended(fd))
        return ENETDOWN;
    char target[64], text[END_TEXT], body[64] = "{\"remote\":null}";
    snprintf(target, sizeof target, "/v1/sockets/%llu/remote", (unsigned long long)sock->id);
    if (end) {
        end_text(end, text);
        snprintf(body, sizeof body, "{\"remote\":\"%s\"}", text);
    }
    struct answer *answer;
    int failed = control_begin("PUT", target, body, -1, &answer);
    if (!failed) {
        sock->remote = end ? *end : (struct end){0};
        if (answer->local.family)
            sock->local = answer->local;
    }
    control_end();
    return failed;
}

static int connect_locked(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size, bool *host) {
    struct end end;
    enum meaning meaning;
    int failed = address_of_other(sock, address, size, &end, &meaning);
    if (failed)
        return failed;
    enum state state = atomic_load(&sock->state);
    if (meaning == UNSPECIFIED)
        return state == OPEN && sock->remote.family ? put_remote(sock, fd, NULL) : 0;
    if (meaning == TO_NOWHERE || state == INERT)
        return ENETUNREACH;
    /* A socket with datagrams to come cannot change sides, except that one bound to any address may not have any. */
    if (meaning == TO_HOST) {
        if (state == OPEN && !sock->bound)
            return ENETUNREACH;
        *host = true;
        return descriptor_to_host(sock, fd);
    }
    return state == OPEN ? put_remote(sock, fd, &end) : datagram_open(sock, fd, NULL, &end);
}

int datagram_connect(struct sock *sock, int fd, const struct sockaddr *address, socklen_t size) {
    bool host = false;
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = connect_locked(sock, fd, address, size, &host);
    sock_unlock(sock, &guard);
    return !failed && host && real()->connect(fd, address, size) < 0 ? errno : failed;
}

int datagram_shutdown(struct sock *sock, int fd, int how) {
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
        return EINVAL;
    struct guard guard;
    sock_lock(sock, &guard);
    /* The other direction is not shut down in the descriptor: that would be the end of the socket for the daemon. */
    sock->read_shut |= how != SHUT_WR;
    sock->write_shut |= how != SHUT_RD && sock->remote.family;
    sock_unlock(sock, &guard);
    if (how != SHUT_WR)
        real()->shutdown(fd, SHUT_RD);
    return sock->remote.family ? 0 : ENOTCONN;
}

void datagram_closing(struct sock *sock, int fd) {
    if (!sock->bound || sock->shared || atomic_load(&sock->state) != OPEN)
        return;
    if (!sock->read_shut) {
        descriptor_release(fd);
        return;
    }
    /* With both halves shut the descriptor does not show the daemon's end: it is asked until it knows the socket no
     * more. Not told to close it, which would be ahead of what was sent. */
    char target[64];
    struct answer *answer;
    bool there = !descriptor_ended(fd) && real()->shutdown(fd, SHUT_WR) == 0;
    snprintf(target, sizeof target, "/v1/sockets/%llu/queues", (unsigned long long)sock->id);
    long pause = 1;
    for (long until = now() + PATIENCE; there && now() < until; pause += pause < 64 ? pause : 0) {
        there = control_begin("GET", target, NULL, -1, &answer) == 0;
        control_end();
        if (there)
            nanosleep(&(struct timespec){.tv_nsec = pause * 1000000}, NULL);
    }
}
