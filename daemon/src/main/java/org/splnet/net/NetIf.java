package org.splnet.net;

import java.util.List;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// A network interface (`struct ifnet`): a name and index, addresses, counters, and the way out
/// (`if_output`).
///
/// Made by [LinkLayer]; addresses are given and taken by [IfTable]. Any thread, unless a method says more.
///
/// Lock key:  (c) constant after construction   (i) written under the table's `INTERFACES` lock, volatile
public abstract class NetIf {
    private static final Cidr[] NO_ADDRESSES = {};

    private final int index;                                // (c)
    private final String name;                              // (c)
    private final IfCounters counters = new IfCounters();   // (c)
    private volatile Cidr[] addresses = NO_ADDRESSES;       // (i)

    NetIf(int index, String name) {
        this.index = index;
        this.name = name;
    }

    /// Positive and never used again after the interface is gone.
    public final int index() {
        return index;
    }

    /// The configured name.
    public final String name() {
        return name;
    }

    /// The addresses, first one primary; a snapshot that must not be changed.
    public final Cidr[] addresses() {
        return addresses;
    }

    final void addresses(Cidr[] next) {
        addresses = next;
    }

    /// What went in and out.
    public final IfCounters counters() {
        return counters;
    }

    /// The station address; [MacAddr#ZERO] on loopback.
    public abstract MacAddr mac();

    /// Largest IP packet in octets.
    public abstract int mtu();

    /// Bits of [org.splnet.pkt.Offload]: what its device does itself. Packets may ask for segmentation and
    /// checksums whether or not it does: what the device lacks is done in software.
    public abstract int offloads();

    /// True until it is taken down or its device is gone.
    public abstract boolean up();

    /// Takes it down, which drops whatever waits to be sent, or up again, if its device still is there.
    public abstract void up(boolean on, long nowNs);

    /// True for the loopback interface, which neither resolves neighbors nor broadcasts.
    public abstract boolean loopback();

    /// The neighbor with that address, created if need be; the caller may keep it as long as [Neighbor#live].
    /// Creating one sends nothing.
    ///
    /// @return null on loopback, for an address family that the link does not resolve, and if the table is
    ///     full of neighbors in use
    public abstract Neighbor neighbor(long hi, long lo, long nowNs);

    /// A packet with that source address came in by station `by`: if the neighbor is believed elsewhere,
    /// it is found out who is right. Any thread, holding nothing; cheap enough for every packet.
    public void seen(long hi, long lo, long by, long nowNs) {
        // there is nobody else on loopback
    }

    /// Sends a packet of protocol `etherType` to a neighbor (null on loopback): consumes it, holds it while
    /// the neighbor is being resolved. Never calls up; may be called with locks below `NEIGHBOR` held.
    ///
    /// The packet begins with its network header. With `gsoSize > 0` it is TCP, `CHECKSUM_PARTIAL` is set,
    /// and it is cut into segments of that much payload, by the device or in software.
    public abstract Output output(Packet packet, Neighbor hop, int etherType, long nowNs);

    /// Sends a packet to every station, or to a group: consumes it. As [#output] otherwise.
    ///
    /// @param linkDestination the group or broadcast station address
    public abstract Output outputGroup(Packet packet, long linkDestination, int etherType, long nowNs);

    /// Every neighbor known, for people to look at.
    public abstract List<NeighborInfo> neighbors(long nowNs);

    /// Ends it: down, device closed, nothing comes in or goes out any more. Idempotent.
    abstract void close(long nowNs);

    /// The state of things, for people to look at.
    public final IfInfo info() {
        return new IfInfo(name, index, loopback(), mac(), mtu(), up(), offloads(), List.of(addresses),
                counters.read(transmitErrors()));
    }

    /// Frames the device refused.
    long transmitErrors() {
        return 0;
    }

    @Override
    public final String toString() {
        return name;
    }
}
