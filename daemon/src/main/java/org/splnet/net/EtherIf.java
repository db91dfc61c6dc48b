package org.splnet.net;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Witness;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.UdpHeader;

/// An Ethernet interface over a [NetDevice]: one [NicDuty] and one [TxQueue] per device queue, ARP and its
/// neighbors, and the claims to its addresses.
///
/// Lock key:  (c) constant   (i) volatile, written under the table's lock, rank `INTERFACES`
///            (v) volatile
public final class EtherIf extends NetIf {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.net");

    private final LinkLayer links;                  // (c)
    private final NetDevice device;                 // (c)
    private final MacAddr mac;                      // (c)
    private final TxQueue[] out;                    // (c)
    private final NicDuty[] duties;                 // (c)
    private final Arp arp;                          // (c)
    private final NeighborTable arpNeighbors;       // (c)
    private final Claims claims;                    // (c)
    private final LinkMtu mtu;                      // (c)
    private volatile boolean up = true;             // (i)
    private volatile boolean gone;                  // (v) for good
    private final Cable cable;                      // (c)

    EtherIf(int index, String name, NetDevice device, LinkLayer links) {
        super(index, name, device.queues());
        this.links = links;
        this.device = device;
        mac = device.mac();
        mtu = new LinkMtu(device, links.interfaces());
        arp = new Arp(this);
        arpNeighbors = new NeighborTable(this, links.config().neighbors(), arp, links.wheel(),
                links.entropy());
        claims = new Claims(this, links.entropy());
        cable = new Cable(device, this);
        out = new TxQueue[device.queues()];
        duties = new NicDuty[out.length];
        for (int i = 0; i < out.length; i++) {
            DeviceQueue queue = device.queue(i);
            out[i] = new TxQueue(queue, device.offloads(), this, i, links.config().queues());
            duties[i] = new NicDuty(this, i, queue, out[i], new Ether(this, links.protocols()),
                    links.config().queues(), links.lookout());
        }
    }

    /// What is to be run for it: one duty per device queue.
    public List<Duty> duties() {
        return List.of(duties);
    }

    /// Takes an address by RFC 5227 and goes on defending it.
    ///
    /// @param probe true to make sure first that nobody has it, which takes four to seven seconds; false to
    ///     use it at once, while it is being announced
    /// @throws IllegalArgumentException if it is no address for this interface, or some interface has it
    public AddressClaim claim(Cidr address, boolean probe, AddressClaim.Listener listener, long nowNs) {
        return claims.claim(address, probe, listener, nowNs);
    }

    @Override
    public List<AddressInfo> addressInfos() {
        return claims.infos();
    }

    @Override
    public boolean removeAddress(Cidr address) {
        return claims.withdraw(address);
    }

    /// Enters a neighbor for good: it is not asked for, and nothing that is heard changes it.
    ///
    /// @throws IllegalArgumentException if the station or the address is none a neighbor can have
    /// @throws IllegalStateException if the table has no room
    public void addNeighbor(InetAddr address, MacAddr station, long nowNs) {
        if (station.isMulticast() || station.equals(MacAddr.ZERO)) {
            throw new IllegalArgumentException(this + ": neighbor " + address + ": " + station
                    + " is no single station");
        }
        if (address.isMulticast() || address.isUnspecified() || address.isLoopback()) {
            throw new IllegalArgumentException(this + ": neighbor " + address + " is no host's address");
        }
        table(address.hi(), address.lo(), address).fix(address.hi(), address.lo(), station.bits(), nowNs);
    }

    /// Forgets a neighbor, entered or found out.
    ///
    /// @return false if it was not known
    public boolean removeNeighbor(InetAddr address) {
        return table(address.hi(), address.lo(), address).forget(address.hi(), address.lo());
    }

    private NeighborTable table(long hi, long lo, InetAddr shown) {
        if (!InetAddr.isV4(hi, lo)) {
            throw new IllegalArgumentException(this + ": neighbor " + shown + ": IPv4 only");
        }
        return arpNeighbors;
    }

    @Override
    public MacAddr mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu.octets();
    }

    /// Asks the device for its MTU, which may be another by now.
    void followMtu() {
        mtu.follow();
    }

    /// Sends no larger packets than the network can take, though the device could (RFC 2132 §5.1). What comes
    /// in may be larger.
    ///
    /// @param octets of an IP packet; 0, or more than the device takes, for what the device takes
    public void limitMtu(int octets) {
        mtu.limit(octets);
    }

    @Override
    public int offloads() {
        return device.offloads();
    }

    @Override
    public boolean up() {
        return up;
    }

    @Override
    public void up(boolean on, long nowNs) {
        links.interfaces().lock().lock();
        try {
            if (on == up || on && gone) {
                return;
            }
            up = on;
            for (TxQueue each : out) {
                each.open(on);
            }
            if (on) {
                cable.back(nowNs);
            } else {
                arpNeighbors.flush(true, DropReason.INTERFACE_DOWN);
            }
            links.interfaces().changed(this);
        } finally {
            links.interfaces().lock().unlock();
        }
    }

    @Override
    public boolean carrier() {
        return device.carrier();
    }

    /// True if the other end of the cable was there when it was looked at last: whoever waits for it is told,
    /// see [Claims#restart].
    boolean plugged() {
        return cable.plugged();
    }

    /// By the duties, holding nothing.
    void lookAtCarrier(long nowNs) {
        cable.look(nowNs);
    }

    /// Has `call` run, as deferred work, whenever the link is back after an interruption: the cable plugged
    /// in, or the interface taken up. For one who wants to know at a time; null for nobody.
    public void whenBack(Deferred.Call call) {
        cable.whenBack(call);
    }

    @Override
    public boolean loopback() {
        return false;
    }

    @Override
    public Neighbor neighbor(long hi, long lo, long nowNs) {
        return InetAddr.isV4(hi, lo) ? arpNeighbors.neighbor(hi, lo, nowNs) : null;
    }

    @Override
    public void seen(long hi, long lo, long by, long nowNs) {
        Neighbor n = InetAddr.isV4(hi, lo) ? arpNeighbors.find(hi, lo) : null;
        if (n != null) {
            n.seen(by, nowNs);
        }
    }

    @Override
    public Output output(Packet packet, Neighbor hop, int etherType, long nowNs) {
        if (!fits(packet)) {
            return refuse(packet, 0, etherType, DropReason.TRANSMIT_TOO_BIG, Output.TOO_BIG);
        }
        if (!up) {
            return refuse(packet, 0, etherType, DropReason.INTERFACE_DOWN, Output.DOWN);
        }
        if (hop == null) {
            return refuse(packet, 0, etherType, DropReason.NEIGHBOR_TABLE_FULL, Output.QUEUE_FULL);
        }
        assert hop.link() == this : hop;
        long station = hop.ready(nowNs);
        if (station == Neighbor.NONE) {
            Ether.prepend(packet, 0, mac.bits(), etherType);
            return arpNeighbors.send(hop, packet, nowNs);
        }
        Ether.prepend(packet, station, mac.bits(), etherType);
        return transmit(packet);
    }

    @Override
    public Output outputGroup(Packet packet, long linkDestination, int etherType, long nowNs) {
        if (!fits(packet)) {
            return refuse(packet, linkDestination, etherType, DropReason.TRANSMIT_TOO_BIG, Output.TOO_BIG);
        }
        if (!up) {
            return refuse(packet, linkDestination, etherType, DropReason.INTERFACE_DOWN, Output.DOWN);
        }
        Ether.prepend(packet, linkDestination, mac.bits(), etherType);
        return transmit(packet);
    }

    @Override
    public List<NeighborInfo> neighbors(long nowNs) {
        return arpNeighbors.info(nowNs);
    }

    /// Returns it to its first moment, for tests: all neighbors but static ones are forgotten, counters are
    /// zero. Addresses stay. Nothing may be held.
    public void reset() {
        arpNeighbors.flush(true, DropReason.NEIGHBOR_UNREACHABLE);
        counters().reset();
    }

    /// Sends a whole frame. Consumes it.
    Output transmit(Packet frame) {
        return out[out.length == 1 ? 0 : queueOf(frame)].transmit(frame);
    }

    /// What was held for a next hop that does not answer goes back to its protocol. Consumes `frame`. Holding
    /// nothing.
    void unreachable(Packet frame, long nowNs) {
        counters().outDrop();
        showDropped(frame, DropReason.NEIGHBOR_UNREACHABLE);
        NetworkProtocol protocol = links.protocols().find(Ether.type(frame));
        frame.start += EtherHeader.LEN;
        if (protocol == null) {
            frame.drop(DropReason.NEIGHBOR_UNREACHABLE);
            return;
        }
        Witness.assertNothingHeld("telling a protocol of an unreachable neighbor");
        try {
            protocol.unreachable(frame, this, nowNs);
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError fault) {
            // those behind it in the queue want their turn
            FaultLog.system().record(fault);
            pool().drops().add(DropReason.INTERNAL_ERROR);
        }
    }

    /// The device is gone: not to come back.
    void lost() {
        boolean first = !gone;
        gone = true;
        up(false, 0);
        if (first) {
            LOG.error("device is gone interface={} device={}", this, device.name());
            wakeDuties();
        }
    }

    @Override
    void close(long nowNs) {
        gone = true;
        claims.withdrawAll();
        up(false, nowNs);
        device.close();
        wakeDuties();
    }

    /// So that none goes on waiting for a device that is no more.
    private void wakeDuties() {
        for (NicDuty each : duties) {
            each.wakeup();
        }
    }

    @Override
    long transmitErrors() {
        long sum = 0;
        for (int i = 0; i < out.length; i++) {
            sum += device.queue(i).transmitErrors();
        }
        return sum;
    }

    boolean owns(long hi, long lo) {
        return links.interfaces().owner(hi, lo) == this;
    }

    boolean gone() {
        return gone;
    }

    IfTable interfaces() {
        return links.interfaces();
    }

    @Override
    IfTable table() {
        return links.interfaces();
    }

    CalloutWheel wheel() {
        return links.wheel();
    }

    PacketPool pool() {
        return links.pool();
    }

    Arp arp() {
        return arp;
    }

    NeighborTable arpNeighbors() {
        return arpNeighbors;
    }

    Claims claims() {
        return claims;
    }

    /// True if it, or every segment that it will be cut into, is within the MTU.
    private boolean fits(Packet packet) {
        int length = packet.length();
        int most = mtu.octets();
        if (length <= most || packet.gsoSize == 0) {
            return length <= most;
        }
        int l4 = packet.csumStart;
        return packet.end - l4 >= (packet.cutsDatagrams() ? UdpHeader.LEN : TcpHeader.MIN_LEN)
                && l4 - packet.start + packet.segmentHeaderLen() + packet.gsoSize <= most;
    }

    /// Drops a packet that has no link header yet: who looks sees it with the one it would have had.
    private Output refuse(Packet packet, long destination, int etherType, DropReason reason, Output result) {
        if (tapped()) {
            Ether.prepend(packet, destination, mac.bits(), etherType);
        }
        return refuse(packet, reason, result);
    }

    /// One flow, one queue, so that it stays in order.
    private int queueOf(Packet frame) {
        long h = frame.srcHi ^ frame.srcLo ^ Long.rotateLeft(frame.dstHi ^ frame.dstLo, 17);
        if (frame.has(Packet.CHECKSUM_PARTIAL)) {
            h ^= frame.buf.getInt(frame.csumStart);     // the ports, which fragments do not have
        }
        return (int) ((h * 0x9e37_79b9_7f4a_7c15L >>> 33) % out.length);
    }
}
