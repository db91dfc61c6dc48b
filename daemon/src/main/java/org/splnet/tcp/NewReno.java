package org.splnet.tcp;

import org.splnet.socket.CongestionAlgorithm;

/// RFC 5681: a segment more for each window acknowledged, half the flight after a loss. Covered by its
/// connection's lock.
final class NewReno extends LossBased {
    private int acked;                 // octets acknowledged towards the next step

    NewReno(int mss, int initialSegments, int slowStartLimit) {
        super(mss, initialSegments, slowStartLimit);
    }

    @Override
    public CongestionAlgorithm algorithm() {
        return CongestionAlgorithm.NEW_RENO;
    }

    @Override
    void avoid(int octets, long nowNs, long rttNs) {
        acked += octets;               // RFC 3465 §2.1: one segment for each window acknowledged
        if (acked >= cwnd) {
            acked -= cwnd;
            grow(mss);
        }
    }

    @Override
    void unused(long nowNs) {
        // nothing here goes by time
    }

    @Override
    void reducedInVain() {
        // it has no memory of losses
    }

    @Override
    int reduced(int flight, boolean timedOut) {
        acked = 0;
        return Math.max(flight / 2, 2 * mss);
    }
}
