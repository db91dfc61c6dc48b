package org.splnet.tcp;

/// Proportional Rate Reduction (RFC 6937, with the reduction bound of RFC 9937 §6): in recovery, how much may
/// be sent in answer to what is delivered, so that the window comes down evenly over a round trip and, where
/// more was lost, comes up again no faster than slow start. Numbers in, numbers out; octets throughout.
/// Covered by its connection's lock.
final class RateReduction {
    private int ssthresh;
    private long recoverFs;
    private long delivered;
    private long out;

    /// Recovery begins.
    ///
    /// @param flight octets on their way when it began, with those that the last acknowledgement delivered
    /// @param target the window to come down to
    void begin(int flight, int target) {
        recoverFs = Math.max(flight, 1);
        ssthresh = target;
        delivered = 0;
        out = 0;
    }

    /// An acknowledgement delivered `octets`, more than none.
    ///
    /// @param pipe octets still on their way
    /// @param safe it advanced SND.UNA and told of no further loss
    /// @return how much may be sent now
    int acknowledged(int octets, int pipe, int mss, boolean safe) {
        delivered += octets;
        long may;
        if (pipe > ssthresh) {
            may = (delivered * ssthresh + recoverFs - 1) / recoverFs - out;
        } else {
            long limit = Math.max(delivered - out, octets) + (safe ? mss : 0);
            may = Math.min(ssthresh - pipe, limit);
        }
        if (out == 0 && may < mss) {
            may = mss;                         // the retransmission that begins it
        }
        return Math.clamp(may, 0, Integer.MAX_VALUE);
    }

    /// So many octets went out.
    void sent(int octets) {
        out += octets;
    }
}
