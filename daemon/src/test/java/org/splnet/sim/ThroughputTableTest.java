package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.Knobs;
import org.splnet.tcp.TcpConfig;

/// How much gets through, by loss, round-trip time, buffers and algorithm: the same to the last digit each
/// time, so that a change in behaviour shows in review. `-Dsim.table.write` writes the table anew.
@ExtendWith(NoLeaks.class)
class ThroughputTableTest {
    private static final Path TABLE = Path.of("src/test/resources/org/splnet/sim/throughput.txt");
    private static final long RATE = 100_000_000;
    private static final long SECOND = 1_000_000_000L;
    private static final long LIMIT_NS = 30 * SECOND;
    private static final int OCTETS = 5_000_000;
    private static final int SEEDS = 3;
    private static final double[] LOSSES = {0, 0.001, 0.01, 0.03, 0.1};
    private static final long[] RTTS_NS = {100_000, 10_000_000, 100_000_000};
    private static final int[] BUFFERS = {64 << 10, 4 << 20, SocketOptions.AUTO};

    @Test
    void isAsItWas() throws IOException, SocketException {
        String now = table();
        if (Boolean.getBoolean("sim.table.write")) {
            Files.createDirectories(TABLE.getParent());
            Files.writeString(TABLE, now);
        }
        assertThat(now).as("rewrite it with -Dsim.table.write=true").isEqualTo(
                Files.readString(TABLE, StandardCharsets.UTF_8));
    }

    private static String table() throws SocketException {
        var out = new StringBuilder("""
                # Goodput in Mbit/s of one transfer of 5 MB (30 s at most) over a bottleneck of 100 Mbit/s
                # whose queue holds a round trip, at least 64 KiB; the mean of 3 seeds.
                # algorithm  buffers    RTT    loss 0 %    0.1 %      1 %      3 %     10 %
                """);
        for (CongestionAlgorithm algorithm : CongestionAlgorithm.values()) {
            for (int buffer : BUFFERS) {
                for (long rttNs : RTTS_NS) {
                    String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
                    String size = buffer == SocketOptions.AUTO ? "auto" : (buffer >> 10) + " K";
                    out.append(String.format(Locale.ROOT, "%-11s %8s %6.1f", name, size, rttNs / 1e6));
                    for (double loss : LOSSES) {
                        double mbits = mean(algorithm, buffer, rttNs, loss);
                        out.append(String.format(Locale.ROOT, "  %7.2f", mbits));
                    }
                    out.append('\n');
                }
            }
        }
        return out.toString();
    }

    private static double mean(CongestionAlgorithm algorithm, int buffer, long rttNs, double loss)
            throws SocketException {
        double sum = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            sum += goodput(algorithm, buffer, rttNs, loss, seed);
        }
        return sum / SEEDS;
    }

    private static double goodput(CongestionAlgorithm algorithm, int buffer, long rttNs, double loss,
            int seed) throws SocketException {
        int queue = (int) Math.max(RATE / 8 * rttNs / SECOND, 64 << 10);
        TcpConfig config = Knobs.with("congestionControl", algorithm);
        var sim = new Sim(seed, SimParams.path(loss, rttNs, RATE, queue), 0, config);
        try (var bulk = new Bulk(sim, SocketOptions.DEFAULTS.withBuffers(buffer, buffer))) {
            sim.runTo(SECOND);
            bulk.begin();
            long tookNs = bulk.carry(OCTETS, SECOND + LIMIT_NS) - SECOND;
            return Math.min(bulk.received(0), OCTETS) * 8e3 / tookNs;
        }
    }
}
