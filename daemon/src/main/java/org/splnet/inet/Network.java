package org.splnet.inet;

import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.InetAddr;

/// What transports ask of a network protocol: the way down. Implemented by `ip`, later by `ip6` beside it
/// and a dispatcher over both, none of which the transports notice.
public interface Network {
    /// Registers a transport. At start only.
    void attach(Transport transport);

    /// Chooses a way and, where `local` is null or unspecified, a source address (RFC 1122, 3.3.4.3).
    ///
    /// @param local the address to send from, or null to choose
    /// @return the way, or null if there is no route or `local` is not ours
    Path path(InetAddr local, InetAddr remote, long nowNs);

    /// Sends a packet: consumes it. The transport has filled `buf[start, end)` and pieces with header and
    /// payload, `l4 == start`, `proto`, `ttl`, `tos`, flags; addresses come from `path`. May be called with
    /// the endpoint's lock held: takes only higher ranks and never calls up.
    Output output(Packet packet, Path path, long nowNs);

    /// True if the address is one of this host's own unicast addresses.
    boolean isLocal(long hi, long lo);

    /// True if the address is a broadcast address, limited or of a connected subnet.
    boolean isBroadcast(long hi, long lo);

    /// Answers a received datagram with "port unreachable", where the rules allow an answer and the rate
    /// limit does. Borrows `packet`, with `l3` and `l4` as they came in.
    void portUnreachable(Packet packet, long nowNs);

    /// Buffers for packets.
    PacketPool pool();
}
