package org.splnet.tcp;

/// Finds out what was lost before the retransmission timer does, and how much may be sent meanwhile. Decides;
/// [TcpOutput] sends. Which one a connection has is settled with its handshake.
///
/// Owned by one [Tcb] and covered by its lock.
abstract sealed class LossRecovery permits DupAckRecovery, SackRecovery {
    /// Loss was detected and is being repaired.
    abstract boolean recovering();

    /// Octets that the congestion window still allows, from SND.NXT on; may be negative.
    abstract int allowance(Tcb tcb);

    /// Takes in what the segment says by SACK, before its acknowledgement field is looked at.
    ///
    /// @return octets that the peer is now known to hold out of order
    abstract int sacked(Tcb tcb, TcpSegment seg);

    /// Whether a segment that acknowledges nothing new is a sign of loss.
    ///
    /// @param sacked what [#sacked] returned
    abstract boolean isDuplicate(Tcb tcb, TcpSegment seg, int sacked);

    /// Such a segment has arrived.
    abstract void duplicate(Tcb tcb, int sacked);

    /// `acked` octets of new data are acknowledged; `tcb.sndUna` is the new one already.
    ///
    /// @param sacked what [#sacked] returned
    /// @return true if the retransmission timer is to be restarted
    abstract boolean newAck(Tcb tcb, int acked, int sacked, long nowNs);

    /// The retransmission timer has expired: all starts over from SND.UNA.
    abstract void timeout(Tcb tcb);

    /// So many octets went out, for the first time or again.
    void sent(int octets) {
        // most do not mind
    }

    /// The first number from `seq` on that is to be sent again after a timeout.
    int skipHeld(int seq) {
        return seq;
    }

    /// How many of the `len` octets from `seq` on are to be sent in one go: up to what the peer holds.
    int untilHeld(int seq, int len) {
        return len;
    }

    /// True if the congestion window, not the user or the peer's window, held the sender back. In slow start
    /// half a window is enough to believe in more (RFC 7661 §4.1 asks for the same).
    static boolean limited(Tcb tcb) {
        int cwnd = tcb.cc.cwnd();
        return tcb.sentFlight + tcb.mss > cwnd || cwnd < tcb.cc.ssthresh() && 2L * tcb.sentFlight >= cwnd;
    }
}
