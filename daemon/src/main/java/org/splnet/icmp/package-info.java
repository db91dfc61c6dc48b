/// Sockets for ICMP echo (RFC 792, RFC 1122 §3.2.2.6), as Linux has them with `SOCK_DGRAM` and
/// `IPPROTO_ICMP`: echo requests go out with the socket's identifier, and the replies to it come in.
///
/// May use: `socket`, `ip`, `inet`, `pkt`, `wire`, `kern`; other than `tcp` and `udp` it knows `ip`, which
/// takes what comes in and says whose it is ([org.splnet.ip.Pings]). Entry points: [EchoProtocol#bind] from
/// whoever wants a socket; [EchoPcb#reply] and [EchoPcb#error] from input threads.
///
/// Payloads are whole ICMP messages, header included. A request to send must be of type 8 and code 0; its
/// identifier and checksum are written over. In an end of a socket of ours the port is the identifier; in
/// that of another host it means nothing and is 0.
///
/// Locks: one per socket ([EchoPcb]), rank `ENDPOINT`, below it only the network protocol's. Which identifier
/// is whose is in a map without locks; whoever has found a socket there locks it and asks whether it has
/// ended.
///
/// Threads: input on any number of them; sockets are safe for use by any thread.
///
/// Deliberately missing: other messages than echo; errors for a socket without a peer (Linux has them with
/// `IP_RECVERR` only); two sockets with one identifier, which Linux allows with `SO_REUSEADDR`, and of which
/// only one hears anything.
package org.splnet.icmp;
