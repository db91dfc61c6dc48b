package org.splnet.tcp;

import org.splnet.wire.Seq;

/// When received data is acknowledged (RFC 9293 §3.8.6.3, RFC 5681 §4.2): more than a full segment at once,
/// since who has sent a small one behind it may keep the next until then (Nagle); less after a while, in the
/// hope of an answer to ride on.
final class AckPolicy {
    /// Full-sized segments acknowledged one by one at the start: a sender in slow start lives on them.
    static final int QUICK_ACKS = 16;
    /// Acknowledgements in a row that no answer came to ride on, until it is hoped for no more. Whoever only
    /// tells, little at a time, would send the next 40 ms later each time (Nagle).
    static final int HOPES = 2;

    private final TcpTimers timers;

    AckPolicy(TcpTimers timers) {
        this.timers = timers;
    }

    /// An acceptable segment has come. Who was silent for longer than a timeout begins anew, with a window of
    /// a segment after one of his own (RFC 5681 §3.1, §4.1): it is not to wait for a second.
    void heard(Tcb tcb, long nowNs) {
        if (nowNs - tcb.lastHeardNs > tcb.rtt.rtoNs()) {
            tcb.quickAcks = QUICK_ACKS;
        }
        tcb.lastHeardNs = nowNs;
    }

    /// Text has come that is not acceptable. If it is old, its sender has missed an acknowledgement, and may
    /// have come down for it.
    void again(Tcb tcb, TcpSegment seg) {
        if (Seq.lt(seg.seq, tcb.rcvNxt)) {
            tcb.quickAcks = QUICK_ACKS;
        }
    }

    /// In-order data was delivered. Decides between now, that is at the end of this batch of input (MUST-58:
    /// one for all of it), and later.
    ///
    /// @param seg the segment; if it was merged from several it counts as so many
    void delivered(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        int size = seg.gsoSize > 0 ? Math.min(seg.gsoSize, seg.textLen) : seg.textLen;
        // also less than before: the way to us may have become narrower. But not for small writes
        boolean full = size >= Mss.LEAST || size >= tcb.tcp.cfg.minMss() && !seg.psh();
        if (size >= tcb.rcvMss || size == tcb.lastSegment && full) {
            tcb.rcvMss = size;
        }
        tcb.lastSegment = size;
        if (tcb.quickAcks > 0 && size == tcb.rcvMss) {
            tcb.quickAcks--;
            tcb.ackNow = true;
        } else if (Seq.diff(tcb.rcvNxt, tcb.ackedSeq) > tcb.rcvMss || seg.psh() && tcb.unanswered >= HOPES) {
            tcb.ackNow = true;
        } else if (!timers.isArmed(tcb, TcpTimer.DELACK)) {
            timers.arm(tcb, TcpTimer.DELACK, nowNs, tcb.tcp.cfg.delayedAckNs());
        }
    }
}
