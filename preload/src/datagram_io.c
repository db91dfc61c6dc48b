#include "datagram.h"

#include "address.h"
#include "descriptor.h"
#include "options.h"
#include "real.h"

#include <errno.h>
#include <limits.h>
#include <netinet/udp.h>
#include <string.h>

/* The greatest payload of UDP over IPv4. */
enum { PAYLOAD = 65507, PARTS = 1023 };

/* Datagrams that the kernel makes of what is sent at once (UDP_MAX_SEGMENTS). */
enum { DATAGRAMS = 128 };

struct header {
    unsigned char other[END_OCTETS], ours[END_OCTETS];
};

/* The header of what is to be cut, of a client's only. */
struct cut_header {
    struct header plain;
    unsigned char segment[2];
};

/* An error record is an errno where a datagram would be. 0 if the header is that of a datagram. */
static int recorded(const struct header *header) {
    struct end end;
    end_get(header->other, &end);
    return end.family == FAMILY_ERROR ? end.port : 0;
}

/* An error that waits ahead of all datagrams is taken; else 0. */
static int take_error(int fd) {
    struct header header;
    ssize_t n = real()->recvfrom(fd, &header, sizeof header, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
    int error = n == sizeof header ? recorded(&header) : 0;
    if (error)
        real()->recvfrom(fd, &header, sizeof header, MSG_DONTWAIT, NULL, NULL);
    return error;
}

int datagram_error(struct sock *sock, int fd) {
    return atomic_load(&sock->state) == OPEN ? take_error(fd) : 0;
}

bool datagram_fails(const struct sock *sock, int fd, int flags) {
    struct header header;
    /* Only a socket with a peer is told of errors. */
    if (sock->type != SOCK_DGRAM || !sock->remote.family)
        return false;
    ssize_t n = real()->recvfrom(fd, &header, sizeof header, MSG_PEEK | (flags & MSG_DONTWAIT), NULL, NULL);
    return n < 0 || (n == sizeof header && recorded(&header));
}

int datagram_waiting(struct sock *sock, int fd) {
    struct header header;
    ssize_t n = atomic_load(&sock->state) != OPEN ? 0
        : real()->recvfrom(fd, &header, sizeof header, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT, NULL, NULL);
    return n > HEADER ? (int)(n - HEADER) : 0;
}

/* A socket without a port is given one before it waits, so that there is a descriptor to wait on. */
static int open_unbound(struct sock *sock, int fd) {
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = atomic_load(&sock->state) == FRESH ? datagram_open(sock, fd, NULL, NULL) : 0;
    sock_unlock(sock, &guard);
    return failed;
}

/* Behind what is in the control buffer already. */
static void add_control(struct msghdr *message, size_t room, int level, int type, const void *data, size_t size) {
    size_t at = CMSG_ALIGN(message->msg_controllen);
    if (at + CMSG_LEN(size) > room) {
        message->msg_flags |= MSG_CTRUNC;
        return;
    }
    struct cmsghdr *head = (struct cmsghdr *)((char *)message->msg_control + at);
    head->cmsg_level = level;
    head->cmsg_type = type;
    head->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(head), data, size);
    message->msg_controllen = at + CMSG_SPACE(size) > room ? room : at + CMSG_SPACE(size);
}

/* The address that it was sent to, by either family's name of it. */
static void add_packet_info(const struct sock *sock, struct msghdr *message, size_t room, const struct end *ours) {
    if (!message->msg_control)
        return;
    if (sock->family == AF_INET6 && option_is_on(sock, IPPROTO_IPV6, IPV6_RECVPKTINFO)) {
        struct in6_pktinfo info = {.ipi6_addr = address_mapped(ours)};
        add_control(message, room, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
    if (option_is_on(sock, IPPROTO_IP, IP_PKTINFO)) {
        struct in_pktinfo info = {.ipi_spec_dst.s_addr = ours->address, .ipi_addr.s_addr = ours->address};
        add_control(message, room, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
}

static ssize_t delivered(struct sock *sock, struct msghdr *message, const struct msghdr *plain,
                         const struct header *header, size_t room) {
    struct end other, ours;
    end_get(header->other, &other);
    end_get(header->ours, &ours);
    if (!other.family)
        other = sock->remote;
    address_name(sock, &other, message);
    message->msg_controllen = plain->msg_control ? plain->msg_controllen : 0;
    message->msg_flags = plain->msg_flags & (MSG_TRUNC | MSG_CTRUNC);
    add_packet_info(sock, message, room, &ours);
    return 0;
}

static ssize_t fail(int error) {
    errno = error;
    return -1;
}

ssize_t datagram_receive(struct sock *sock, int fd, struct msghdr *message, int flags) {
    if (flags & (MSG_OOB | MSG_ERRQUEUE))
        return fail(flags & MSG_OOB ? EOPNOTSUPP : EAGAIN);
    if (message->msg_iovlen > PARTS)
        return fail(EMSGSIZE);
    if (atomic_load(&sock->state) == FRESH) {
        int failed = open_unbound(sock, fd);
        if (failed)
            return fail(failed);
    }
    if (atomic_load(&sock->state) == INERT)
        return real()->recvmsg(fd, message, flags);
    struct header header;
    struct iovec parts[message->msg_iovlen + 1];
    parts[0] = (struct iovec){&header, sizeof header};
    if (message->msg_iovlen)
        memcpy(parts + 1, message->msg_iov, message->msg_iovlen * sizeof *parts);
    struct msghdr plain = {.msg_iov = parts, .msg_iovlen = message->msg_iovlen + 1,
                           .msg_control = message->msg_control, .msg_controllen = message->msg_controllen};
    size_t room = message->msg_controllen;
    ssize_t n = real()->recvmsg(fd, &plain, flags & ~MSG_WAITALL);
    if (n < 0)
        return errno == ENOTCONN || errno == ECONNRESET ? fail(ENETDOWN) : -1;
    if (n < HEADER) {
        message->msg_namelen = 0;
        return sock->read_shut ? 0 : fail(ENETDOWN);
    }
    int error = recorded(&header);
    if (error) {
        if (flags & MSG_PEEK)
            take_error(fd);
        return fail(error);
    }
    delivered(sock, message, &plain, &header, room);
    return n - HEADER;
}

/* IP_PKTINFO of the program, or IPV6_PKTINFO: where to send from. */
static void find_source(const struct sock *sock, const struct msghdr *message, struct end *ours) {
    struct msghdr *all = (struct msghdr *)message;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(all); head; head = CMSG_NXTHDR(all, head)) {
        struct in_pktinfo info;
        struct in6_pktinfo info6;
        in_addr_t from = INADDR_ANY;
        if (head->cmsg_level == IPPROTO_IP && head->cmsg_type == IP_PKTINFO && head->cmsg_len >= CMSG_LEN(sizeof info)) {
            memcpy(&info, CMSG_DATA(head), sizeof info);
            from = info.ipi_spec_dst.s_addr;
        } else if (sock->family == AF_INET6 && head->cmsg_level == IPPROTO_IPV6 && head->cmsg_type == IPV6_PKTINFO
                   && head->cmsg_len >= CMSG_LEN(sizeof info6)) {
            memcpy(&info6, CMSG_DATA(head), sizeof info6);
            if (IN6_IS_ADDR_V4MAPPED(&info6.ipi6_addr))
                memcpy(&from, &info6.ipi6_addr.s6_addr[12], sizeof from);
        }
        if (from != INADDR_ANY)
            *ours = (struct end){AF_INET, 0, from};
    }
}

/* UDP_SEGMENT, of this message or of the socket: of how many octets each datagram is to be, 0 for all in one. 0 or an
 * errno. */
static int find_segment(const struct sock *sock, const struct msghdr *message, size_t size, uint16_t *segment) {
    if (sock->protocol == IPPROTO_ICMP)
        return 0;
    *segment = (uint16_t)option_number(sock, IPPROTO_UDP, UDP_SEGMENT);
    struct msghdr *all = (struct msghdr *)message;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(all); head; head = CMSG_NXTHDR(all, head)) {
        if (head->cmsg_level != IPPROTO_UDP)
            continue;
        if (head->cmsg_type != UDP_SEGMENT || head->cmsg_len != CMSG_LEN(sizeof *segment))
            return EINVAL;
        memcpy(segment, CMSG_DATA(head), sizeof *segment);
    }
    return *segment && size > (size_t)*segment * DATAGRAMS ? EINVAL : 0;
}

/* Where to; family 0 for the peer. 0 or an errno. */
static int find_destination(struct sock *sock, const struct msghdr *message, struct end *end, bool *host) {
    *end = (struct end){0};
    if (!message->msg_name || !message->msg_namelen)
        return sock->remote.family ? 0 : EDESTADDRREQ;
    enum meaning meaning;
    int failed = address_of_other(sock, message->msg_name, message->msg_namelen, end, &meaning);
    if (failed)
        return failed;
    if (meaning == UNSPECIFIED)
        return sock->remote.family ? 0 : EINVAL;
    if (end->port == 0 && sock->protocol != IPPROTO_ICMP)
        return EINVAL;
    if (meaning == TO_NOWHERE)
        return ENETUNREACH;
    if (end->address == INADDR_BROADCAST && !option_is_on(sock, SOL_SOCKET, SO_BROADCAST))
        return EACCES;
    *host = meaning == TO_HOST;
    return 0;
}

/* Opens it, or leaves it to the host; 0 or an errno. */
static int settle_side(struct sock *sock, int fd, bool host) {
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = 0;
    enum state state = atomic_load(&sock->state);
    if (state == FRESH && host)
        failed = descriptor_to_host(sock, fd);
    else if (host || state == INERT)
        failed = ENETUNREACH;
    else if (state == FRESH)
        failed = datagram_open(sock, fd, NULL, NULL);
    sock_unlock(sock, &guard);
    return failed;
}

ssize_t datagram_send(struct sock *sock, int fd, const struct msghdr *message, int flags, bool *host) {
    if (flags & (MSG_OOB | MSG_MORE))
        return fail(EOPNOTSUPP);
    if (message->msg_iovlen > PARTS)
        return fail(EMSGSIZE);
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    struct end end, ours = {0};
    if (size > PAYLOAD)
        return fail(EMSGSIZE);
    int failed = find_destination(sock, message, &end, host);
    if (!failed && (*host || atomic_load(&sock->state) != OPEN))
        failed = settle_side(sock, fd, *host);
    if (failed) {
        *host = false;
        return fail(failed);
    }
    if (*host)
        return -1;
    if (sock->write_shut)
        return fail(EPIPE);
    if (sock->remote.family && (failed = take_error(fd)))
        return fail(failed);
    uint16_t segment = 0;
    if ((failed = find_segment(sock, message, size, &segment)))
        return fail(failed);
    find_source(sock, message, &ours);
    struct cut_header header = {.segment = {(unsigned char)(segment >> 8), (unsigned char)segment}};
    end_put(&end, header.plain.other);
    end_put(&ours, header.plain.ours);
    header.plain.other[1] = segment != 0;
    ssize_t length = segment ? sizeof header : sizeof header.plain;
    struct iovec parts[message->msg_iovlen + 1];
    parts[0] = (struct iovec){&header, (size_t)length};
    if (message->msg_iovlen)
        memcpy(parts + 1, message->msg_iov, message->msg_iovlen * sizeof *parts);
    struct msghdr plain = {.msg_iov = parts, .msg_iovlen = message->msg_iovlen + 1};
    ssize_t n = real()->sendmsg(fd, &plain, (flags & MSG_DONTWAIT) | MSG_NOSIGNAL);
    if (n < 0)
        return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? fail(ENETDOWN) : -1;
    return n < length ? 0 : n - length;
}
