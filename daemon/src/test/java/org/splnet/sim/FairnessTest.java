package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.splnet.NoLeaks;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.Knobs;

/// Several transfers share one bottleneck of 100 Mbit/s, 20 ms away, whose queue holds a round trip.
@ExtendWith(NoLeaks.class)
class FairnessTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long RATE = 100_000_000;
    private static final long RTT_NS = 20_000_000;
    private static final int BDP = (int) (RATE / 8 * RTT_NS / SECOND);

    private interface Story {
        void tell(Bulk bulk) throws SocketException;
    }

    private static void run(CongestionAlgorithm algorithm, double loss, Story story) throws SocketException {
        var sim = new Sim(7, SimParams.path(loss, RTT_NS, RATE, BDP), 0,
                Knobs.with("congestionControl", algorithm));
        try (var bulk = new Bulk(sim, SocketOptions.DEFAULTS)) {
            sim.runTo(SECOND);
            story.tell(bulk);
        }
    }

    /// Octets that each of `n` brings in this time.
    private static long[] share(Bulk bulk, int n, long ns) throws SocketException {
        long[] octets = new long[n];
        Consumer<Integer> count = sign -> {
            for (int i = 0; i < n; i++) {
                octets[i] += sign * bulk.received(i);
            }
        };
        count.accept(-1);
        bulk.run(bulk.sim.nowNs() + ns);
        count.accept(1);
        return octets;
    }

    /// Jain's index: 1 if all have the same, 1/n if one has everything.
    private static double fairness(long[] octets) {
        double sum = 0;
        double squares = 0;
        for (long each : octets) {
            sum += each;
            squares += (double) each * each;
        }
        return sum * sum / (octets.length * squares);
    }

    private static double utilisation(long[] octets, long ns) {
        long sum = 0;
        for (long each : octets) {
            sum += each;
        }
        return sum * 8.0 / RATE * SECOND / ns;
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void twoShareEvenly(CongestionAlgorithm algorithm) throws SocketException {
        run(algorithm, 0, bulk -> {
            bulk.begin();
            bulk.begin();
            bulk.run(11 * SECOND);
            long[] octets = share(bulk, 2, 30 * SECOND);
            assertThat(fairness(octets)).isGreaterThan(0.95);
            assertThat(utilisation(octets, 30 * SECOND)).isGreaterThan(0.9);
        });
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void eightShareEvenly(CongestionAlgorithm algorithm) throws SocketException {
        run(algorithm, 0, bulk -> {
            for (int i = 0; i < 8; i++) {
                bulk.begin();
            }
            bulk.run(11 * SECOND);
            long[] octets = share(bulk, 8, 30 * SECOND);
            assertThat(fairness(octets)).isGreaterThan(0.9);
            assertThat(utilisation(octets, 30 * SECOND)).isGreaterThan(0.9);
        });
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void whoComesLaterGetsAShare(CongestionAlgorithm algorithm) throws SocketException {
        run(algorithm, 0, bulk -> {
            bulk.begin();
            bulk.run(20 * SECOND);
            bulk.begin();
            bulk.run(40 * SECOND);
            assertThat(fairness(share(bulk, 2, 30 * SECOND))).isGreaterThan(0.9);
        });
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void whoIsLeftTakesTheRest(CongestionAlgorithm algorithm) throws SocketException {
        run(algorithm, 0, bulk -> {
            bulk.begin();
            bulk.begin();
            bulk.run(15 * SECOND);
            bulk.end(1);
            bulk.run(30 * SECOND);
            assertThat(utilisation(share(bulk, 1, 20 * SECOND), 20 * SECOND)).isGreaterThan(0.9);
        });
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void aBurstOfLossIsOvercome(CongestionAlgorithm algorithm) throws SocketException {
        run(algorithm, 0, bulk -> {
            bulk.begin();
            bulk.run(10 * SECOND);
            bulk.sim.link.dark(bulk.sim.nowNs() + 50_000_000);
            bulk.run(20 * SECOND);
            assertThat(utilisation(share(bulk, 1, 20 * SECOND), 20 * SECOND)).isGreaterThan(0.9);
        });
    }
}
