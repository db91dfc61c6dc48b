/// Packets: recycled headers over pooled buffers, with offload metadata and a reason for every drop.
/// While somebody captures, a received packet has a [org.splnet.pkt.Fate], which is told of that reason.
///
/// May use: `wire`, `kern`. Entry points: [org.splnet.pkt.PacketPool#allocate], [org.splnet.pkt.Packet#drop].
/// Locks: none; the pools are safe for any thread, a packet belongs to one thread at a time. A thread that
/// carries packets all day finds those it has freed in a bucket of its own.
package org.splnet.pkt;
