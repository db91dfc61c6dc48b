package org.splnet.tcp;

import org.splnet.kern.CalloutWheel;

/// Spreads a window over its round trip, so that it does not arrive as one burst at a queue that cannot hold
/// it. Octets are let out a tick of the callouts ahead of their time; then they wait for the timer. Not on
/// short paths: there a window is a few ticks at most, acknowledgements spread it well enough, and timers
/// would cost more than they bring. Nor at the beginning, see [#FIRST].
///
/// Covered by its connection's lock.
final class Pacer {
    private static final long TICK_NS = CalloutWheel.TICK_NS;
    /// Round trips shorter than this are not worth it: the least one counts, for what a queue of our own
    /// making adds does not make a path long.
    private static final long SHORTEST_NS = 5 * TICK_NS;
    /// How much faster than a window per round trip, in percent: so that it is the window that limits, and
    /// that it can double in slow start.
    private static final int SLOW_START = 200;
    private static final int AVOIDANCE = 120;
    /// Segments that any path is held to take at once (RFC 6928), as with Linux: a short answer does not take
    /// half a round trip longer than it has to.
    private static final int FIRST = 10;

    private long nextNs;               // when what was let out so far would have gone at the pace
    private boolean begun;
    private boolean past;              // the first window, once and for all: the numbers come round again

    /// How long something must wait.
    ///
    /// @return 0 if it may go now
    long delayNs(Tcb tcb, long nowNs) {
        if (!paces(tcb) || !begun) {
            return 0;
        }
        long aheadNs = nextNs - nowNs;
        return aheadNs >= TICK_NS ? aheadNs - TICK_NS + 1 : 0;
    }

    /// The most that may go in one packet: what a tick is worth, and no less than two segments.
    int most(Tcb tcb, int octets) {
        if (!paces(tcb)) {
            return octets;
        }
        long tick = ratePerSecond(tcb) * TICK_NS / 1_000_000_000L;
        return (int) Math.min(octets, Math.max(tick - tick % tcb.mss, 2L * tcb.mss));
    }

    /// So much went out.
    void sent(Tcb tcb, int octets, long nowNs) {
        past |= tcb.sndMax - tcb.iss > FIRST * tcb.mss;
        if (!past || !paces(tcb)) {
            return;
        }
        if (!begun || nextNs - nowNs < 0) {
            nextNs = nowNs;                                // time that was not used is gone
            begun = true;
        }
        nextNs += octets * 1_000_000_000L / ratePerSecond(tcb);
    }

    private static boolean paces(Tcb tcb) {
        return tcb.rtt.minNs() >= SHORTEST_NS && tcb.tcp.cfg.pacing();
    }

    private static long ratePerSecond(Tcb tcb) {
        int percent = tcb.cc.cwnd() < tcb.cc.ssthresh() ? SLOW_START : AVOIDANCE;
        long window = (long) tcb.cc.cwnd() * percent / 100;
        return Math.max(window * 1_000_000L / (tcb.rtt.lateNs() / 1000), 1);
    }
}
