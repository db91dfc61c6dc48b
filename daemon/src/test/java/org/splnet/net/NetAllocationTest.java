package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.splnet.Garbage;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// A packet costs no garbage, neither in nor out: exactly none, once warm.
class NetAllocationTest {
    /// Delivers the same frames for ever and takes whatever comes.
    private static final class Treadmill implements NetDevice, DeviceQueue {
        private final byte[][] frames;
        private long taken;

        Treadmill(byte[]... frames) {
            this.frames = frames;
        }

        @Override
        public int receive(PacketPool pool, Sink sink, int max) {
            for (byte[] frame : frames) {
                Packet packet = pool.allocate(frame.length);
                int at = packet.append(frame.length);
                packet.buf.setBytes(at, frame);
                packet.l2 = at;
                sink.frame(packet);
            }
            return frames.length;
        }

        @Override
        public boolean transmit(Packet packet) {
            taken++;
            return true;
        }

        @Override
        public void flush() {
            // nothing is batched
        }

        @Override
        public long transmitErrors() {
            return 0;
        }

        @Override
        public void await(long timeoutNs, boolean wantTransmit) {
            // there is always something
        }

        @Override
        public void wakeup() {
            // never asleep
        }

        @Override
        public String name() {
            return "treadmill";
        }

        @Override
        public MacAddr mac() {
            return NetBed.OURS;
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public int offloads() {
            return 0;
        }

        @Override
        public int queues() {
            return 1;
        }

        @Override
        public DeviceQueue queue(int index) {
            return this;
        }

        @Override
        public void close() {
            // nothing to undo
        }
    }

    /// What IPv4 does with each packet.
    private interface Work {
        void input(Packet packet, NetIf from, long nowNs);
    }

    private final PacketPool pool = new PacketPool(new RecyclingAllocator());

    private LinkLayer links(Work work) {
        var wheel = new CalloutWheel(0, () -> { });
        var links = new LinkLayer(pool, wheel, Entropy.seeded(1), NetConfig.defaults());
        links.attach(new NetworkProtocol() {
            @Override
            public int etherType() {
                return EtherType.IPV4;
            }

            @Override
            public void input(Packet packet, NetIf from, long nowNs) {
                work.input(packet, from, nowNs);
            }
        });
        return links;
    }

    private static EtherIf nic(LinkLayer links, Treadmill device) {
        EtherIf nic = links.ethernet("eth0", device);
        links.interfaces().addAddress(nic, Cidr.parse("10.0.0.1/24"));
        return nic;
    }

    @Test
    void receivingAndSendingToAResolvedNeighborLeavesNothing() {
        byte[] frame = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[1000]);
        var device = new Treadmill(frame);
        LinkLayer links = links((packet, from, nowNs) ->
                from.output(packet, from.neighbor(0, Ip4Addr.lo(0x0a000009), nowNs), EtherType.IPV4, nowNs));
        EtherIf nic = nic(links, device);
        nic.addNeighbor(new Ip4Addr(0x0a000009), NetBed.PEER, 0);
        Duty duty = nic.duties().getFirst();
        assertThat(Garbage.of(() -> duty.poll(1))).isZero();
        assertThat(device.taken).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }

    @Test
    void mergingLeavesNothing() {
        byte[][] frames = new byte[9][];
        for (int i = 0; i < 8; i++) {
            frames[i] = TcpFrame.at(i / 2 * 1000, 1000).port(4000 + i % 2).octets();
        }
        frames[8] = TcpFrame.at(0, 0).octets();
        var device = new Treadmill(frames);
        var packets = new AtomicLong();
        EtherIf nic = nic(links((packet, from, nowNs) -> {
            packets.incrementAndGet();
            packet.free();
        }), device);
        Duty duty = nic.duties().getFirst();
        assertThat(Garbage.of(() -> duty.poll(1))).isZero();
        assertThat(packets.get()).isGreaterThanOrEqualTo(3L * Garbage.ROUNDS);
        assertThat(nic.info().counters().inMerged()).isEqualTo(packets.get() * 2);
    }

    @Test
    void confirmingANeighborFromAboveLeavesNothing() {
        var device = new Treadmill(Frames.reply(NetBed.PEER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        LinkLayer links = links((packet, from, nowNs) -> packet.free());
        EtherIf nic = nic(links, device);
        Neighbor n = nic.neighbor(0, Ip4Addr.lo(0x0a000009), 0);
        nic.output(pool.allocate(20), n, EtherType.IPV4, 0);
        Deferred.run();
        Duty duty = nic.duties().getFirst();
        duty.poll(0);
        assertThat(n.state()).isEqualTo(NeighborState.REACHABLE);
        var now = new AtomicLong();
        assertThat(Garbage.of(() -> {
            long nowNs = now.addAndGet(20 * NetBed.MS);
            n.confirm(nowNs);
            nic.output(pool.allocate(20), n, EtherType.IPV4, nowNs);
            Deferred.run();
        })).isZero();
        assertThat(n.state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void answeringArpLeavesNothing() {
        var device = new Treadmill(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        Duty duty = nic(links((packet, from, nowNs) -> packet.free()), device).duties().getFirst();
        assertThat(Garbage.of(() -> duty.poll(1))).isZero();
        assertThat(device.taken).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }

    @Test
    void cuttingInSoftwareLeavesNothing() {
        var device = new Treadmill(new byte[0]);
        EtherIf nic = nic(links((packet, from, nowNs) -> packet.free()), device);
        nic.addNeighbor(new Ip4Addr(0x0a000009), NetBed.PEER, 0);
        Neighbor n = nic.neighbor(0, Ip4Addr.lo(0x0a000009), 0);
        ByteBuf payload = new io.netty.buffer.UnpooledByteBufAllocator(true, true).directBuffer(8000);
        payload.writeZero(8000);
        assertThat(Garbage.of(() -> {
            Packet packet = pool.allocate(40);
            int at = packet.append(40);
            packet.buf.setZero(at, 40).setByte(at, 0x45).setByte(at + 32, 0x50);
            packet.csumStart = at + 20;
            packet.csumOffset = 16;
            packet.flags = Packet.CHECKSUM_PARTIAL;
            packet.gsoSize = 1460;
            packet.addPiece(payload, 0, 8000);
            nic.output(packet, n, EtherType.IPV4, 1);
            Deferred.run();
        })).isZero();
        assertThat(device.taken).isGreaterThanOrEqualTo(6L * Garbage.ROUNDS);
        payload.release();
    }

    @Test
    void loopbackLeavesNothing() {
        var received = new AtomicLong();
        LinkLayer links = links((packet, from, nowNs) -> {
            received.addAndGet(packet.length());
            packet.free();
        });
        Loopback lo = links.loopback("lo0");
        ByteBuf payload = new io.netty.buffer.UnpooledByteBufAllocator(true, true).directBuffer(1000);
        payload.writeZero(1000);
        assertThat(Garbage.of(() -> {
            Packet packet = pool.allocate(40);
            packet.append(40);
            packet.addPiece(payload, 0, 1000);
            lo.output(packet, null, EtherType.IPV4, 1);
            lo.poll(1);
        })).isZero();
        assertThat(received.get()).isGreaterThanOrEqualTo(1040L * Garbage.ROUNDS);
        payload.release();
    }
}
