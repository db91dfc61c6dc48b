package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;

/// Clients send to neighbors that come, go and fail, on an interface that goes up and down, while its worker
/// takes their answers and a timer runs: every packet has one end, and the witness has nothing to say.
@ExtendWith(NoLeaks.class)
@Timeout(60)
class NetConcurrencyTest {
    private static final int SENDERS = 3;
    private static final int PACKETS = 40_000;
    private static final int HOSTS = 40;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final AtomicLong nowNs = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /// Takes frames now and then only.
    private static final class Moody implements NetDevice, DeviceQueue {
        private final SplittableRandom random;
        private final AtomicLong ipFrames = new AtomicLong();
        private volatile boolean generous;

        Moody(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public boolean transmit(Packet frame) {
            if (!generous && random.nextInt(8) == 0) {
                return false;
            }
            if (frame.buf.getUnsignedShort(frame.start + 12) == EtherType.IPV4) {
                ipFrames.incrementAndGet();
            }
            return true;
        }

        @Override
        public int receive(PacketPool pool, Sink sink, int max) {
            return 0;
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
            // the test polls
        }

        @Override
        public void wakeup() {
            // the test polls
        }

        @Override
        public String name() {
            return "moody";
        }

        @Override
        public org.splnet.wire.MacAddr mac() {
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

    private Thread start(Runnable work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
        });
        thread.start();
        return thread;
    }

    private void send(EtherIf nic, SplittableRandom random) {
        var known = new Neighbor[HOSTS];
        for (int i = 0; i < PACKETS; i++) {
            int host = random.nextInt(HOSTS);
            long now = nowNs.get();
            if (known[host] == null || random.nextInt(4) == 0) {
                known[host] = nic.neighbor(0, Ip4Addr.lo(0x0a000010 + host), now);
            }
            Packet packet = pool.allocate(40);
            packet.append(40);
            nic.output(packet, known[host], EtherType.IPV4, now);
            if (random.nextInt(16) == 0 && known[host] != null) {
                known[host].confirm(now);
                known[host].suspect(now);
            }
            Deferred.run();
        }
    }

    private void answers(EtherIf nic, SplittableRandom random, AtomicBoolean done) {
        while (!done.get()) {
            int host = random.nextInt(HOSTS - 4);           // four never answer
            nic.arpNeighbors().heard(0, Ip4Addr.lo(0x0a000010 + host), NetBed.PEER.bits(),
                    random.nextBoolean(), false, nowNs.get());
            nic.duties().getFirst().poll(nowNs.get());
            if (random.nextInt(200) == 0) {
                nic.up(false, nowNs.get());
                nic.up(true, nowNs.get());
            }
        }
    }

    @Test
    void everyPacketIsSentOrCountedAsDropped() throws InterruptedException {
        var random = new SplittableRandom(TestSeed.next());
        var device = new Moody(random.split());
        var wheel = new CalloutWheel(0, () -> { });
        NetConfig.Neighbors d = NetConfig.defaults().neighbors();
        var neighbors = new NetConfig.Neighbors(30, 4, 2000, 4000, d.reachableNs(), d.delayNs(),
                d.retransmitNs(), d.tries(), d.failedNs(), d.forgetNs(), 1000);
        var config = new NetConfig(neighbors, new NetConfig.Queues(64, 50, 1 << 17, 16, 1 << 17, 0));
        var links = new LinkLayer(pool, wheel, Entropy.system(), config);
        EtherIf nic = links.ethernet("eth0", device);
        links.interfaces().addAddress(nic, Cidr.parse("10.0.0.1/24"));
        // one at least is known, however late the answers come
        nic.neighbor(0, Ip4Addr.lo(0x0a000010), 0);
        nic.arpNeighbors().heard(0, Ip4Addr.lo(0x0a000010), NetBed.PEER.bits(), true, false, 0);
        var done = new AtomicBoolean();
        List<Thread> senders = new ArrayList<>();
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            SplittableRandom mine = random.split();
            senders.add(start(() -> send(nic, mine)));
        }
        SplittableRandom replies = random.split();
        others.add(start(() -> answers(nic, replies, done)));
        others.add(start(() -> {
            while (!done.get()) {
                wheel.advance(nowNs.addAndGet(5 * NetBed.MS));
                Deferred.run();
            }
        }));
        for (Thread each : senders) {
            each.join();
        }
        done.set(true);
        for (Thread each : others) {
            each.join();
        }
        assertThat(failure.get()).isNull();
        device.generous = true;
        nic.duties().getFirst().poll(nowNs.get());
        links.detach(nic, nowNs.get());
        Deferred.run();
        long drops = 0;
        for (DropReason each : DropReason.values()) {
            drops += pool.drops().count(each);
        }
        // Requests of ours may have been dropped too, so this is a bound; NoLeaks is exact.
        assertThat(device.ipFrames.get() + drops).isGreaterThanOrEqualTo((long) SENDERS * PACKETS);
        assertThat(device.ipFrames.get()).isPositive();
        assertThat(nic.arpNeighbors().size()).isZero();
    }
}
