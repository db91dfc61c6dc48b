/// Relays between the stack and its host: a port of the stack that the host serves (`publish`), a port or a
/// Unix socket of the host that leads into the stack (`forward`), and a SOCKS5 proxy into the stack (RFC
/// 1928, RFC 1929).
///
/// Entry point: [org.splnet.relay.Relays]. What a relay is comes as a [org.splnet.relay.RelayConfig], from
/// the configuration or through the control socket. [org.splnet.relay.SocketFile] is the file of any
/// listening Unix socket of the daemon's, the control socket's too.
///
/// How it goes: [org.splnet.relay.PublishDoor], [org.splnet.relay.ForwardGuest] and
/// [org.splnet.relay.SocksGuest] bring the two ends of a connection together in a
/// [org.splnet.relay.Splice], which carries octets, ends and resets both ways. Octets go by reference: what
/// was read from the host is what the stack's send buffer refers to, and what the stack received is what is
/// written to the host.
///
/// | it holds at most, per connection | |
/// |---|---|
/// | for the stack | one buffer of 256 KiB that was read and not taken; beyond it, the host is not read |
/// | for the host | 512 KiB of payload, beyond 256 KiB the stack is not read |
///
/// Datagrams have flows instead, one for each peer, with a socket of its own on the other side:
/// [org.splnet.relay.PublishFlows], [org.splnet.relay.ForwardFlows]. A relay's are all by one loop. What the
/// other side does not take is dropped and counted, as anywhere in UDP.
///
/// Threads: the host's ends are Netty channels on a few event loops, `relay-N`, one loop per connection, and
/// all of a connection is by its loop's thread. The stack's readiness comes in whatever thread brings it,
/// after its last unlock, and only puts a task into the loop's queue, one at a time per connection. Names for
/// SOCKS are resolved by the host's resolver in threads of their own, `relay-names-N`. None of these threads
/// is there before the first relay. Locks: none; nothing is held when a socket is called.
///
/// May use: `service` and its packages, `socket`, `pkt`, `wire`, `kern`.
///
/// What does not get through: a reset into or out of a Unix socket, which has none and shows an end instead;
/// a reset by the host's end while it is not read, before something is written to it or the idle time is
/// over; of UDP, an ICMP error (from the stack's side it is counted, the host's is not heard).
///
/// Deliberately missing: IPv6 in the stack, BIND and UDP ASSOCIATE of SOCKS, TLS.
package org.splnet.relay;
