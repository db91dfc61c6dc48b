package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;

/// RFC 9438 as numbers: against its formulas, in segments of 1000 octets.
class CubicTest {
    private static final int MSS = 1000;
    private static final long S = 1_000_000_000L;
    private long nowNs = 5 * S;

    /// A window of so many segments, in congestion avoidance after a loss at that window.
    private Cubic lostAt(int segments) {
        Cubic cubic = new Cubic(MSS, 0, 8);
        cubic.established(0);
        cubic.recoveryWindow(segments * MSS);
        cubic.onLoss(segments * MSS);
        cubic.recoveryWindow(cubic.ssthresh());
        return cubic;
    }

    /// Full windows are acknowledged for so long, one segment at a time.
    private void run(Cubic cubic, long ns, long rttNs) {
        long end = nowNs + ns;
        while (nowNs < end) {
            int segments = cubic.cwnd() / MSS;
            for (int i = 0; i < segments; i++) {
                nowNs += rttNs / segments;
                cubic.onAck(MSS, true, nowNs, rttNs);
            }
        }
    }

    @Test
    @Shows({"RFC9438-4.6", "MAY-18"})
    void givesUpThreeTenthsAtALoss() {                                     // §4.6
        Cubic cubic = lostAt(100);
        assertThat(cubic.ssthresh()).isEqualTo(70_000);
        cubic = lostAt(2);
        assertThat(cubic.ssthresh()).as("two segments at least").isEqualTo(2000);
    }

    /// W_cubic(t) = C (t - K)^3 + W_max, with K the cube root of (W_max - cwnd_epoch) / C (§4.2).
    @Test
    @Shows("RFC9438-4.2")
    void followsTheCurve() {
        Cubic cubic = lostAt(1000);
        double k = Math.cbrt(300 / 0.4);
        long rttNs = S / 10;
        cubic.onAck(MSS, true, nowNs, rttNs);
        long begun = nowNs;
        for (int second = 1; second <= 14; second++) {
            run(cubic, begun + second * S - nowNs, rttNs);
            double t = (nowNs - begun) / 1e9;
            double curve = 0.4 * Math.pow(t - k, 3) + 1000;
            assertThat(cubic.cwnd() / 1000.0).as("after %d s", second).isCloseTo(curve, within(0.03 * curve));
        }
    }

    /// §4.3: on a short path the curve is slower than Reno would be, and then Reno's pace counts: about 0.53
    /// segments a round trip until the old window is reached, then one.
    @Test
    @Shows("RFC9438-4.3")
    void isNoSlowerThanReno() {
        Cubic cubic = lostAt(20);
        long rttNs = S / 1000;
        run(cubic, 11 * rttNs, rttNs);
        assertThat(cubic.cwnd()).isBetween(18_500, 20_500);
        run(cubic, 20 * rttNs, rttNs);
        assertThat(cubic.cwnd()).isBetween(34_000, 42_000);
    }

    @Test
    @Shows("RFC9438-4.7")
    void givesWayIfItLosesEarlierThanBefore() {                            // §4.7
        Cubic cubic = lostAt(1000);
        cubic.onLoss(700 * MSS);
        cubic.recoveryWindow(cubic.ssthresh());
        assertThat(cubic.cwnd()).isCloseTo(490_000, within(1));
        // W_max is 700 * 0.85 = 595 and not 700: so far the curve rises to, and there it is flat
        double k = Math.cbrt((595 - 490) / 0.4);
        cubic.onAck(MSS, true, nowNs, S / 10);
        run(cubic, (long) (k * S), S / 10);
        assertThat(cubic.cwnd() / 1000.0).isCloseTo(595, within(12.0));
    }

    @Test
    void timeWithoutUseDoesNotCount() {                                    // §5.8
        Cubic cubic = lostAt(1000);
        cubic.onAck(MSS, true, nowNs, S / 10);
        run(cubic, S, S / 10);
        int before = cubic.cwnd();
        for (int i = 0; i < 600; i++) {
            nowNs += S / 10;
            cubic.onAck(MSS, false, nowNs, S / 10);
        }
        assertThat(cubic.cwnd()).isEqualTo(before);
        nowNs += S / 10;
        cubic.onAck(MSS, true, nowNs, S / 10);
        assertThat(cubic.cwnd()).as("as if the minute had not been").isLessThan(before + 2 * MSS);
    }

    @Test
    void afterSilenceAnotherStageBegins() {                                // §4.2
        Cubic cubic = lostAt(100);
        cubic.onAck(MSS, true, nowNs, S / 10);
        run(cubic, 10 * S, S / 10);
        cubic.onIdle();
        nowNs += 60 * S;
        while (cubic.cwnd() < cubic.ssthresh()) {
            cubic.onAck(MSS, true, nowNs, S / 10);
        }
        int before = cubic.cwnd();
        run(cubic, S / 10, S / 10);
        assertThat(cubic.cwnd()).isLessThan(before + before / 10);
    }

    @Test
    void afterATimeoutItBeginsFromWhereSlowStartEnds() {                   // §4.8
        Cubic cubic = lostAt(100);
        cubic.onTimeout(70 * MSS, false);
        assertThat(cubic.cwnd()).isEqualTo(MSS);
        assertThat(cubic.ssthresh()).isEqualTo(49_000);
        while (cubic.cwnd() < cubic.ssthresh()) {
            cubic.onAck(MSS, true, nowNs, S / 10);
        }
        int before = cubic.cwnd();
        cubic.onAck(MSS, true, nowNs, S / 10);
        assertThat(cubic.cwnd()).isBetween(before, before + MSS);
    }

    /// Weeks of time and a window at its limit break nothing.
    @Test
    void survivesWeeks() {
        Cubic cubic = lostAt(500_000);
        for (int i = 0; i < 10_000; i++) {
            nowNs += 300 * S;
            cubic.onAck(50_000 * MSS, true, nowNs, S);
            assertThat(cubic.cwnd()).isBetween(MSS, 1 << 30);
        }
    }
}
