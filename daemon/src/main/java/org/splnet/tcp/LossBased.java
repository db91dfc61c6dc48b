package org.splnet.tcp;

/// What algorithms have in common that take loss for congestion: slow start, fast recovery and the window
/// after a timeout of RFC 5681, with the partial acknowledgements of RFC 6582, byte counting (RFC 3465) and
/// the initial window of RFC 6928. How a window grows in congestion avoidance, and by how much it shrinks, is
/// theirs. Covered by its connection's lock.
abstract sealed class LossBased implements CongestionControl permits NewReno, Cubic {
    private static final int MAX_CWND = 1 << 30;
    private static final int IW_SEGMENTS = 10;
    private static final int IW_OCTETS = 14_600;

    private final int initialSegments;
    private final int slowStartLimit;
    int mss;
    int cwnd;
    private int ssthresh = MAX_CWND;
    private boolean afterTimeout;      // in the slow start that follows a timeout
    private int priorCwnd;             // before the last loss, in case it was none
    private int priorSsthresh = MAX_CWND;
    private final HyStart hystart = new HyStart();

    /// @param initialSegments 0 for RFC 6928's
    LossBased(int mss, int initialSegments, int slowStartLimit) {
        this.mss = mss;
        this.initialSegments = initialSegments;
        this.slowStartLimit = slowStartLimit;
        this.cwnd = initialWindow();
    }

    @Override
    public int cwnd() {
        return cwnd;
    }

    @Override
    public int ssthresh() {
        return ssthresh;
    }

    @Override
    public void mss(int octets) {
        mss = octets;
        cwnd = Math.max(cwnd, mss);
        ssthresh = Math.max(ssthresh, 2 * mss);       // RFC 5681 §3.1, (4): of segments as they are now
    }

    @Override
    public void established(int lostSyns) {
        // RFC 6928 §2: one lost SYN alone is no reason to be careful, more are (RFC 5681 §3.1: one segment)
        cwnd = lostSyns > 1 ? mss : initialWindow();
    }

    @Override
    public CongestionControl after(CongestionControl other) {
        if (other.algorithm() == algorithm()) {
            return other;
        }
        cwnd = other.cwnd();
        ssthresh = other.ssthresh();
        remember();
        return this;
    }

    /// A window's worth of growth in congestion avoidance.
    abstract void avoid(int acked, long nowNs, long rttNs);

    /// Acknowledgements come although the window is not used: whatever goes by time must not count that.
    abstract void unused(long nowNs);

    /// The slow-start threshold after a loss.
    ///
    /// @param timedOut found out by the timer
    abstract int reduced(int flight, boolean timedOut);

    @Override
    public void onAck(int octets, boolean limited, long nowNs, long rttNs) {
        if (!limited) {
            unused(nowNs);             // RFC 7661 §1: a window not used proves nothing about the path
            return;
        }
        if (cwnd < ssthresh) {
            // RFC 3465 §2.2, 2.3: L segments at most, one in the slow start after a timeout
            int limit = afterTimeout ? mss : mss * slowStartLimit;
            grow(hystart.growth(Math.min(octets, limit)));
            return;
        }
        afterTimeout = false;
        avoid(octets, nowNs, rttNs);
    }

    @Override
    public void onRtt(long rttNs, boolean over) {
        // RFC 9406 §4.3: in the first slow start only
        if (ssthresh == MAX_CWND && hystart.measured(rttNs, over)) {
            ssthresh = cwnd;
        }
    }

    @Override
    public void undo() {
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        afterTimeout = false;
        reducedInVain();
    }

    /// Before a reduction.
    private void remember() {
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
    }

    /// The last [#reduced] is to be forgotten.
    abstract void reducedInVain();

    @Override
    public void onLoss(int flight) {
        remember();
        ssthresh = reduced(flight, false);
        cwnd = ssthresh + 3 * mss;     // RFC 5681 §3.2, step 3: three segments have left the network
    }

    @Override
    public void onCongestion(int flight) {
        ssthresh = reduced(flight, false);
        cwnd = Math.min(cwnd, ssthresh);
    }

    @Override
    public void onDuplicate() {
        grow(mss);                     // RFC 5681 §3.2, step 4
    }

    @Override
    public void onPartialAck(int octets) {
        // RFC 6582 §3.2, step 3: deflate by what left, add back a segment if a segment's worth did
        int next = cwnd - octets + (octets >= mss ? mss : 0);
        cwnd = Math.max(next, mss);
    }

    @Override
    public void recoveryWindow(int octets) {
        cwnd = Math.clamp(octets, mss, MAX_CWND);
    }

    @Override
    public void onRecovered(int flight) {
        // RFC 6582 §3.2, step 3, option (1): no burst of what the recovery held back
        cwnd = Math.min(ssthresh, Math.max(flight, mss) + mss);
    }

    @Override
    public void onTimeout(int flight, boolean again) {
        if (!again) {
            remember();
            ssthresh = reduced(flight, true);   // RFC 5681 §3.1, (4); not again for the same segment
        }
        cwnd = mss;                    // the loss window
        afterTimeout = true;
    }

    @Override
    public void onIdle() {
        cwnd = Math.min(cwnd, initialWindow());       // RFC 5681 §4.1
    }

    /// Opens the window.
    void grow(int octets) {
        cwnd = Math.min(cwnd + octets, MAX_CWND);
    }

    /// RFC 6928 §2: min(10 × MSS, max(2 × MSS, 14600)), unless a number of segments is asked for.
    private int initialWindow() {
        return initialSegments > 0 ? initialSegments * mss
                : Math.min(IW_SEGMENTS * mss, Math.max(2 * mss, IW_OCTETS));
    }
}
