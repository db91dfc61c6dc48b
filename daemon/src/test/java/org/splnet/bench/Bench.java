package org.splnet.bench;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetConfig;
import org.splnet.pkt.PacketPool;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Two stacks, joined by a [Cable] of so many queues, and a thread for each queue, which carries what comes
/// on both ends of it.
final class Bench implements AutoCloseable {
    private static final class Host {
        final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
        final CalloutWheel wheel;
        final LinkLayer links;
        final Tcp tcp;
        EtherIf nic;

        Host(Clock clock, TcpConfig config) {
            wheel = new CalloutWheel(clock.nanoTime(), () -> { });
            Entropy entropy = Entropy.seeded(1);
            links = new LinkLayer(pool, wheel, entropy, NetConfig.defaults());
            Ip ip = new Ip(IpConfig.DEFAULTS, links, wheel, entropy);
            links.attach(ip);
            tcp = new Tcp(config, ip, wheel, entropy, clock);
        }

        void plug(Cable cable, String address, long nowNs) {
            nic = links.ethernet(cable.name(), cable);
            nic.claim(Cidr.parse(address), false, AddressClaim.Listener.NONE, nowNs);
        }
    }

    private final Clock clock = Clock.system();
    private final Host left;
    private final Host right;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    Bench(int queues, boolean kept, TcpConfig config) {
        left = new Host(clock, config);
        right = new Host(clock, config);
        var here = new Cable("left", MacAddr.parse("02:00:00:00:00:01"), queues, kept);
        var there = new Cable("right", MacAddr.parse("02:00:00:00:00:02"), queues, kept);
        here.plug(there, right.pool);
        there.plug(here, left.pool);
        left.plug(here, "10.0.0.1/24", clock.nanoTime());
        right.plug(there, "10.0.0.2/24", clock.nanoTime());
        for (int i = 0; i < queues; i++) {
            int queue = i;
            threads.add(Thread.ofPlatform().name("queue-" + i).daemon().unstarted(() -> carry(queue)));
        }
        threads.forEach(Thread::start);
    }

    Tcp client() {
        return left.tcp;
    }

    Tcp server() {
        return right.tcp;
    }

    private void carry(int queue) {
        Duty here = left.nic.duties().get(queue);
        Duty there = right.nic.duties().get(queue);
        while (!stop) {
            long nowNs = clock.nanoTime();
            int done = here.poll(nowNs);
            Deferred.run();
            done += there.poll(nowNs);
            Deferred.run();
            if (queue == 0) {
                done += left.wheel.advance(nowNs) + right.wheel.advance(nowNs);
                Deferred.run();
            }
            if (done == 0) {
                Thread.yield();                            // somebody else may need the core
            }
        }
    }

    @Override
    public void close() {
        stop = true;
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        long nowNs = clock.nanoTime();
        left.tcp.shutdown(nowNs);
        right.tcp.shutdown(nowNs);
        left.links.detach(left.nic, nowNs);
        right.links.detach(right.nic, nowNs);
        Deferred.run();
    }
}
