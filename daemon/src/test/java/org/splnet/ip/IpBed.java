package org.splnet.ip;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.splnet.inet.Path;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.Witness;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetConfig;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// A host with two links and a loopback: `eth0` 10.0.0.1/24 (MTU 1500), `eth1` 192.168.7.1/24 (MTU 1000, no
/// offloads). 10.0.0.2, 10.0.0.254 and 192.168.7.2 are neighbors in good standing. Time stands still unless
/// moved.
final class IpBed implements AutoCloseable {
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final InetAddr HOST = InetAddr.parse("10.0.0.1");
    static final InetAddr PEER = InetAddr.parse("10.0.0.2");
    static final InetAddr ROUTER = InetAddr.parse("10.0.0.254");
    static final InetAddr HOST1 = InetAddr.parse("192.168.7.1");
    static final InetAddr PEER1 = InetAddr.parse("192.168.7.2");
    static final MacAddr PEER_MAC = MacAddr.parse("02:00:00:00:00:02");
    static final MacAddr ROUTER_MAC = MacAddr.parse("02:00:00:00:00:fe");

    final PacketPool pool;
    final CalloutWheel wheel;
    final LinkLayer links;
    final Loopback lo;
    final TestNic nic0 = new TestNic("eth0", MacAddr.parse("02:00:00:00:01:00"), 1500,
            Offload.TX_CHECKSUM | Offload.TX_TSO4);
    final TestNic nic1 = new TestNic("eth1", MacAddr.parse("02:00:00:00:01:01"), 1000, 0);
    final EtherIf eth0;
    final EtherIf eth1;
    final Ip ip;
    final Recorder udp = new Recorder(17);
    final Recorder tcp = new Recorder(6);
    long nowNs = 1_000 * SECOND;

    IpBed() {
        this(IpConfig.DEFAULTS);
    }

    IpBed(IpConfig config) {
        this(config, 42);
    }

    IpBed(IpConfig config, long seed) {
        this(config, seed, PooledByteBufAllocator.DEFAULT);
    }

    IpBed(IpConfig config, long seed, ByteBufAllocator allocator) {
        pool = new PacketPool(allocator);
        wheel = new CalloutWheel(nowNs, () -> { });
        Entropy entropy = Entropy.seeded(seed);
        links = new LinkLayer(pool, wheel, entropy, NetConfig.defaults());
        lo = links.loopback("lo0");
        eth0 = links.ethernet("eth0", nic0);
        eth1 = links.ethernet("eth1", nic1);
        ip = new Ip(config, links, wheel, entropy);
        links.attach(ip);
        ip.attach(udp);
        ip.attach(tcp);
        links.interfaces().addAddress(lo, Cidr.parse("127.0.0.1/8"));
        links.interfaces().addAddress(eth0, Cidr.parse("10.0.0.1/24"));
        links.interfaces().addAddress(eth1, Cidr.parse("192.168.7.1/24"));
        eth0.addNeighbor(PEER, PEER_MAC, nowNs);
        eth0.addNeighbor(ROUTER, ROUTER_MAC, nowNs);
        eth1.addNeighbor(PEER1, PEER_MAC, nowNs);
    }

    /// A packet came in by `eth0`.
    void in(Ip4 packet) {
        in(packet.octets(), eth0, 0);
    }

    void in(Ip4 packet, EtherIf from, int flags) {
        in(packet.octets(), from, flags);
    }

    /// Any octets came in as a packet.
    void in(byte[] octets, EtherIf from, int flags) {
        ip.input(received(octets, from.index(), flags), from, nowNs);
        Witness.assertNothingHeld("after input");
        Deferred.run();
    }

    /// As the link layer hands it up.
    Packet received(byte[] octets, int rcvIf, int flags) {
        ByteBuf buf = pool.allocator().directBuffer(TestNic.ETHER + octets.length);
        buf.setBytes(TestNic.ETHER, octets);
        Packet packet = pool.wrap(buf, 0, TestNic.ETHER + octets.length);
        packet.start = TestNic.ETHER;
        packet.l3 = packet.start;
        packet.rcvIf = rcvIf;
        packet.flags = flags;
        return packet;
    }

    Ip4Path path(InetAddr local, InetAddr remote) {
        return (Ip4Path) ip.path(local, remote, nowNs);
    }

    Ip4Path path(String remote) {
        return path(null, InetAddr.parse(remote));
    }

    /// A packet as a transport hands it down.
    Packet outgoing(byte[] octets, int proto, int flags) {
        Packet packet = pool.allocate(octets.length);
        packet.l4 = packet.append(octets.length);
        packet.buf.setBytes(packet.l4, octets);
        packet.proto = proto;
        packet.flags = flags;
        return packet;
    }

    Output send(Path path, byte[] octets, int flags) {
        return send(outgoing(octets, 17, flags), path);
    }

    /// Consumes `packet`.
    Output send(Packet packet, Path path) {
        Output result = ip.output(packet, path, nowNs);
        Deferred.run();
        return result;
    }

    /// What the loopback queue holds goes up.
    void loop() {
        while (lo.poll(nowNs) > 0) {
            // the next batch
        }
    }

    /// Lets time pass, and what is due happen.
    void pass(long ns) {
        nowNs += ns;
        wheel.advance(nowNs);
        Deferred.run();
    }

    long drops(DropReason reason) {
        return pool.drops().count(reason);
    }

    long allDrops() {
        long sum = 0;
        for (DropReason each : DropReason.values()) {
            sum += drops(each);
        }
        return sum;
    }

    long count(IpStats.Counter counter) {
        return ip.stats().count(counter);
    }

    @Override
    public void close() {
        ip.shutdown();
        links.detach(eth0, nowNs);
        links.detach(eth1, nowNs);
        links.detach(lo, nowNs);
        Deferred.run();
    }
}
