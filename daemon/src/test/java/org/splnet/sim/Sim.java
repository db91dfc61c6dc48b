package org.splnet.sim;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.kern.VirtualClock;
import org.splnet.pkt.Packet;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Two hosts, a link and a clock: the whole world of one conversation, decided by one seed.
public final class Sim implements AutoCloseable {
    final SimHost left;
    final SimHost right;
    final SimLink link;
    private final SimDevice leftEnd;
    private final SimDevice rightEnd;
    private final VirtualClock clock;

    /// @param originNs where the clock starts
    public Sim(long seed, SimParams params, long originNs, TcpConfig config) {
        var random = new SplittableRandom(seed);
        clock = new VirtualClock(originNs);
        link = new SimLink(params, random.split(), originNs);
        leftEnd = new SimDevice("left", MacAddr.parse("02:00:00:00:00:01"), params);
        rightEnd = new SimDevice("right", MacAddr.parse("02:00:00:00:00:02"), params);
        left = new SimHost(clock, Entropy.seeded(random.nextLong()), leftEnd, config);
        right = new SimHost(clock, Entropy.seeded(random.nextLong()), rightEnd, config);
        leftEnd.connect(link, rightEnd, right.pool);
        rightEnd.connect(link, leftEnd, left.pool);
        left.address(Cidr.parse("10.0.0.1/24"), originNs);
        right.address(Cidr.parse("10.0.0.2/24"), originNs);
    }

    /// The time.
    public long nowNs() {
        return clock.nanoTime();
    }

    /// The clock that both hosts go by.
    Clock clock() {
        return clock;
    }

    /// Has somebody see what arrives at the right host.
    void watchRight(Consumer<Packet> watcher) {
        rightEnd.watch(watcher);
    }

    /// Pulls the cable until a moment, with the left host's knowledge: what is handed in meanwhile is lost.
    void pull(long untilNs) {
        leftEnd.carrier(false);
        settle();
        link.dark(untilNs);
    }

    /// Plugs it in again.
    void plug() {
        leftEnd.carrier(true);
        settle();
    }

    /// Does everything that is to be done at this instant, on both sides.
    ///
    /// @return how much that was
    public int settle() {
        int all = 0;
        for (int done; (done = left.poll(nowNs()) + right.poll(nowNs())) > 0; ) {
            all += done;
        }
        return all;
    }

    /// Lets time pass up to the next event, but not beyond `limitNs`.
    ///
    /// @return false if nothing will ever happen by itself
    public boolean step(long limitNs) {
        long next = earliest(link.nextNs(), earliest(left.nextNs(), right.nextNs()));
        if (next == Long.MAX_VALUE) {
            return false;
        }
        clock.advance(Math.clamp(next - nowNs(), 0, limitNs - nowNs()));
        link.advance(nowNs());
        settle();
        return true;
    }

    private static long earliest(long a, long b) {
        if (a == Long.MAX_VALUE || b == Long.MAX_VALUE) {
            return a == Long.MAX_VALUE ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    /// Runs until `limitNs` whatever happens.
    public void runTo(long limitNs) {
        settle();
        while (nowNs() - limitNs < 0 && step(limitNs)) {
            // each step settles
        }
        clock.advance(limitNs - nowNs());
    }

    @Override
    public void close() {
        left.stop(nowNs());
        right.stop(nowNs());
        link.cut();
        leftEnd.close();
        rightEnd.close();
    }
}
