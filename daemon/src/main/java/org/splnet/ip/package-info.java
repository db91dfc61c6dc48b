/// IPv4 (RFC 791, RFC 1122 §3) and ICMP (RFC 792): input, output, routes, reassembly, fragmentation, path
/// MTU.
///
/// ```text
///   IpInput ─ options, martians, ours? ─┬─ Reassembly ─┐
///                                       └──────────────┴─▶ Icmp, or the Transport of the protocol number
///   IpOutput ─ Ip4Path (RouteTable, PathMtu, neighbor) ─ header ─┬─▶ NetIf.output / outputGroup
///                                                                └─ Fragmenter ─▶ …
///   IcmpOutput: echo replies and errors, rate-limited, by the same way out
/// ```
///
/// May use: `net`, `inet`, `pkt`, `wire`, `kern`. Entry points: [org.splnet.ip.Ip], which is the
/// [org.splnet.net.NetworkProtocol] of the link layer and the [org.splnet.inet.Network] of the transports.
///
/// Threads: input runs on any interface's input thread, holding nothing; output on any thread, usually under
/// an
/// endpoint's lock. Header views are per thread, never stored.
///
/// Locks: `REASSEMBLY`, one per bucket of datagrams; `ROUTES`, writers of the routing table (readers use a
/// snapshot); `LEAF`, the path MTU cache. No transport is called with any of them held.
///
/// Host model: strong (RFC 1122 §3.3.4.2). A datagram is taken only if its destination is an address of the
/// interface it came in by; what is sent to an address of our own goes over loopback, whichever interface
/// has it.
///
/// Deliberately missing: forwarding (we are a host); source routes (refused, RFC 7126 §4.3 and §4.4); the
/// record-route and timestamp options (ignored, RFC 9293 MAY-10 leaves it open); ICMP timestamp, information
/// and
/// address mask requests (not answered: RFC 6918, RFC 1122 §3.2.2.8 MAY); redirects (counted and ignored:
/// any host
/// on the link could divert traffic with them; routes are the administrator's); Source Quench (RFC 6633);
/// group membership (all-hosts is heard, other groups are not).
package org.splnet.ip;
