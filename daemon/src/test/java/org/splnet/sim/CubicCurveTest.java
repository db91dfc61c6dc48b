package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpConfig;
import org.splnet.tcp.TcpInfo;

/// The window of a whole stack between two losses against `W_cubic(t) = C (t - K)^3 + W_max` (RFC 9438 §4.2).
@ExtendWith(NoLeaks.class)
class CubicCurveTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long RTT_NS = SECOND / 5;
    private static final long RATE = 20_000_000;

    private record Sample(double seconds, double window) { }

    @Test
    void theWindowFollowsTheCurveBetweenTwoLosses() throws SocketException {
        int bdp = (int) (RATE / 8 * RTT_NS / SECOND);
        var sim = new Sim(5, SimParams.path(0, RTT_NS, RATE, bdp), 0, TcpConfig.DEFAULTS);
        try (var bulk = new Bulk(sim, SocketOptions.DEFAULTS.withBuffers(8 << 20, 8 << 20))) {
            sim.runTo(SECOND);
            bulk.begin();
            List<List<Sample>> epochs = epochs(bulk, 60 * SECOND);
            double wMax = Double.MAX_VALUE;
            for (int i = 1; i < epochs.size() - 1; i++) {
                double peak = epochs.get(i - 1).getLast().window();
                wMax = peak < wMax ? peak * (1 + 0.7) / 2 : peak;          // §4.7, fast convergence
                if (i > 1) {                                               // that slow start ends is no epoch
                    follow(epochs.get(i), wMax);
                }
            }
            assertThat(epochs.size()).isBetween(5, 12);
        }
    }

    private static void follow(List<Sample> epoch, double wMax) {
        Sample first = epoch.getFirst();
        double k = Math.cbrt((wMax - first.window()) / 0.4);
        for (Sample each : epoch) {
            double t = each.seconds() - first.seconds();
            double curve = 0.4 * Math.pow(t - k, 3) + wMax;
            assertThat(each.window()).as("after %.2f s, K = %.1f, W_max = %.0f", t, k, wMax)
                    .isCloseTo(curve, within(0.01 * curve));
        }
    }

    /// Windows in segments, fifty a second, from the end of one recovery to the next loss.
    private static List<List<Sample>> epochs(Bulk bulk, long ns) throws SocketException {
        var epochs = new ArrayList<List<Sample>>();
        epochs.add(new ArrayList<>());
        int ssthresh = 0;
        long endNs = bulk.sim.nowNs() + ns;
        while (bulk.sim.nowNs() - endNs < 0) {
            bulk.run(bulk.sim.nowNs() + SECOND / 50);
            TcpInfo now = bulk.sim.left.tcp.infos().stream().filter(each -> each.remote() != null).findFirst()
                    .orElseThrow();
            if (now.ssthresh() != ssthresh) {
                ssthresh = now.ssthresh();
                epochs.add(new ArrayList<>());
            }
            if (now.cwnd() >= now.ssthresh()) {
                epochs.getLast().add(new Sample(bulk.sim.nowNs() / 1e9, (double) now.cwnd() / now.mss()));
            } else {
                epochs.getLast().clear();                  // a recovery, or what it has left to slow start
            }
        }
        epochs.removeIf(List::isEmpty);
        // While the recovery lasts the window sinks (RFC 6937): the epoch begins where it is smallest.
        epochs.replaceAll(each -> each.subList(smallest(each), each.size()));
        return epochs;
    }

    private static int smallest(List<Sample> epoch) {
        int at = 0;
        for (int i = 1; i < epoch.size(); i++) {
            at = epoch.get(i).window() <= epoch.get(at).window() ? i : at;
        }
        return at;
    }
}
