package org.splnet.net;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.splnet.kern.FaultLog;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
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
    private final IfCounters counters;                      // (c)
    private volatile Cidr[] addresses = NO_ADDRESSES;       // (i)
    private volatile FrameTap[] taps;                       // (i) null for none

    /// @param queues of its device
    NetIf(int index, String name, int queues) {
        this.index = index;
        this.name = name;
        counters = new IfCounters(queues);
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

    /// True for the directed broadcast of one of its subnets. Any thread; allocates nothing.
    public final boolean isBroadcast(long hi, long lo) {
        for (Cidr each : addresses) {
            if (!loopback() && each.isBroadcast(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /// True for what is nobody's in one of its subnets, [Cidr#isEdge]. Any thread; allocates nothing.
    public final boolean isEdge(long hi, long lo) {
        for (Cidr each : addresses) {
            if (each.isEdge(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    final void addresses(Cidr[] next) {
        addresses = next;
    }

    /// What went in and out.
    public final IfCounters counters() {
        return counters;
    }

    /// Lets somebody look at its frames. Idempotent.
    public final void tap(FrameTap one) {
        table().lock().lock();
        try {
            List<FrameTap> next = taps == null ? new ArrayList<>() : new ArrayList<>(List.of(taps));
            next.remove(one);
            next.add(one);
            taps = next.toArray(FrameTap[]::new);
        } finally {
            table().lock().unlock();
        }
    }

    /// Lets him look no more; frames that are being looked at may still come. Idempotent.
    public final void untap(FrameTap one) {
        table().lock().lock();
        try {
            List<FrameTap> next = taps == null ? new ArrayList<>() : new ArrayList<>(List.of(taps));
            next.remove(one);
            taps = next.isEmpty() ? null : next.toArray(FrameTap[]::new);
        } finally {
            table().lock().unlock();
        }
    }

    /// True if somebody looks at the frames: one volatile read, so that it can be asked for each.
    final boolean tapped() {
        return taps != null;
    }

    /// Shows a frame to those who look. Borrows it. A fault of theirs is not the frame's.
    ///
    /// @return what becomes of it: to be [decided][#decide] on every path, by the caller, who does not wait
    ///     for anything until then
    final Fate show(Packet frame, boolean out) {
        Fate fate = new Fate();
        show(frame, out, fate);
        return fate;
    }

    private void show(Packet frame, boolean out, Fate fate) {
        FrameTap[] all = taps;
        for (int i = 0; all != null && i < all.length; i++) {
            try {
                all[i].frame(frame, out, fate);
            } catch (RuntimeException | OutOfMemoryError fault) {
                FaultLog.system().recordLocked(fault);
            }
        }
    }

    /// Those who were shown the frame may say what became of it.
    final void decide(Fate fate) {
        fate.decide();
        FrameTap[] all = taps;
        for (int i = 0; fate.awaited() && all != null && i < all.length; i++) {
            all[i].decided();
        }
    }

    /// Shows a frame that was to go out and is dropped, if somebody looks. Borrows it.
    final void showDropped(Packet frame, DropReason why) {
        if (tapped()) {
            Fate fate = new Fate();
            fate.dropped(why);
            show(frame, true, fate);
            decide(fate);
        }
    }

    /// Drops a frame on its way out, in sight of who looks. Consumes `frame`. Any thread, any locks.
    ///
    /// @return `result`
    final Output refuse(Packet frame, DropReason reason, Output result) {
        counters.outDrop();
        showDropped(frame, reason);
        frame.drop(reason);
        return result;
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
    /// the neighbor is being resolved. Never calls up; may be called with locks below `NEIGHBOR` held. The
    /// device has it when the caller, holding nothing, runs what is [deferred][org.splnet.kern.Deferred].
    ///
    /// The packet begins with its network header. With `gsoSize > 0` it is TCP or UDP, `CHECKSUM_PARTIAL` is
    /// set, and it is cut into segments of that much payload, by the device or in software; not on loopback,
    /// which takes no UDP to be cut.
    public abstract Output output(Packet packet, Neighbor hop, int etherType, long nowNs);

    /// Sends a packet to every station, or to a group: consumes it. As [#output] otherwise.
    ///
    /// @param linkDestination the group or broadcast station address
    public abstract Output outputGroup(Packet packet, long linkDestination, int etherType, long nowNs);

    /// Every neighbor known, for people to look at.
    public abstract List<NeighborInfo> neighbors(long nowNs);

    /// Ends it: down, device closed, nothing comes in or goes out any more. Idempotent.
    abstract void close(long nowNs);

    /// Its addresses, the primary one first, then those that are claimed and not in use, for people to look
    /// at.
    public List<AddressInfo> addressInfos() {
        Cidr[] all = addresses;
        return Stream.of(all).map(each -> new AddressInfo(each, AddressClaim.State.HELD, each == all[0]))
                .toList();
    }

    /// Takes an address away, whether in use or still being probed for, and ends its claim. Connections
    /// bound to it are not told: what they send finds no way and what they are sent is not ours any more, so
    /// that they go on if it comes back before they time out.
    ///
    /// @return false if it was not there
    public boolean removeAddress(Cidr address) {
        return table().removeAddress(this, address);
    }

    /// The table it is in.
    abstract IfTable table();

    /// The state of things, for people to look at.
    public final IfInfo info() {
        return new IfInfo(name, index, loopback(), mac(), mtu(), up(), carrier(), offloads(),
                List.of(addresses), counters.read(transmitErrors()));
    }

    /// True unless its device knows that nobody is at the other end of the cable. Any thread.
    public boolean carrier() {
        return true;
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
