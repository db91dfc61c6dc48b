package org.splnet.tcp;

import org.splnet.socket.CongestionAlgorithm;

/// CUBIC (RFC 9438): after a loss the window follows a cubic function of the time since then, flat about
/// where the loss was and steep far from it, and is never less than what NewReno would have reached.
/// Covered by its connection's lock.
final class Cubic extends LossBased {
    /// RFC 9438 §5.1, §4.6.
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    /// §4.3: makes the Reno-friendly window grow as fast on average as that of a sender that halves.
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
    private static final double NS_PER_S = 1e9;

    private double wMax;               // segments, as all windows here
    private double wEst;
    private double priorCwnd;
    private double k;                  // seconds
    private double undoWMax;           // as before the last loss
    private double undoPriorCwnd;
    private long epochNs;
    private long lastNs;
    private boolean inEpoch;
    private boolean afterTimeout;
    private double fraction;           // octets of growth that are less than one

    Cubic(int mss, int initialSegments, int slowStartLimit) {
        super(mss, initialSegments, slowStartLimit);
    }

    @Override
    public CongestionAlgorithm algorithm() {
        return CongestionAlgorithm.CUBIC;
    }

    @Override
    void avoid(int acked, long nowNs, long rttNs) {
        double window = (double) cwnd / mss;
        if (!inEpoch) {
            begin(window, nowNs);
        }
        lastNs = nowNs;
        double segments = (double) acked / mss;
        double t = (nowNs - epochNs) / NS_PER_S;
        // §4.3: as fast as Reno after it has reached what the window was before the loss
        wEst += (wEst < priorCwnd ? ALPHA : 1) * segments / window;
        double now = cubic(t);
        if (now < wEst) {
            open((wEst - window) * mss);
            return;
        }
        // §4.4, §4.5: towards where the function is a round trip from now, no more than half as much again
        double target = Math.clamp(cubic(t + rttNs / NS_PER_S), window, 1.5 * window);
        open((target - window) / window * acked);
    }

    /// §4.2: a stage of congestion avoidance begins.
    private void begin(double window, long nowNs) {
        inEpoch = true;
        epochNs = nowNs;
        wEst = window;
        fraction = 0;
        if (afterTimeout || wMax <= window) {          // §4.8, §4.7: from here on
            wMax = window;
            k = 0;
        } else {
            k = Math.cbrt((wMax - window) / C);
        }
        afterTimeout = false;
    }

    private double cubic(double t) {
        double d = t - k;
        return C * d * d * d + wMax;
    }

    private void open(double octets) {
        fraction += Math.max(octets, 0);
        int whole = (int) Math.min(fraction, cwnd);
        fraction -= whole;
        grow(whole);
    }

    /// §5.8: time in which nothing was to be sent is not time in which the window grew.
    @Override
    void unused(long nowNs) {
        if (inEpoch) {
            epochNs += nowNs - lastNs;
            lastNs = nowNs;
        }
    }

    /// §4.2, RFC 5681 §4.1: slow start begins anew, and behind it another stage of congestion avoidance.
    @Override
    public void onIdle() {
        super.onIdle();
        inEpoch = false;
    }

    @Override
    int reduced(int flight, boolean timedOut) {
        double window = (double) cwnd / mss;
        undoWMax = wMax;
        undoPriorCwnd = priorCwnd;
        priorCwnd = window;
        // §4.7, fast convergence: gives way to others if it lost earlier than last time
        wMax = window < wMax ? window * (1 + BETA) / 2 : window;
        inEpoch = false;
        afterTimeout = timedOut;
        return (int) Math.max(flight * BETA, 2.0 * mss);
    }

    /// §4.9.2: the epoch begins anew, which at the old window is where the curve is flat.
    @Override
    void reducedInVain() {
        wMax = undoWMax;
        priorCwnd = undoPriorCwnd;
        inEpoch = false;
        afterTimeout = false;
    }
}
