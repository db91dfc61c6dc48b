/* End points: as socket addresses, as text, and in the octets of names and datagrams. */
#ifndef SPLNET_ADDRESS_H
#define SPLNET_ADDRESS_H

#include "sock.h"

#include <stddef.h>

enum { END_OCTETS = 20, END_TEXT = 32, FAMILY_ERROR = 255 };

/* What a program means by an address. */
enum meaning {
    TO_SPLNET,
    TO_HOST,
    TO_NOWHERE, /* an IPv6 address: splnet has none */
    UNSPECIFIED, /* AF_UNSPEC: forget the peer */
};

/* Reads an address that is to be bound to; 0 or an errno. Of IPv6's own only the port is read. */
int address_read(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                 enum meaning *meaning);
/* The same of one that is to be connected to or sent to: 0.0.0.0 is 127.0.0.1. */
int address_of_other(const struct sock *sock, const struct sockaddr *address, socklen_t size, struct end *end,
                     enum meaning *meaning);
/* As the kernel does: as much as there is room for, and the whole length. Either pointer may be NULL. */
void address_write(const struct sock *sock, const struct end *end, void *address, socklen_t *size);
/* The same for a message's name. */
void address_name(const struct sock *sock, const struct end *end, struct msghdr *message);
/* An IPv6 socket's word for it. */
struct in6_addr address_mapped(const struct end *end);

void end_text(const struct end *end, char text[END_TEXT]);
bool end_parse(const char *text, struct end *end);
void end_put(const struct end *end, unsigned char octets[END_OCTETS]);
void end_get(const unsigned char octets[END_OCTETS], struct end *end);

#endif
