package org.splnet.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Endpoint;

/// What an established connection without traffic costs: two stacks in one process, all connections between
/// them, and what the heap has more than before, by class. `bench/memory` runs it.
final class IdleMemory {
    private static final long SECOND = 1_000_000_000L;
    private static final int PER_PORT = 16_000;
    private static final int AT_ONCE = 500;

    /// One class's part.
    ///
    /// @param octets of heap for each endpoint
    /// @param objects for each endpoint
    record Part(String type, double octets, double objects) {
    }

    private IdleMemory() {
    }

    public static void main(String[] args) throws SocketException {
        int connections = args.length == 0 ? 100_000 : Integer.parseInt(args[0]);
        boolean used = args.length > 1 && "used".equals(args[1]);
        List<Part> parts = measure(connections, used);
        System.out.printf(Locale.ROOT, "%,d connections, %,d endpoints, idle%s: %.0f octets of heap each%n",
                connections, 2 * connections, used ? " after one octet each way" : "", total(parts));
        for (Part part : parts) {
            if (part.octets() >= 1) {
                System.out.printf(Locale.ROOT, "%8.1f octets in %5.2f  %s%n", part.octets(), part.objects(),
                        part.type());
            }
        }
    }

    static double total(List<Part> parts) {
        return parts.stream().mapToDouble(Part::octets).sum();
    }

    /// @param used each connection carries an octet in both directions before it is left alone
    /// @return the largest first
    static List<Part> measure(int connections, boolean used) throws SocketException {
        try (var sim = new Sim(1, SimParams.perfect(), 0, TcpConfig.DEFAULTS)) {
            sim.runTo(SECOND);
            establish(sim, 1, 78, false);                  // the neighbour is known: no SYN waits for ARP
            establish(sim, AT_ONCE, 79, used);             // what is there once is not counted
            ByteBuf first = outside(histogram());
            List<StreamSocket> kept = establish(sim, connections, 80, used);
            Map<String, long[]> after = classes(histogram());
            Map<String, long[]> before = classes(first.toString(UTF_8));
            first.release();
            if (kept.size() != 2 * connections) {
                throw new AssertionError(kept.size() + " endpoints and not " + 2 * connections);
            }
            var parts = new ArrayList<Part>();
            double endpoints = 2.0 * connections;
            after.forEach((type, now) -> {
                long[] then = before.getOrDefault(type, new long[2]);
                parts.add(new Part(type, (now[1] - then[1]) / endpoints, (now[0] - then[0]) / endpoints));
            });
            parts.sort(Comparator.comparingDouble(Part::octets).reversed());
            kept.forEach(StreamSocket::abort);
            return parts;
        }
    }

    private static List<StreamSocket> establish(Sim sim, int connections, int firstPort, boolean used)
            throws SocketException {
        var kept = new ArrayList<StreamSocket>(2 * connections);
        for (int done = 0; done < connections; ) {
            Endpoint server = Endpoint.parse("10.0.0.2:" + (firstPort + done / PER_PORT));
            int until = Math.min(connections, done + PER_PORT);
            ListenSocket listener = sim.right.tcp.listen(server, AT_ONCE, SocketOptions.DEFAULTS);
            for (int n; done < until; done += n) {
                n = Math.min(AT_ONCE, until - done);
                batch(sim, listener, server, n, used, kept);
            }
        }
        sim.runTo(sim.nowNs() + 2 * SECOND);               // nothing is owed any more
        return kept;
    }

    private static void batch(Sim sim, ListenSocket listener, Endpoint server, int n, boolean used,
            List<StreamSocket> kept) throws SocketException {
        int first = kept.size();
        for (int i = 0; i < n; i++) {
            kept.add(sim.left.tcp.connect(null, server, SocketOptions.DEFAULTS));
        }
        sim.runTo(sim.nowNs() + SECOND / 100);
        for (StreamSocket taken; (taken = listener.accept()) != null; ) {
            kept.add(taken);
        }
        if (used) {
            exchange(sim, kept.subList(first, kept.size()));
        }
    }

    private static void exchange(Sim sim, List<StreamSocket> sockets) throws SocketException {
        for (StreamSocket each : sockets) {
            each.send(Unpooled.wrappedBuffer(new byte[] {1}));
        }
        sim.runTo(sim.nowNs() + SECOND / 100);
        for (StreamSocket each : sockets) {
            each.receive(1).release();
        }
    }

    /// Classes with their objects and octets after a full collection, a line for each.
    private static String histogram() {
        try {
            return (String) ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                    new Object[] {new String[0]}, new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The text where the next histogram does not count it: with a test run's classes it is as large as the
    /// margin.
    private static ByteBuf outside(String text) {
        ByteBuf memory = Unpooled.directBuffer(text.length());
        memory.writeCharSequence(text, UTF_8);
        return memory;
    }

    private static Map<String, long[]> classes(String histogram) {
        var octets = new TreeMap<String, long[]>();
        for (String line : histogram.split("\n")) {
            String[] word = line.trim().split(" +");
            // the collector's own fillers are no objects: they are as many as the heap has holes
            if (word.length >= 4 && word[0].endsWith(":") && !word[3].contains("FillerElement")) {
                octets.put(word[3], new long[] {Long.parseLong(word[1]), Long.parseLong(word[2])});
            }
        }
        return octets;
    }
}
