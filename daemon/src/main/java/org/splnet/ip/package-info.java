/// IPv4 (RFC 791, RFC 1122 §3) and ICMP (RFC 792): input, output, routes, reassembly, fragmentation, path
/// MTU.
///
/// ```text
///   IpInput ─ lengths, checksum, martians, ours?, options ─┬─ Reassembly ─┐
///                                                          └──────────────┴─▶ Icmp, or a Transport
///   IpOutput ─ Ip4Path (RouteTable, PathMtu, Neighbor) ─ header ─┬─▶ NetIf.output, outputGroup
///                                                                └─ Fragmenter ─▶ the same
///   IcmpOutput: echo replies and errors, limited in rate, by the same way out
/// ```
///
/// May use: `net`, `inet`, `pkt`, `wire`, `kern`. Entry points: [org.splnet.ip.Ip], which is the
/// [org.splnet.net.NetworkProtocol] of the link layer and the [org.splnet.inet.Network] of the transports;
/// [org.splnet.ip.IpConfig], [org.splnet.ip.IpStats].
///
/// Threads: input runs on any interface's input thread, holding nothing; output on any thread, usually under
/// an endpoint's lock; the reassembly timer on the callout thread. Header views are per thread, never stored.
/// A path belongs to its endpoint and is covered by that one's lock.
///
/// Locks: `REASSEMBLY`, one per bucket of datagrams; `ROUTES`, for writers of the routing table and of the
/// path MTU cache, each its own and never both. Readers of either take none. No transport and no ICMP is
/// called with any of them held.
///
/// Host model (RFC 1122 §3.3.4.2): strong by default, weak by configuration. Strong: a datagram is taken only
/// if its destination is an address of the interface it came in by, and leaves by the interface that has its
/// source address. What is sent to an address of our own goes over loopback, whichever interface has it.
///
/// What goes to many: the limited broadcast and the receiving interface's directed broadcasts reach UDP, ICMP
/// sees them and never answers; the same goes for 224.0.0.1. A broadcast from 0.0.0.0, as DHCP clients send,
/// is dropped like any other datagram from nobody: we are no DHCP server.
///
/// A host that has no address yet: [org.splnet.ip.LinkPort], a UDP port of one interface, is the only thing
/// that sends from 0.0.0.0 and hears what is addressed to an address not ours yet. While it is open no socket
/// hears that port on that interface.
///
/// Memory: fragments are copied into buffers of their own size; what they take is bounded per datagram, per
/// source and in all. Path MTUs, id counters and the paths of replies are tables of fixed size.
///
/// RFCs: 791, 792, 815, 1112, 1122, 1191, 1812 §4.3.2, 3168 §5.3, 4293, 5722, 5927, 6633, 6864, 7126, 7739.
///
/// Deliberately missing: forwarding (we are a host), hence TTL is not looked at on input (RFC 1122 §3.2.1.7);
/// source routes (dropped without a word, RFC 7126 §4.3 and §4.4); answers to ICMP timestamp, information and
/// mask requests (RFC 1122 §3.2.2.7 to §3.2.2.9 demand none, RFC 6918 buries two); redirects (counted, not
/// followed, against a MUST of §3.2.2.2: any host on the link could divert traffic with them); Source Quench
/// (RFC 6633); group membership (all-hosts is heard, other groups are not); looping our own broadcasts back;
/// trying another gateway when one fails (RFC 1122 §3.3.1.4 wants it: the next hop's neighbor entry is
/// probed, the route stays).
package org.splnet.ip;
