package org.splnet.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.splnet.pkt.Packet;

/// A full-duplex link with all the faults of [SimParams], decided by a seeded generator. Time is handed in.
final class SimLink {
    /// Nanoseconds that an octet takes at one bit per second.
    private static final long NS_BITS = 8_000_000_000L;

    private record Flying(long dueNs, long order, Packet frame, SimDevice to) implements Comparable<Flying> {
        @Override
        public int compareTo(Flying other) {
            int byTime = Long.signum(dueNs - other.dueNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final SplittableRandom random;
    private final SimParams params;
    private final PriorityQueue<Flying> flying = new PriorityQueue<>();
    private final Map<SimDevice, Long> busyUntilNs = new HashMap<>();
    private long nowNs;
    private long order;
    private boolean cut;
    private long darkUntilNs;
    private Consumer<Packet> watcher = frame -> { };

    SimLink(SimParams params, SplittableRandom random, long originNs) {
        this.params = params;
        this.random = random;
        this.nowNs = originNs;
        this.darkUntilNs = originNs;
    }

    /// Has `watcher` see every frame that is handed in, before anything happens to it. It borrows the frame.
    void watch(Consumer<Packet> watcher) {
        this.watcher = watcher;
    }

    /// Takes a frame to be carried to `to`. Consumes it.
    void carry(Packet frame, SimDevice to) {
        watcher.accept(frame);
        if (cut || nowNs - darkUntilNs < 0 || random.nextDouble() < params.loss()) {
            frame.free();
            return;
        }
        if (random.nextDouble() < params.corrupt()) {
            int bit = random.nextInt(frame.length() * 8);
            int at = frame.start + bit / 8;
            frame.buf.setByte(at, frame.buf.getByte(at) ^ 1 << bit % 8);
        }
        if (random.nextDouble() < params.duplicate()) {
            launch(copyOf(frame), to);
        }
        launch(frame, to);
    }

    private void launch(Packet frame, SimDevice to) {
        long atNs = nowNs;
        if (params.rate() > 0) {
            long busyNs = busyUntilNs.getOrDefault(to, nowNs);
            long waitNs = Math.max(busyNs - nowNs, 0);
            if (waitNs * params.rate() / NS_BITS > params.queue()) {
                frame.free();                              // the queue is full
                return;
            }
            atNs = nowNs + waitNs + frame.length() * NS_BITS / params.rate();
            busyUntilNs.put(to, atNs);
        }
        long jitter = params.jitterNs() == 0 ? 0 : random.nextLong(params.jitterNs());
        flying.add(new Flying(atNs + params.delayNs() + jitter, order++, frame, to));
    }

    private static Packet copyOf(Packet frame) {
        Packet copy = frame.pool().allocate(frame.length());
        int at = copy.append(frame.length());
        copy.buf.setBytes(at, frame.buf, frame.start, frame.length());
        copy.l2 = at;
        copy.flags = frame.flags;
        copy.csumStart = at + frame.csumStart - frame.start;
        copy.csumOffset = frame.csumOffset;
        copy.gsoSize = frame.gsoSize;
        return copy;
    }

    /// Delivers what is due.
    void advance(long toNs) {
        nowNs = toNs;
        for (Flying head; (head = flying.peek()) != null && head.dueNs() - nowNs <= 0; ) {
            flying.poll();
            head.to().arrive(head.frame());
        }
    }

    /// When the next frame arrives; [Long#MAX_VALUE] if none is under way.
    long nextNs() {
        return flying.isEmpty() ? Long.MAX_VALUE : flying.peek().dueNs();
    }

    /// Everything handed in until then is lost.
    void dark(long untilNs) {
        darkUntilNs = untilNs;
    }

    /// The link is cut: everything under way and to come is lost.
    void cut() {
        cut = true;
        flying.forEach(each -> each.frame().free());
        flying.clear();
    }
}
