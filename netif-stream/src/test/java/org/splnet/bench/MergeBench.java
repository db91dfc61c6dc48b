package org.splnet.bench;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.kern.Witness;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.netif.stream.StreamDriver;
import org.splnet.pkt.Offload;
import org.splnet.sim.SimHost;
import org.splnet.socket.SocketException;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// What merging in front of the stack saves, or costs: two stacks in one process, a thread each, joined by
/// the stream driver, which neither cuts nor merges. Without merging the devices say that they do it, and
/// do not.
public final class MergeBench {
    private static final int[] CONNECTIONS = {1, 8, 64};
    private static final long TICK_NS = 1_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final double seconds;
    private final int rounds;
    private volatile boolean stop;

    /// A stream whose cable is always plugged in, so that addresses are not probed for.
    private record Stream(NetDevice device, int offloads) implements NetDevice {
        @Override
        public String name() {
            return device.name();
        }

        @Override
        public MacAddr mac() {
            return device.mac();
        }

        @Override
        public int mtu() {
            return device.mtu();
        }

        @Override
        public int queues() {
            return 1;
        }

        @Override
        public DeviceQueue queue(int index) {
            return device.queue(index);
        }

        @Override
        public void close() {
            device.close();
        }
    }

    /// One stack and the thread that carries it.
    private final class Host {
        final SimHost stack;
        final FastThreadLocalThread thread = new FastThreadLocalThread(this::carry);
        private volatile double nsPerFrame;

        Host(String name, String mac, Map<String, String> options, String address, int offloads)
                throws DeviceException {
            var spec = new DeviceSpec(name, MacAddr.parse(mac), 0, options);
            Clock clock = Clock.system();
            stack = new SimHost(clock, Entropy.seeded(1), new Stream(new StreamDriver().open(spec), offloads),
                    TcpConfig.DEFAULTS);
            stack.address(Cidr.parse(address), clock.nanoTime());
        }

        private void carry() {
            Clock clock = Clock.system();
            Duty queue = stack.queues().getFirst();
            long cpuNs = THREADS.getCurrentThreadCpuTime();
            while (!stop) {
                long nowNs = clock.nanoTime();
                int done = queue.poll(nowNs);
                Deferred.run();
                done += stack.wheel().advance(nowNs);
                Deferred.run();
                if (done == 0) {
                    queue.await(TICK_NS);
                }
            }
            nsPerFrame = (double) (THREADS.getCurrentThreadCpuTime() - cpuNs)
                    / Math.max(1, stack.nic().info().counters().inPackets());
        }
    }

    private MergeBench(double seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    /// @param args seconds of each measurement, rounds
    public static void main(String[] args) throws Exception {
        var bench = new MergeBench(args.length > 0 ? Double.parseDouble(args[0]) : 0.5,
                args.length > 1 ? Integer.parseInt(args[1]) : 5);
        Witness.mode(Witness.Mode.OFF);
        for (int offloads : new int[] {0, Offload.RX_MERGED}) {                  // warm
            bench.measure(Work.Kind.BULK, 8, offloads);
            bench.measure(Work.Kind.ROUND_TRIP, 8, offloads);
        }
        System.out.printf(Locale.ROOT, "medians of %d rounds of %.1f s, by turns%n"
                + "                              one by one               merged%n"
                + "what        connections   Gb/s or 1/s  ns/frame   Gb/s or 1/s  ns/frame%n", bench.rounds,
                bench.seconds);
        for (Work.Kind kind : new Work.Kind[] {Work.Kind.BULK, Work.Kind.ROUND_TRIP}) {
            for (int connections : CONNECTIONS) {
                bench.compare(kind, connections);
            }
        }
        System.exit(0);
    }

    private void compare(Work.Kind kind, int connections) throws Exception {
        double[][] rates = new double[2][rounds];
        double[][] ns = new double[2][rounds];
        for (int i = 0; i < 2 * rounds; i++) {
            double[] got = measure(kind, connections, i % 2 == 0 ? Offload.RX_MERGED : 0);
            rates[i % 2][i / 2] = got[0];
            ns[i % 2][i / 2] = got[1];
        }
        System.out.printf(Locale.ROOT, "%-10s %12d %13.1f %9.0f %13.1f %9.0f%n", kind, connections,
                median(rates[0]), median(ns[0]), median(rates[1]), median(ns[1]));
    }

    /// @return what was done per second, and CPU nanoseconds of the receiver per frame that came in
    private double[] measure(Work.Kind kind, int connections, int offloads)
            throws IOException, DeviceException, SocketException, InterruptedException {
        stop = false;
        Path dir = Files.createTempDirectory("splt-merge");
        String path = dir.resolve("s").toString();
        var client = new Host("a", "02:00:00:00:00:01", Map.of("path", path, "listen", "true"), "10.0.0.1/24",
                offloads);
        var server = new Host("b", "02:00:00:00:00:02", Map.of("path", path), "10.0.0.2/24", offloads);
        client.thread.start();
        server.thread.start();
        Thread.sleep(20);                                  // the two meet
        var work = new Work(kind, client.stack.tcp(), server.stack.tcp());
        work.start(connections);
        Thread.sleep(300);
        long before = work.done.sum();
        long fromNs = System.nanoTime();
        Thread.sleep((long) (seconds * 1000));
        double rate = (work.done.sum() - before) * 1e9 / (System.nanoTime() - fromNs);
        work.end();
        stop = true;
        for (Host each : new Host[] {client, server}) {
            each.thread.join();
            each.stack.stop(Clock.system().nanoTime());
        }
        work.free();
        Files.deleteIfExists(Path.of(path));
        Files.delete(dir);
        return new double[] {kind == Work.Kind.BULK ? rate * 8e-9 : rate, server.nsPerFrame};
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
