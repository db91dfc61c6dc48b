import io.netty.buffer.PooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.SplittableRandom;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.netif.tap.TapDriver;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// Two TAPs joined by a wire with a rate, a queue, a delay and loss, for kernels without netem. What it does is
/// told line by line on its standard input: `LOSS DELAY-MICROSECONDS RATE-MBIT/S QUEUE-OCTETS SEED`; each line starts
/// its random numbers anew, so that all who are measured meet the same.
///
/// Usage: `Wire.java TAP-A TAP-B`
final class Wire {
    private record Flying(long dueNs, Packet frame) { }

    /// One direction.
    private final class Way {
        final DeviceQueue to;
        final ArrayDeque<Flying> flying = new ArrayDeque<>();
        SplittableRandom random;
        long busyUntilNs;

        Way(DeviceQueue to) {
            this.to = to;
        }

        /// Consumes `frame`: copies it, because a driver's receive buffer is large and the wire holds many.
        void take(Packet frame) {
            Weather now = weather;
            long at = System.nanoTime();
            long waitNs = Math.max(busyUntilNs - at, 0);
            boolean lost = random.nextDouble() < now.loss || waitNs * now.mbits / 8000 > now.queue;
            if (!lost) {
                busyUntilNs = at + waitNs + frame.length() * 8000L / now.mbits;
                Packet copy = pool.allocate(frame.length());
                int start = copy.append(frame.length());
                copy.l2 = start;
                copy.buf.setBytes(start, frame.buf, frame.start, frame.length());
                flying.add(new Flying(busyUntilNs + now.delayNs, copy));
            }
            frame.free();
        }

        void deliver(long now) {
            for (Flying head; (head = flying.peek()) != null && head.dueNs - now <= 0; ) {
                flying.poll();
                to.transmit(head.frame);
                head.frame.free();
            }
        }
    }

    private record Weather(double loss, long delayNs, long mbits, long queue, long seed) { }

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private volatile Weather weather = new Weather(0, 0, 1000, 1 << 20, 1);

    public static void main(String[] args) throws DeviceException {
        TapDriver driver = new TapDriver();
        // No offloads: what the wire carries is what a wire would, one frame of MTU size at a time.
        DeviceQueue a = driver.open(new DeviceSpec(args[0], null, 0, Map.of("offload", "false"))).queue(0);
        DeviceQueue b = driver.open(new DeviceSpec(args[1], null, 0, Map.of("offload", "false"))).queue(0);
        Wire wire = new Wire();
        Thread.ofPlatform().daemon().start(wire::listen);
        System.out.println("wire is up");
        wire.run(a, b);
    }

    private void listen() {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line; (line = in.readLine()) != null; ) {
                String[] words = line.trim().split(" +");
                weather = new Weather(Double.parseDouble(words[0]), Long.parseLong(words[1]) * 1000,
                        Long.parseLong(words[2]), Long.parseLong(words[3]),
                        Long.parseLong(words[4]));
            }
        } catch (IOException e) {
            System.err.println("wire: " + e);
        }
        System.exit(0);
    }

    private void run(DeviceQueue a, DeviceQueue b) {
        Way there = new Way(b);
        Way back = new Way(a);
        Weather met = null;
        while (true) {
            if (weather != met) {
                met = weather;
                there.random = new SplittableRandom(met.seed);
                back.random = there.random.split();
            }
            int moved = a.receive(pool, there::take, 64) + b.receive(pool, back::take, 64);
            long now = System.nanoTime();
            there.deliver(now);
            back.deliver(now);
            if (moved == 0) {
                // Either side may have something first; a short bounded wait on one serves both.
                a.await(there.flying.isEmpty() && back.flying.isEmpty() ? 200_000 : 20_000, false);
            }
        }
    }
}
