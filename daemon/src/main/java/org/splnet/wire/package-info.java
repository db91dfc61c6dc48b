/// What is on the wire, and nothing else: addresses, sequence numbers, the Internet checksum, and one view
/// per header.
///
/// May depend on: Netty's `ByteBuf`, and no other package of ours. No clock, no lock, no socket, no logger.
///
/// Entry points:
/// - *values* (records, immutable, for configuration, control and logs): [InetAddr] with [Ip4Addr] and
///   [Ip6Addr], [MacAddr], [Cidr], [Endpoint];
/// - *views* (flyweights over a buffer): [EtherHeader], [ArpPacket], [Ip4Header], [Ip4Options],
///   [Icmp4Header], [UdpHeader], [TcpHeader]. `wrap` points the view at an offset, `fits` is asked once, and
///   after it said yes every accessor is total. A view belongs to one worker, is reused for every packet and
///   is never stored in anything that lives longer than the packet. Views never touch the reader and writer
///   index or the reference count: every method with a `ByteBuf` parameter *borrows* it;
/// - *parsed values* for the hot path (mutable, reused): [TcpOptions];
/// - arithmetic: [Seq] (modulo 2<sup>32</sup>), [Checksum];
/// - numbers: [EtherType], [IpProto].
///
/// Addresses have two forms. At the edges they are the records above. In tables, keys and packets they are
/// primitives: `int` for a header known to be IPv4, two `long`s (`hi`, `lo`) where either family may come,
/// IPv4 then being the mapped `::ffff:a.b.c.d`.
///
/// Locks: none. Threads: values are immutable; a view or a [TcpOptions] is confined to the worker that
/// owns it.
///
/// RFCs: 768, 791, 792, 826, 1071, 1191, 1624, 2018, 2113, 3168, 4291, 5227, 5952, 7323, 7413, 9293, 9768;
/// IEEE 802.3, 802.1Q.
///
/// Deliberately missing: IPv6 and ICMPv6 headers (they arrive with `ip6`), Ethernet trailers and 802.2 LLC,
/// ARP over anything but Ethernet.
package org.splnet.wire;
