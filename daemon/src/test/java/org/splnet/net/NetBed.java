package org.splnet.net;

import java.util.ArrayList;
import java.util.List;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// A link layer with one Ethernet interface, 10.0.0.1/24, over a [FakeDevice], stepped by hand on virtual
/// time.
final class NetBed implements AutoCloseable {
    static final MacAddr OURS = MacAddr.parse("02:00:00:00:00:01");
    static final MacAddr PEER = MacAddr.parse("02:00:00:00:00:99");
    static final Cidr ADDRESS = Cidr.parse("10.0.0.1/24");
    static final long MS = 1_000_000;
    static final long SECOND = 1000 * MS;

    /// What reached the network protocol.
    record Seen(byte[] octets, int flags, NetIf from, long linkSource, int gsoSize, int csumStart) {
    }

    /// IPv4 as the link layer sees it: writes down what it gets.
    static final class Recorder implements NetworkProtocol {
        final List<Seen> seen = new ArrayList<>();
        final List<byte[]> unreachable = new ArrayList<>();
        RuntimeException fault;

        @Override
        public int etherType() {
            return EtherType.IPV4;
        }

        @Override
        public void input(Packet packet, NetIf from, long nowNs) {
            if (fault != null) {
                throw fault;
            }
            seen.add(new Seen(FakeDevice.octets(packet), packet.flags, from, packet.linkSource,
                    packet.gsoSize, packet.csumStart - packet.start));
            packet.free();
        }

        @Override
        public void unreachable(Packet held, NetIf on, long nowNs) {
            unreachable.add(FakeDevice.octets(held));
            held.drop(DropReason.NEIGHBOR_UNREACHABLE);
        }
    }

    final ScarceAllocator memory = new ScarceAllocator();
    final PacketPool pool = new PacketPool(memory);
    final CalloutWheel wheel;
    final LinkLayer links;
    final FakeDevice device;
    final EtherIf nic;
    final Loopback lo;
    final Recorder ip = new Recorder();
    private final List<Duty> duties = new ArrayList<>();
    private final long startNs;
    private long nowNs;

    NetBed() {
        this(new FakeDevice("fake0", OURS), NetConfig.defaults());
    }

    NetBed(NetConfig.Neighbors neighbors) {
        this(new FakeDevice("fake0", OURS), new NetConfig(neighbors, NetConfig.Queues.defaults()));
    }

    NetBed(FakeDevice device, NetConfig config) {
        // The clock wraps five seconds into every test.
        this.startNs = Long.MAX_VALUE - 5 * SECOND;
        this.device = device;
        nowNs = startNs;
        wheel = new CalloutWheel(nowNs, () -> { });
        links = new LinkLayer(pool, wheel, Entropy.seeded(1), config);
        links.attach(ip);
        lo = links.loopback("lo0");
        nic = links.ethernet("eth0", device);
        duties.add(lo);
        duties.addAll(nic.duties());
        links.interfaces().addAddress(nic, ADDRESS);
    }

    long nowNs() {
        return nowNs;
    }

    /// Runs every duty until none has anything to do.
    void run() {
        int done;
        do {
            done = 0;
            for (Duty each : duties) {
                done += each.poll(nowNs);
            }
        } while (done > 0);
    }

    /// Lets time pass, tick by tick where something is due.
    void pass(long ns) {
        long left = ns;
        while (left > 0) {
            long step = Math.min(left, CalloutWheel.TICK_NS);
            nowNs += step;
            left -= step;
            if (wheel.advance(nowNs) > 0) {
                Deferred.run();
                run();
            }
        }
    }

    void arrive(byte[] frame) {
        device.arrive(frame);
        run();
    }

    long drops(DropReason reason) {
        return pool.drops().count(reason);
    }

    /// A packet with `len` octets of nothing in particular. The caller owns it.
    Packet packet(int len) {
        Packet packet = pool.allocate(len);
        int at = packet.append(len);
        for (int i = 0; i < len; i++) {
            packet.buf.setByte(at + i, i * 7);
        }
        packet.l3 = at;
        return packet;
    }

    Neighbor neighbor(String address) {
        InetAddr a = InetAddr.parse(address);
        return nic.neighbor(a.hi(), a.lo(), nowNs);
    }

    Output send(String address, int len) {
        Output result = output(address, len);
        Deferred.run();
        return result;
    }

    /// As [#send], by one who holds something: the device does not have it yet.
    Output output(String address, int len) {
        return nic.output(packet(len), neighbor(address), EtherType.IPV4, nowNs);
    }

    NeighborState state(String address) {
        InetAddr a = InetAddr.parse(address);
        return nic.neighbors(nowNs).stream().filter(n -> n.address().equals(a)).findFirst()
                .map(NeighborInfo::state).orElse(null);
    }

    /// Sends to it and lets it answer.
    void resolve(String address, MacAddr station) {
        send(address, 100);
        arrive(Frames.reply(station, address, OURS, "10.0.0.1"));
        device.take();
        device.take();
    }

    /// What was sent is of no interest.
    void discard() {
        while (device.take() != null) {
            // the next
        }
    }

    @Override
    public void close() {
        links.detach(nic, nowNs);
        links.detach(lo, nowNs);
        Deferred.run();
    }
}
