package org.splnet.tcp;

/// Slow start, congestion avoidance, fast recovery: RFC 5681 with the partial acknowledgements of RFC 6582,
/// byte counting (RFC 3465) and the initial window of RFC 6928.
final class NewReno implements CongestionControl {
    private static final int MAX_CWND = 1 << 30;
    private static final int IW_OCTETS = 14_600;

    private final int initialSegments;
    private final int slowStartLimit;
    private int mss;
    private int cwnd;
    private int ssthresh = MAX_CWND;
    private int acked;                 // octets acknowledged towards the next step of congestion avoidance
    private boolean afterTimeout;      // in the slow start that follows a timeout

    NewReno(int mss, int initialSegments, int slowStartLimit) {
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
    }

    @Override
    public void established(int lostSyns) {
        // RFC 6928 §2: one lost SYN alone is no reason to be careful, more are (RFC 5681 §3.1: one segment)
        cwnd = lostSyns > 1 ? mss : initialWindow();
    }

    @Override
    public void onAck(int octets, boolean limited) {
        if (!limited) {
            return;                    // RFC 7661 §1: a window not used proves nothing about the path
        }
        if (cwnd < ssthresh) {
            // RFC 3465 §2.2, 2.3: L segments at most, one in the slow start after a timeout
            int limit = afterTimeout ? mss : mss * slowStartLimit;
            grow(Math.min(octets, limit));
            return;
        }
        afterTimeout = false;
        acked += octets;               // RFC 3465 §2.1: one segment for each window acknowledged
        if (acked >= cwnd) {
            acked -= cwnd;
            grow(mss);
        }
    }

    @Override
    public void onLoss(int flight) {
        ssthresh = half(flight);
        cwnd = ssthresh + 3 * mss;     // RFC 5681 §3.2, step 3: three segments have left the network
        acked = 0;
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
            ssthresh = half(flight);   // RFC 5681 §3.1, (4); not again for the same segment
        }
        cwnd = mss;                    // the loss window
        acked = 0;
        afterTimeout = true;
    }

    @Override
    public void onIdle() {
        cwnd = Math.min(cwnd, initialWindow());       // RFC 5681 §4.1
    }

    private int half(int flight) {
        return Math.max(flight / 2, 2 * mss);
    }

    private void grow(int octets) {
        cwnd = Math.min(cwnd + octets, MAX_CWND);
    }

    /// RFC 6928 §2: min(10 × MSS, max(2 × MSS, 14600)), the ten being configurable.
    private int initialWindow() {
        return Math.min(initialSegments * mss, Math.max(2 * mss, IW_OCTETS));
    }
}
