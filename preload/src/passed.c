#include "passed.h"

#include "address.h"
#include "control.h"
#include "descriptor.h"
#include "http.h"
#include "real.h"
#include "sock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { UNMARKED = -1, WORD = 16 };

bool passed_number(int fd, uint64_t *id) {
    int mark = UNMARKED;
    if (real()->getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &mark, &(socklen_t){sizeof mark}) < 0 || mark < 0)
        return false;
    *id = (uint64_t)mark;
    return true;
}

void passed_mark(int fd, uint64_t id) {
    int mark = id <= INT_MAX ? (int)id : 0;
    real()->setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &mark, sizeof mark);
}

static void each(const struct msghdr *message, void (*call)(int fd)) {
    struct msghdr *all = (struct msghdr *)message;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(all); head; head = CMSG_NXTHDR(all, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        size_t rest = all->msg_controllen - (size_t)((const char *)head - (const char *)all->msg_control);
        size_t size = head->cmsg_len < rest ? head->cmsg_len : rest;
        for (size_t at = CMSG_LEN(0); at + sizeof(int) <= size; at += sizeof(int)) {
            int fd;
            memcpy(&fd, (const char *)head + at, sizeof fd);
            call(fd);
        }
    }
}

static void mark(int fd) {
    struct sock *sock = table_hold(fd);
    if (!sock)
        return;
    enum state state = atomic_load(&sock->state);
    if (state == OPEN || state == LISTENING) {
        passed_mark(fd, sock->id);
        sock->shared = true;
    }
    sock_drop(sock);
}

static struct sock *told(uint64_t id, const struct answer *answer) {
    const char *text = answer->text + answer->body;
    char protocol[WORD], state[WORD] = "", local[END_TEXT], remote[END_TEXT] = "";
    if (!json_string(text, "protocol", protocol, sizeof protocol) || !json_string(text, "local", local, sizeof local))
        return NULL;
    bool stream = strcmp(protocol, "tcp") == 0;
    struct sock *sock = sock_new(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM,
                                 stream ? IPPROTO_TCP : strcmp(protocol, "udp") == 0 ? IPPROTO_UDP : IPPROTO_ICMP);
    if (!sock)
        return NULL;
    sock->id = id;
    end_parse(local, &sock->local);
    if (json_string(text, "remote", remote, sizeof remote))
        end_parse(remote, &sock->remote);
    json_string(text, "state", state, sizeof state);
    sock->bound = sock->acknowledged = sock->stale = sock->shared = true;
    atomic_store(&sock->state, strcmp(state, "LISTEN") == 0 ? LISTENING : OPEN);
    return sock;
}

/* Anybody may write a number on a Unix socket of their own. Behind a stream of ours is the daemon, behind datagrams who
 * has made the socket: its owner. */
static bool genuine(const struct sock *sock, int fd, const struct answer *answer) {
    bool stream = sock->type == SOCK_STREAM;
    int type = 0;
    if (real()->getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) < 0
        || type != (stream ? SOCK_STREAM : SOCK_SEQPACKET))
        return false;
    struct ucred peer = descriptor_peer(fd), daemon = control_daemon();
    return stream ? peer.pid == daemon.pid && peer.uid == daemon.uid
                  : json_number(answer->text + answer->body, "uid", -1) == (long)peer.uid;
}

static void adopt(int fd) {
    uint64_t id;
    int domain = AF_UNSPEC;
    char target[64];
    struct answer *answer;
    struct sock *sock = NULL;
    if (real()->getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){sizeof domain}) < 0
        || domain != AF_UNIX || !passed_number(fd, &id) || id == 0 || descriptor_ended(fd))
        return;
    snprintf(target, sizeof target, "/v1/sockets/%llu", (unsigned long long)id);
    if (control_begin("GET", target, NULL, -1, &answer) == 0)
        sock = told(id, answer);
    bool ours = sock && genuine(sock, fd, answer);
    control_end();
    if (sock && !ours)
        sock_drop(sock);
    if (!ours)
        return;
    sock_identify(sock, fd);
    table_put(fd, sock);
}

void passed_out(const struct msghdr *message) {
    int before = errno;
    if (table_count() > 0 && !control_is_confined())
        each(message, mark);
    errno = before;
}

void passed_in(const struct msghdr *message) {
    int before = errno;
    if (!control_is_confined())
        each(message, adopt);
    errno = before;
}
