#include "address.h"

#include "rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read4(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                 enum meaning *meaning) {
    struct sockaddr_in in;
    if (size < sizeof in)
        return EINVAL;
    memcpy(&in, address, sizeof in);
    if (in.sin_family != AF_INET)
        return sock->family == AF_INET6 ? EINVAL : EAFNOSUPPORT;
    *end = (struct end){AF_INET, ntohs(in.sin_port), in.sin_addr.s_addr};
    *meaning = rules_take(end) ? TO_SPLNET : TO_HOST;
    return 0;
}

static int read6(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                 enum meaning *meaning) {
    struct sockaddr_in6 in;
    /* The kernel accepts addresses without the scope, as of RFC 2133. */
    if (size < offsetof(struct sockaddr_in6, sin6_scope_id))
        return EINVAL;
    memcpy(&in, address, offsetof(struct sockaddr_in6, sin6_scope_id));
    *end = (struct end){AF_INET, ntohs(in.sin6_port), INADDR_ANY};
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
        memcpy(&end->address, &in.sin6_addr.s6_addr[12], 4);
        if (sock->only6)
            return ENETUNREACH;
        *meaning = rules_take(end) ? TO_SPLNET : TO_HOST;
    } else if (IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr) && !sock->only6) {
        *meaning = rules_take(end) ? TO_SPLNET : TO_HOST;
    } else {
        end->family = AF_INET6;
        *meaning = IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) || rules_host6() ? TO_HOST : TO_NOWHERE;
    }
    return 0;
}

int address_read(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                 enum meaning *meaning) {
    sa_family_t family;
    if (size < sizeof family || size > sizeof(struct sockaddr_storage))
        return EINVAL;
    if (!address)
        return EFAULT;
    memcpy(&family, address, sizeof family);
    if (family == AF_UNSPEC) {
        *meaning = UNSPECIFIED;
        *end = (struct end){0};
        if (size >= sizeof(struct sockaddr_in))
            memcpy(&end->address, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return 0;
    }
    if (sock->family == AF_INET)
        return read4(sock, address, size, end, meaning);
    if (family == AF_INET6)
        return read6(sock, address, size, end, meaning);
    /* A datagram may be sent to an IPv4 address over an IPv6 socket; nothing else may. */
    if (family == AF_INET && sock->type == SOCK_DGRAM)
        return read4(sock, address, size, end, meaning);
    return size < offsetof(struct sockaddr_in6, sin6_scope_id) ? EINVAL : EAFNOSUPPORT;
}

int address_of_other(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                     enum meaning *meaning) {
    int failed = address_read(sock, address, size, end, meaning);
    if (!failed && end->family == AF_INET && end->address == INADDR_ANY) {
        end->address = htonl(INADDR_LOOPBACK);
        *meaning = rules_take(end) ? TO_SPLNET : TO_HOST;
    }
    return failed;
}

struct in6_addr address_mapped(const struct end *end) {
    struct in6_addr mapped = IN6ADDR_ANY_INIT;
    if (end->address != INADDR_ANY) {
        mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
        memcpy(&mapped.s6_addr[12], &end->address, 4);
    }
    return mapped;
}

static socklen_t make(const struct sock *sock, const struct end *end, struct sockaddr_storage *made) {
    memset(made, 0, sizeof *made);
    if (sock->family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)made;
        in->sin_family = AF_INET;
        in->sin_port = htons(end->port);
        in->sin_addr.s_addr = end->address;
        return sizeof *in;
    }
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)made;
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(end->port);
    in->sin6_addr = address_mapped(end);
    return sizeof *in;
}

void address_write(const struct sock *sock, const struct end *end, void *address, socklen_t *size) {
    struct sockaddr_storage made;
    socklen_t length = make(sock, end, &made);
    if (!size)
        return;
    if (address)
        memcpy(address, &made, *size < length ? *size : length);
    *size = length;
}

void address_name(const struct sock *sock, const struct end *end, struct msghdr *message) {
    if (message->msg_name)
        address_write(sock, end, message->msg_name, &message->msg_namelen);
    else
        message->msg_namelen = 0;
}

void end_text(const struct end *end, char text[END_TEXT]) {
    const unsigned char *a = (const unsigned char *)&end->address;
    snprintf(text, END_TEXT, "%u.%u.%u.%u:%u", a[0], a[1], a[2], a[3], end->port);
}

bool end_parse(const char *text, struct end *end) {
    unsigned a[4], port;
    char after;
    int fields = sscanf(text, "%3u.%3u.%3u.%3u:%5u%c", &a[0], &a[1], &a[2], &a[3], &port, &after);
    if (fields < 5 || (fields == 6 && after > ' ') || port > UINT16_MAX)
        return false;
    for (int i = 0; i < 4; i++) {
        if (a[i] > UINT8_MAX)
            return false;
        ((unsigned char *)&end->address)[i] = (unsigned char)a[i];
    }
    end->family = AF_INET;
    end->port = (uint16_t)port;
    return true;
}

void end_put(const struct end *end, unsigned char octets[END_OCTETS]) {
    memset(octets, 0, END_OCTETS);
    if (!end->family)
        return;
    octets[0] = 4;
    octets[2] = (unsigned char)(end->port >> 8);
    octets[3] = (unsigned char)end->port;
    memcpy(octets + 4, &end->address, 4);
}

void end_get(const unsigned char octets[END_OCTETS], struct end *end) {
    end->family = octets[0] == 4 ? AF_INET : octets[0];
    end->port = (uint16_t)(octets[2] << 8 | octets[3]);
    memcpy(&end->address, octets + 4, 4);
}
