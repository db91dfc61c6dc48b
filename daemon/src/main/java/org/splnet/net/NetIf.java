package org.splnet.net;

import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// A network interface (`struct ifnet`): a name and index, addresses, counters, and the way out
/// (`if_output`).
public abstract class NetIf {
    private final int index;
    private final String name;
    private volatile Cidr[] addresses = new Cidr[0];

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

    /// The station address; [MacAddr#ZERO] on loopback.
    public abstract MacAddr mac();

    /// Largest IP packet in octets.
    public abstract int mtu();

    /// Bits of [org.splnet.pkt.Offload] that it takes on output.
    public abstract int offloads();

    /// True until it is taken down or its device is gone.
    public abstract boolean up();

    /// True for the loopback interface, which neither resolves neighbors nor broadcasts.
    public abstract boolean loopback();

    /// The neighbor with that address, created if need be; the caller may keep it as long as [Neighbor#live].
    ///
    /// @return null on loopback, and if the table is full of neighbors in use
    public abstract Neighbor neighbor(long hi, long lo, long nowNs);

    /// Sends a packet of protocol `etherType` to a neighbor (null on loopback): consumes it, holds it while
    /// the
    /// neighbor is being resolved. Never calls up; may be called with locks below `NEIGHBOR` held.
    public abstract Output output(Packet packet, Neighbor hop, int etherType, long nowNs);

    /// Sends a packet to every station, or to a group: consumes it.
    ///
    /// @param linkDestination the group or broadcast station address
    public abstract Output outputGroup(Packet packet, long linkDestination, int etherType, long nowNs);
}
