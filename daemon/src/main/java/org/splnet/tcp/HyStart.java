package org.splnet.tcp;

/// HyStart++ (RFC 9406): leaves slow start when the round-trip time of a round exceeds that of the round
/// before, by way of Conservative Slow Start, which finds out whether it was a coincidence. Numbers in,
/// numbers out.
///
/// Covered by its connection's lock.
final class HyStart {
    // RFC 9406 §4.3
    private static final long MIN_RTT_THRESH_NS = 4_000_000;
    private static final long MAX_RTT_THRESH_NS = 16_000_000;
    private static final int MIN_RTT_DIVISOR = 8;
    private static final int SAMPLES = 8;
    private static final int CSS_GROWTH_DIVISOR = 4;
    private static final int CSS_ROUNDS = 5;
    private static final long NONE = Long.MAX_VALUE;

    private long lastRoundNs = NONE;
    private long roundNs = NONE;
    private int samples;
    private boolean conservative;      // in CSS
    private long baselineNs;
    private int cssRounds;

    /// By how much the window may grow.
    ///
    /// @param octets by how much slow start alone would let it
    int growth(int octets) {
        return conservative ? Math.max(octets / CSS_GROWTH_DIVISOR, 1) : octets;
    }

    /// A round-trip time was measured in slow start.
    ///
    /// @param over a round is over, and the measurement the first of the next one
    /// @return true if slow start is over
    boolean measured(long rttNs, boolean over) {
        if (over && next()) {
            return true;
        }
        roundNs = Math.min(roundNs, rttNs);
        samples++;
        if (samples < SAMPLES) {
            return false;
        }
        if (conservative) {
            if (roundNs < baselineNs) {                    // it was a coincidence: slow start goes on
                conservative = false;
                baselineNs = NONE;
            }
        } else if (lastRoundNs != NONE && roundNs >= lastRoundNs
                + Math.clamp(lastRoundNs / MIN_RTT_DIVISOR, MIN_RTT_THRESH_NS, MAX_RTT_THRESH_NS)) {
            conservative = true;
            baselineNs = roundNs;
            cssRounds = 0;
        }
        return false;
    }

    private boolean next() {
        lastRoundNs = roundNs;
        roundNs = NONE;
        samples = 0;
        return conservative && ++cssRounds >= CSS_ROUNDS;
    }
}
