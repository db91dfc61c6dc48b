package org.splnet.tcp;

import org.splnet.wire.Seq;

/// When received data is acknowledged (RFC 9293 §3.8.6.3, RFC 5681 §4.2): every second full segment at once,
/// less after a while, in the hope of an answer to ride on.
final class AckPolicy {
    /// Full-sized segments acknowledged one by one at the start: a sender in slow start lives on them.
    static final int QUICK_ACKS = 16;

    private final TcpTimers timers;

    AckPolicy(TcpTimers timers) {
        this.timers = timers;
    }

    /// In-order data was delivered. Decides between now, that is at the end of this batch of input (MUST-58:
    /// one for all of it), and later.
    ///
    /// @param seg the segment; if it was merged from several it counts as so many
    void delivered(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        int size = seg.gsoSize > 0 ? Math.min(seg.gsoSize, seg.textLen) : seg.textLen;
        if (size >= tcb.rcvMss || size == tcb.lastSegment && size >= Mss.LEAST) {
            tcb.rcvMss = size;         // also less than before: the way to us may have become narrower
        }
        tcb.lastSegment = size;
        if (tcb.quickAcks > 0 && size == tcb.rcvMss) {
            tcb.quickAcks--;
            tcb.ackNow = true;
        } else if (Seq.diff(tcb.rcvNxt, tcb.ackedSeq) >= 2 * tcb.rcvMss) {
            tcb.ackNow = true;
        } else if (!timers.isArmed(tcb, TcpTimer.DELACK)) {
            timers.arm(tcb, TcpTimer.DELACK, nowNs, tcb.tcp.cfg.delayedAckNs());
        }
    }
}
