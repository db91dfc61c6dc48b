/// UDP: datagrams between ports, with a checksum and nothing more.
///
/// May use: `socket`, `pcb`, `inet`, `pkt`, `wire`, `kern`. Entry points: [Udp#input] and [Udp#error] from a
/// network protocol, [Udp#bind] from whoever wants a socket.
///
/// *The way in*: [UdpInput] checks, [UdpTable] finds (connected four-tuple, then a peer without a
/// port, then bound address, then wildcard), [UdpPcb#deliver] queues under the socket's lock and posts
/// readiness, which is told when the batch ends. *The way out*: [UdpSocket#send] locks the socket,
/// [UdpOutput] builds header and pieces.
///
/// Locks: one per [UdpPcb], rank `ENDPOINT`; below it only the tables' (`PORTS`) and the network
/// protocol's. Input takes one socket's lock at a time, also for broadcasts that several sockets get.
/// Look-ups take none; whoever has found a socket locks it and asks [UdpPcb#accepts], because it may just
/// have been closed or connected.
///
/// Threads: input on any number of them; sockets are safe for use by any thread.
///
/// Allocations: in steady state none per datagram received or sent, except what [UdpSocket#receive] returns:
/// the record, and endpoints where they differ from those of the datagram before.
///
/// RFCs: 768, 1122 section 4.1, 1191, 5927 (errors are believed only of datagrams that were sent), 6056
/// (ports), 8085.
///
/// Deliberately missing: IP options of what was received (RFC 1122 4.1.3.2), multicast membership (what the
/// network protocol hands up is delivered), UDP-Lite, options in the surplus area (RFC 9868; such octets
/// are ignored).
package org.splnet.udp;
