package org.splnet.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.tcp.TcpStats;
import org.splnet.wire.Endpoint;

/// What a segment costs by how many connections there are: two stacks in one thread, an octet there and back
/// on one established connection after the other; `bench/segments` runs it. Counted is the thread's CPU time,
/// of both stacks, by the segments both have sent.
///
/// `quiet`: so many connections are there, and 64 of them talk: look-ups and timers. `all`: they talk in
/// turn, in no order that a cache or its prefetcher could know.
public final class SegmentCost {
    private static final int[] CONNECTIONS = {1, 64, 1000, 10_000, 100_000, 1_000_000};
    private static final int TALKERS = 64;
    /// So many that each waits for longer than an acknowledgment does, while the code is being compiled.
    private static final int WARM = 10_000;
    private static final int PER_PORT = 16_000;
    private static final int AT_ONCE = 500;
    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withNoDelay(true);
    private static final long LONG_NS = 5_000_000_000L;

    /// Both ends of one connection.
    private record Pair(StreamSocket client, StreamSocket server) {
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final double seconds;
    private final int rounds;
    private final ByteBuf text;

    private SegmentCost(double seconds, int rounds, int octets) {
        this.seconds = seconds;
        this.rounds = rounds;
        this.text = Unpooled.directBuffer(octets).writeZero(octets);
    }

    /// @param args seconds of each measurement, rounds, connections at most, octets there and back
    public static void main(String[] args) {
        // of the kind that carries packets in the daemon: Netty has its pools at hand for it
        new FastThreadLocalThread(() -> {
            try {
                run(args);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }, "both stacks").start();
    }

    private static void run(String[] args) throws IOException {
        var cost = new SegmentCost(Double.parseDouble(args[0]), Integer.parseInt(args[1]),
                Integer.parseInt(args[3]));
        int most = Integer.parseInt(args[2]);
        cost.measure(WARM);
        System.out.printf(Locale.ROOT, "octets of text %d; ns of CPU for each segment, median of %d rounds "
                + "of %.1f s (and their spread)%n", cost.text.readableBytes(), cost.rounds, cost.seconds);
        System.out.printf("%12s %18s %18s %12s %10s%n", "connections", "quiet", "all", "segments/trip",
                "load");
        for (int connections : CONNECTIONS) {
            if (connections <= most) {
                System.out.println(cost.measure(connections));
            }
        }
    }

    private String measure(int connections) throws IOException {
        try (var bench = new Bench(TcpConfig.DEFAULTS)) {
            List<Pair> pairs = establish(bench, connections);
            Collections.shuffle(pairs, new Random(1));
            List<Pair> few = pairs.subList(0, Math.min(TALKERS, connections));
            double[][] quiet = new double[rounds][];
            double[][] all = new double[rounds][];
            talk(bench, few, seconds / 2);
            talk(bench, pairs, seconds / 2);
            for (int round = 0; round < rounds; round++) {
                quiet[round] = talk(bench, few, seconds);
                all[round] = talk(bench, pairs, seconds);
            }
            return String.format(Locale.ROOT, "%,12d %18s %18s %12.2f %10s", connections, cell(quiet),
                    cell(all), all[0][1], Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        }
    }

    private static String cell(double[][] rounds) {
        double[] sorted = Arrays.stream(rounds).mapToDouble(each -> each[0]).sorted().toArray();
        double median = sorted[sorted.length / 2];
        return String.format(Locale.ROOT, "%,.0f (%.0f %%)", median,
                100 * (sorted[sorted.length - 1] - sorted[0]) / median);
    }

    private static List<Pair> establish(Bench bench, int connections) throws SocketException {
        var pairs = new ArrayList<Pair>(connections);
        for (int port = 80; pairs.size() < connections; port++) {
            Endpoint server = Endpoint.parse("10.0.0.2:" + port);
            ListenSocket listener = bench.server().listen(server, AT_ONCE, OPTIONS);
            int until = Math.min(connections, pairs.size() + PER_PORT);
            while (pairs.size() < until) {
                batch(bench, listener, server, Math.min(AT_ONCE, until - pairs.size()), pairs);
            }
        }
        return pairs;
    }

    private static void batch(Bench bench, ListenSocket listener, Endpoint server, int n,
            List<Pair> pairs) throws SocketException {
        for (int i = 0; i < n; i++) {
            StreamSocket client = bench.client().connect(null, server, OPTIONS);
            long untilNs = System.nanoTime() + LONG_NS;
            StreamSocket accepted;
            while ((accepted = listener.accept()) == null) {
                if (bench.step(0) == 0 && System.nanoTime() - untilNs > 0) {
                    throw new AssertionError("no connection after " + pairs.size());
                }
            }
            pairs.add(new Pair(client, accepted));
        }
    }

    /// @return nanoseconds for each segment, and segments for each trip
    private double[] talk(Bench bench, List<Pair> pairs, double forSeconds) throws SocketException {
        long before = segments(bench);
        long untilNs = System.nanoTime() + (long) (forSeconds * 1e9);
        long cpuNs = threads.getCurrentThreadCpuTime();
        long trips = 0;
        for (int i = 0; trips % TALKERS != 0 || System.nanoTime() - untilNs < 0; trips++) {
            trip(bench, pairs.get(i));
            i = i + 1 == pairs.size() ? 0 : i + 1;
        }
        double took = threads.getCurrentThreadCpuTime() - cpuNs;
        double sent = segments(bench) - before;
        return new double[] {took / sent, sent / trips};
    }

    private void trip(Bench bench, Pair pair) throws SocketException {
        carry(bench, pair.client, pair.server);
        carry(bench, pair.server, pair.client);
    }

    private void carry(Bench bench, StreamSocket from, StreamSocket to) throws SocketException {
        int wanted = text.readableBytes();
        int sent = 0;
        long untilNs = System.nanoTime() + LONG_NS;
        for (int got = 0; got < wanted; ) {
            if (sent < wanted) {
                sent += from.send(text.slice(sent, wanted - sent));
            }
            int done = bench.step(0);
            for (ByteBuf data; got < wanted && (data = to.receive(wanted)) != null; ) {
                got += data.readableBytes();
                data.release();
            }
            if (done == 0 && got < wanted && System.nanoTime() - untilNs > 0) {
                throw new AssertionError(got + " of " + wanted + " octets on " + from.local());
            }
        }
    }

    private static long segments(Bench bench) {
        return sent(bench.client()) + sent(bench.server());
    }

    private static long sent(Tcp tcp) {
        return tcp.stats().count(TcpStats.Counter.SEGMENTS_OUT);
    }
}
