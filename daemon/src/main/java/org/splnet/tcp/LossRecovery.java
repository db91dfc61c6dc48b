package org.splnet.tcp;

/// Finds out what was lost before the retransmission timer does, and how much may be sent meanwhile. Decides;
/// [TcpOutput] sends. Which one a connection has is settled with its handshake.
///
/// One for each [Tcb]. Covered by its connection's lock.
abstract sealed class LossRecovery permits DupAckRecovery, RackRecovery {
    /// Something that was lost is being repaired: every acknowledgement may let something out.
    abstract boolean recovering();

    /// Octets that the congestion window still allows, from SND.NXT on; may be negative.
    abstract int allowance(Tcb tcb);

    /// Octets believed to be on their way.
    abstract int inFlight(Tcb tcb);

    /// Octets taken for lost and not sent again since.
    int lost() {
        return 0;
    }

    /// Octets that the peer is known to hold out of order.
    int sacked() {
        return 0;
    }

    /// An acceptable acknowledgement. What it acknowledges has left the send queue, and `tcb.sndUna` is the
    /// new one already.
    ///
    /// @param acked octets of text and FIN that were acknowledged; 0 if none, or if the segment is older than
    ///     SND.UNA
    /// @param timed the acknowledgement gave a round-trip time already
    /// @return true if the retransmission timer is to be restarted
    abstract boolean acknowledged(Tcb tcb, TcpSegment seg, int acked, boolean timed, long nowNs);

    /// `[seq, end)` went out at SND.NXT.
    ///
    /// @param again some of it had gone out before
    abstract void sent(Tcb tcb, int seq, int end, boolean again, long nowNs);

    /// The retransmission timer has expired.
    abstract void timeout(Tcb tcb, long nowNs);

    /// What is on its way is too big for the path, and goes again in smaller segments.
    abstract void tooBig(Tcb tcb, long nowNs);

    /// The window is about to be reduced, not for a recovery. What comes out about an earlier one does not
    /// take that back: RFC 4015 restores what was before the needless reduction, not before a later one.
    void settled() {
        // nothing is ever taken back
    }

    /// The retransmission timer was started, or something new was sent while it ran.
    void waits(Tcb tcb, long nowNs) {
        // nothing else to wait for
    }

    /// True if the congestion window, not the user or the peer's window, held the sender back. In slow start
    /// half a window is enough to believe in more (RFC 7661 §4.1 asks for the same).
    static boolean limited(Tcb tcb) {
        int cwnd = tcb.cc.cwnd();
        return tcb.sentFlight + tcb.mss > cwnd || cwnd < tcb.cc.ssthresh() && 2L * tcb.sentFlight >= cwnd;
    }
}
