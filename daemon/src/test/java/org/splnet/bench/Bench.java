package org.splnet.bench;

import java.util.ArrayList;
import java.util.List;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.sim.SimHost;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Two stacks, joined by a [Cable] of so many queues, and a thread for each queue, which carries what comes
/// on both ends of it; or none, where whoever measures does that by [#step].
final class Bench implements AutoCloseable {
    private final Clock clock = Clock.system();
    private final SimHost left;
    private final SimHost right;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    /// One queue and no thread but the caller's.
    Bench(TcpConfig config) {
        this(1, true, config, false);
        left.pool().beginHere();
    }

    Bench(int queues, boolean kept, TcpConfig config) {
        this(queues, kept, config, true);
    }

    private Bench(int queues, boolean kept, TcpConfig config, boolean threads) {
        var here = new Cable("left", MacAddr.parse("02:00:00:00:00:01"), queues, kept);
        var there = new Cable("right", MacAddr.parse("02:00:00:00:00:02"), queues, kept);
        left = new SimHost(clock, Entropy.seeded(1), here, config);
        right = new SimHost(clock, Entropy.seeded(1), there, config);
        here.plug(there, right.pool());
        there.plug(here, left.pool());
        left.address(Cidr.parse("10.0.0.1/24"), clock.nanoTime());
        right.address(Cidr.parse("10.0.0.2/24"), clock.nanoTime());
        for (int i = 0; threads && i < queues; i++) {
            int queue = i;
            this.threads.add(Thread.ofPlatform().name("queue-" + i).daemon().unstarted(() -> carry(queue)));
        }
        this.threads.forEach(Thread::start);
    }

    Tcp client() {
        return left.tcp();
    }

    Tcp server() {
        return right.tcp();
    }

    private void carry(int queue) {
        left.pool().beginHere();
        while (!stop) {
            if (step(queue) == 0) {
                Thread.yield();                            // somebody else may need the core
            }
        }
    }

    /// Carries what has come on both ends of a queue, and lets the callouts fire that are due.
    ///
    /// @return how much that was
    int step(int queue) {
        Duty here = left.queues().get(queue);
        Duty there = right.queues().get(queue);
        long nowNs = clock.nanoTime();
        int done = here.poll(nowNs);
        Deferred.run();
        done += there.poll(nowNs);
        Deferred.run();
        if (queue == 0) {
            done += left.wheel().advance(nowNs) + right.wheel().advance(nowNs);
            Deferred.run();
        }
        return done;
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
        left.stop(nowNs);
        right.stop(nowNs);
    }
}
