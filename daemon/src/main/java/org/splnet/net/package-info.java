/// Interfaces and the link layer: the driver SPI, the interface table, Ethernet, ARP and neighbors, loopback,
/// transmit queues, and in software what a device cannot do itself.
///
/// ```text
///              NetworkProtocol.input                       NetIf.output (packet, next hop)
///                       ▲                                             │
///   Ether ─ type? ──────┤                            Neighbor ready? ─┼─▶ NeighborTable: hold, ask
///     ▲                 └─▶ ArpInput ─▶ NeighborTable, Claims         ▼                │ Arp
///   NicDuty (one per device queue)                               TxQueue ◀─────────────┘
///     ▲ Merger                                                        ▼ TxFrames, Segmenter
///   DeviceQueue.receive                                      DeviceQueue.transmit
/// ```
///
/// May use: `pkt`, `wire`, `kern`.
///
/// Entry points: [org.splnet.net.LinkLayer] makes and ends interfaces ([org.splnet.net.EtherIf],
/// [org.splnet.net.Loopback]) and has the [org.splnet.net.IfTable]; network protocols implement
/// [org.splnet.net.NetworkProtocol] and send with [org.splnet.net.NetIf#output] to a
/// [org.splnet.net.Neighbor]; [org.splnet.net.EtherIf#claim] takes an address by RFC 5227. Drivers implement
/// [org.splnet.net.NetIfDriver], [org.splnet.net.NetDevice] and [org.splnet.net.DeviceQueue], and find
/// [org.splnet.net.OneQueueDevice] and [org.splnet.net.StableMac] of use.
///
/// Locks, lowest rank first:
/// - `INTERFACES`: one, of the interface table; also states of interfaces and claims to addresses, because
///   they change together with it. Readers use snapshots.
/// - `NEIGHBOR`: one per interface and address family, for all neighbors of it. Sending to a neighbor in good
///   standing reads three volatile fields and takes none. The packets that waited for a neighbor are sent
///   under it, so that none of those that follow overtakes them.
/// - `TRANSMIT`: one per device queue, held by whoever hands frames to the device, and one of the loopback
///   queue.
/// - `WAITING`: one per device queue, of the frames that wait for that. Cutting and checksums in software
///   happen under it. Whoever finds another at the device leaves his frames there, so nobody waits for a
///   system call of somebody else with a connection's lock held.
///
/// Nothing calls up with a lock held: what waited for a neighbor that failed, and the events of a claim, go
/// through [org.splnet.kern.Deferred]. Nor does anything call out: so do frames on their way to the device.
///
/// Threads: each [org.splnet.kern.Duty] belongs to one; an `Ether` and an `ArpInput`, with their header
/// views, to one duty. A duty that polls its device is on the [org.splnet.kern.Lookout], too. Everything else
/// may be called by any thread.
///
/// Merging: what comes from a device without [org.splnet.pkt.Offload#RX_MERGED] is merged in front of
/// `Ether`, within one batch, so that all above see what they would see of a device that does it. Frames
/// that somebody captures are not, since the fate of each is to be told.
///
/// Hosts: each address belongs to one interface, and is answered for on that link only (the strong host model
/// of RFC 1122 §3.3.4.2).
///
/// What others can make grow is bounded, by [org.splnet.net.NetConfig]: neighbors per interface (half of the
/// table for those that are not resolved), packets and octets that wait for one neighbor and for all,
/// requests per second, frames and octets in transmit and loopback queues.
///
/// RFCs: 826, 894, 1122 §2 and §3.3.4, 5227; 4861 §7.3 and 6583 for ideas that serve both families.
///
/// Deliberately missing: VLANs (priority tags are read), IEEE 802.3 with LLC, proxy ARP, forwarding, learning
/// from gossip, traffic shaping; Neighbor Discovery, which comes with IPv6 as a second `Resolver`.
package org.splnet.net;
