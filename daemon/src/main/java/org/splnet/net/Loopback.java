package org.splnet.net;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.FaultLog;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.MacAddr;

/// The loopback interface: what this host sends to itself. A packet is queued, never delivered in its
/// sender's stack, whose locks are of higher rank than those input needs; its own duty carries it up.
///
/// Checksums and segments are left as they are: a packet with `CHECKSUM_PARTIAL` and `gsoSize` arrives with
/// them, as from a device that has merged it. Its MTU is the largest that an IPv4 packet can be, 65,535, so
/// nothing is fragmented and a whole window may cross at once.
/// A packet's Ethernet type waits with it in [Packet#proto], which input sets anew.
///
/// Lock key:  (c) constant   (t) `lock`, rank `TRANSMIT`
///            (i) volatile, written under the table's lock, rank `INTERFACES`
public final class Loopback extends NetIf implements Duty {
    /// Largest packet in octets.
    public static final int MTU = 65535;
    private static final int OFFLOADS = Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6
            | Offload.RX_CHECKSUM | Offload.RX_MERGED;
    private static final int CAST = Packet.LINK_BROADCAST | Packet.LINK_MULTICAST;

    private final RankedLock lock = new RankedLock(LockRank.TRANSMIT, "loopback queue");    // (c)
    private final LinkLayer links;                          // (c)
    private final int batch;                                // (c)
    private final long maxOctets;                           // (c)
    private final Packet[] ring;                            // (t) from `head`, `count` of them
    private final Bell bell = new Bell();                   // (c)
    private int head;                                       // (t)
    private int count;                                      // (t)
    private long octets;                                    // (t)
    private volatile boolean up = true;                     // (i)

    Loopback(int index, String name, LinkLayer links) {
        super(index, name, 1);
        this.links = links;
        NetConfig.Queues config = links.config().queues();
        batch = config.batch();
        maxOctets = config.loopbackOctets();
        ring = new Packet[config.loopbackPackets()];
    }

    @Override
    public MacAddr mac() {
        return MacAddr.ZERO;
    }

    @Override
    public int mtu() {
        return MTU;
    }

    @Override
    public int offloads() {
        return OFFLOADS;
    }

    @Override
    public boolean up() {
        return up;
    }

    @Override
    public void up(boolean on, long nowNs) {
        links.interfaces().lock().lock();
        try {
            if (on == up) {
                return;
            }
            up = on;
            for (Packet packet; !on && (packet = take()) != null; ) {
                refuse(packet, DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            links.interfaces().changed(this);
        } finally {
            links.interfaces().lock().unlock();
        }
    }

    @Override
    public boolean loopback() {
        return true;
    }

    @Override
    public Neighbor neighbor(long hi, long lo, long nowNs) {
        return null;
    }

    @Override
    public List<NeighborInfo> neighbors(long nowNs) {
        return List.of();
    }

    @Override
    public Output output(Packet packet, Neighbor hop, int etherType, long nowNs) {
        return put(packet, 0, etherType);
    }

    @Override
    public Output outputGroup(Packet packet, long linkDestination, int etherType, long nowNs) {
        return put(packet, linkDestination == MacAddr.MASK ? Packet.LINK_BROADCAST : Packet.LINK_MULTICAST,
                etherType);
    }

    private Output put(Packet packet, int cast, int etherType) {
        // Each datagram is a message, and whoever receives it does not cut.
        if (packet.length() > MTU || packet.gsoSize > 0 && packet.cutsDatagrams()) {
            return refuse(packet, DropReason.TRANSMIT_TOO_BIG, Output.TOO_BIG);
        }
        packet.flags = packet.flags & ~CAST | cast;
        packet.proto = etherType;
        boolean first;
        lock.lock();
        try {
            if (!up) {
                return refuse(packet, DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            if (count == ring.length || octets + packet.length() > maxOctets) {
                return refuse(packet, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            }
            int tail = (head + count) % ring.length;
            ring[tail] = packet;
            octets += packet.length();
            first = count++ == 0;
            counters().queue(0).sent(1, packet.length());
        } finally {
            lock.unlock();
        }
        if (first) {
            bell.ring();
        }
        return Output.SENT;
    }

    private Packet take() {
        lock.lock();
        try {
            if (count == 0) {
                return null;
            }
            Packet packet = ring[head];
            ring[head] = null;
            head = (head + 1) % ring.length;
            count--;
            octets -= packet.length();
            return packet;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int poll(long nowNs) {
        int done = 0;
        for (Packet packet; done < batch && (packet = take()) != null; done++) {
            deliver(packet, nowNs);
        }
        Deferred.run();
        return done;
    }

    /// Consumes `packet`.
    private void deliver(Packet packet, long nowNs) {
        NetworkProtocol protocol = links.protocols().find(packet.proto);
        if (protocol == null) {
            counters().inDrop();
            showDropped(packet, DropReason.ETHER_NO_PROTO);
            packet.drop(DropReason.ETHER_NO_PROTO);
            return;
        }
        Packet received = arrived(packet);
        if (received == null) {
            counters().inDrop();
            return;
        }
        ByteBuf buf = received.buf;
        int life = received.life();
        counters().queue(0).received(1, received.length());
        Fate fate = tapped() ? show(received, false) : null;
        received.fate = fate;
        try {
            protocol.input(received, this, nowNs);
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError fault) {
            FaultLog.system().record(fault);
            counters().inError();
            links.pool().drops().add(DropReason.INTERNAL_ERROR);
            if (fate != null) {
                fate.dropped(DropReason.INTERNAL_ERROR);
            }
            NicDuty.reclaim(received, buf, life, 1);
        } finally {
            if (fate != null) {
                decide(fate);
            }
        }
    }

    /// The sent packet as a received one: in one buffer, with nothing left of its sender's view of it.
    /// Consumes `packet`.
    ///
    /// @return null if there is no memory for it
    private Packet arrived(Packet packet) {
        Packet in = packet.pieces() == 0 ? packet : contiguous(packet);
        if (in == null) {
            return null;
        }
        in.l2 = in.start;
        in.l3 = in.start;
        in.rcvIf = index();
        in.flags = in.flags & (Packet.CHECKSUM_PARTIAL | CAST) | Packet.CHECKSUM_GOOD;
        in.linkSource = 0;
        return in;
    }

    private static Packet contiguous(Packet packet) {
        Packet copy = packet.pool().tryAllocate(packet.length());
        if (copy == null) {
            packet.free();
            return null;
        }
        int len = packet.end - packet.start;
        int at = copy.append(packet.length());
        int move = at - packet.start;
        copy.buf.setBytes(at, packet.buf, packet.start, len);
        at += len;
        for (int i = 0; i < packet.pieces(); i++) {
            len = packet.pieceLen(i);
            copy.buf.setBytes(at, packet.pieceBuf(i), packet.pieceAt(i), len);
            at += len;
        }
        copy.flags = packet.flags;
        copy.csumStart = packet.csumStart + move;
        copy.csumOffset = packet.csumOffset;
        copy.gsoSize = packet.gsoSize;
        packet.free();
        return copy;
    }

    @Override
    public void await(long timeoutNs) {
        boolean idle;
        lock.lock();
        try {
            idle = count == 0;
        } finally {
            lock.unlock();
        }
        if (idle) {
            bell.await(timeoutNs);
        }
    }

    @Override
    public void wakeup() {
        bell.ring();
    }

    @Override
    IfTable table() {
        return links.interfaces();
    }

    @Override
    void close(long nowNs) {
        up(false, nowNs);
    }

    /// True if no packet waits to be carried up.
    public boolean empty() {
        lock.lock();
        try {
            return count == 0;
        } finally {
            lock.unlock();
        }
    }
}
