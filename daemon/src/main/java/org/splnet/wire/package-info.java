/// What is on the wire, and nothing else: addresses, sequence numbers, the Internet checksum, and one view
/// per header.
///
/// May depend on: Netty's `ByteBuf`, and no other package of ours. No clock, no lock, no socket, no logger.
///
/// Entry points:
/// *Values* (records, immutable, for configuration, control and logs): [InetAddr] with [Ip4Addr] and
///   [Ip6Addr], [MacAddr], [Cidr], [Endpoint]; sequence arithmetic: [Seq].
///
/// Addresses have two forms. At the edges they are the records above. In tables, keys and packets they are
/// primitives: `int` for a header known to be IPv4, two `long`s (`hi`, `lo`) where either family may come,
/// IPv4 then being the mapped `::ffff:a.b.c.d`.
///
/// Locks: none. Threads: any; values are immutable.
///
/// RFCs: 4291, 5952, 9293.
///
/// Deliberately missing: IPv6 and ICMPv6 headers (they arrive with `ip6`), Ethernet trailers and 802.2 LLC
/// (frames with a length field are recognised and left alone), ARP over anything but Ethernet.
package org.splnet.wire;
