package org.splnet.interop;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.netif.tap.TapDriver;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// Two TAPs joined by a wire that loses, delays, reorders and doubles frames, for kernels without netem. Runs
/// in a process of its own inside the laboratory's namespace until it is ended.
///
/// Usage: `LossyWire TAP-A TAP-B SEED LOSS REORDER DELAY-MICROSECONDS [DOUBLED]`
final class LossyWire {
    private record Held(long dueNs, long order, Packet frame, DeviceQueue to) implements Comparable<Held> {
        @Override
        public int compareTo(Held other) {
            int byTime = Long.compare(dueNs, other.dueNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final PriorityQueue<Held> held = new PriorityQueue<>();
    private final SplittableRandom random;
    private final double loss;
    private final double reorder;
    private final long delayNs;
    private final double doubled;
    private long order;

    private LossyWire(long seed, double loss, double reorder, long delayNs, double doubled) {
        this.random = new SplittableRandom(seed);
        this.loss = loss;
        this.reorder = reorder;
        this.delayNs = delayNs;
        this.doubled = doubled;
    }

    public static void main(String[] args) throws DeviceException {
        TapDriver driver = new TapDriver();
        // No offloads: what the wire carries is what a wire would, one frame of MTU size at a time.
        NetDevice a = driver.open(new DeviceSpec(args[0], null, 0, Map.of("offload", "false")));
        NetDevice b = driver.open(new DeviceSpec(args[1], null, 0, Map.of("offload", "false")));
        System.out.println("wire is up");
        new LossyWire(Long.parseLong(args[2]), Double.parseDouble(args[3]), Double.parseDouble(args[4]),
                Long.parseLong(args[5]) * 1000,
                args.length > 6 ? Double.parseDouble(args[6]) : 0.002).run(a.queue(0), b.queue(0));
    }

    private void run(DeviceQueue a, DeviceQueue b) {
        while (true) {
            int moved = a.receive(pool, frame -> take(frame, b), 64) + b.receive(pool, frame -> take(frame,
                    a), 64);
            long now = System.nanoTime();
            for (Held head; (head = held.peek()) != null && head.dueNs() - now <= 0; ) {
                held.poll();
                head.to().transmit(head.frame());
                head.frame().free();
            }
            if (moved == 0) {
                // Either side may have something first; a short bounded wait on one serves both.
                a.await(held.isEmpty() ? 200_000 : 20_000, false);
            }
        }
    }

    /// Consumes `frame`: copies it, because a driver's receive buffer is large and the wire holds many.
    private void take(Packet frame, DeviceQueue to) {
        if (random.nextDouble() >= loss) {
            long due = System.nanoTime() + delayNs;
            if (random.nextDouble() < reorder) {
                due += delayNs + random.nextLong(2 * delayNs + 1);
            }
            hold(frame, to, due);
            if (random.nextDouble() < doubled) {
                hold(frame, to, due + 1000);
            }
        }
        frame.free();
    }

    private void hold(Packet frame, DeviceQueue to, long dueNs) {
        Packet copy = pool.allocate(frame.length());
        int at = copy.append(frame.length());
        copy.l2 = at;
        copy.buf.setBytes(at, frame.buf, frame.start, frame.length());
        held.add(new Held(dueNs, order++, copy, to));
    }
}
