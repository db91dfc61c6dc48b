package org.splnet.tcp;

import org.splnet.wire.Seq;

/// Whether a recovery was called for: by timestamps (Eifel, RFC 3522), by reports of what arrived twice (RFC
/// 3708), and after a timeout by what arrives without having been sent again (F-RTO with SACK, RFC 5682 §3).
/// If not, the window goes back to what it was (RFC 4015).
///
/// Covered by its connection's lock.
final class Undo {
    private enum Forward {
        OFF,
        /// Step 2: what comes first after the timeout tells whether to go on.
        FIRST,
        /// Step 3: two new segments are let out, and what comes next decides.
        NEW
    }

    private boolean possible;          // in a recovery, and it could have been unnecessary
    private boolean over;
    private boolean settled;           // what the window is now has other reasons, too
    private int segments;              // sent again and not reported to have arrived twice
    private boolean resentAny;
    private boolean stamped;
    private int firstTs;               // timestamp of what was sent again first, of all that is on its way
    private int start;                 // SND.UNA then
    private int resentEnd;             // behind all that was sent again
    private int point;                 // SND.NXT when the recovery began
    private Forward forward = Forward.OFF;

    /// A recovery begins.
    ///
    /// @param byTimer the first one after a time without: then F-RTO applies
    /// @param underWay segments on their way that were sent again before it. What acknowledges them was
    ///     echoed from before this recovery, and proves nothing
    void begin(Tcb tcb, boolean byTimer, int underWay) {
        possible = true;
        over = false;
        settled = false;
        segments = underWay;
        resentAny = false;
        stamped &= underWay > 0;
        point = tcb.sndMax;
        start = tcb.sndUna;
        resentEnd = start;
        forward = byTimer ? Forward.FIRST : Forward.OFF;
    }

    /// So many segments went out again, the last of which ends at `end`.
    void resent(Tcb tcb, int end, int n, long nowNs) {
        resentEnd = Seq.max(resentEnd, end);
        stamp(tcb, nowNs);
        resentAny = true;
        segments += n;
    }

    /// A probe went out again.
    ///
    /// @param underWay segments on their way that were sent again before
    void probed(Tcb tcb, int underWay, long nowNs) {
        stamped &= underWay > 0;
        stamp(tcb, nowNs);
    }

    private void stamp(Tcb tcb, long nowNs) {
        if (!stamped && tcb.timestamps != null) {
            stamped = true;
            firstTs = tcb.timestamps.value(nowNs);
        }
    }

    /// True if this, or some of it, may have gone out again.
    boolean mayHaveResent(int from, int to) {
        return possible && Seq.geq(from, start) && Seq.leq(to, resentEnd);
    }

    /// So many segments are reported to have arrived twice.
    void duplicate(int n) {
        segments -= Math.min(n, segments);
    }

    boolean prefersNew() {
        return forward == Forward.NEW;
    }

    /// There is no new data to be sent instead of the old (RFC 5682 §2.1, step 2a).
    void nothingNew() {
        forward = Forward.OFF;
    }

    /// An acknowledgement has come, in a recovery or after one.
    ///
    /// @return true if nothing had been lost
    boolean spurious(TcpSegment seg, Rack rack, int acked, int sacked) {
        if (!possible || settled) {
            return false;
        }
        // RFC 3708 §2: whatever was sent again arrived twice; that may come out after the recovery
        if (resentAny && segments == 0) {
            return true;
        }
        if (over) {
            return false;
        }
        // RFC 3522 §3.2: acknowledges more, and echoes what was sent before anything was sent again
        if (acked > 0 && resentAny && stamped && seg.options.hasTimestamps()
                && seg.options.tsEcr() - firstTs < 0) {
            return true;
        }
        return forward != Forward.OFF && forward(rack, acked, sacked);
    }

    private boolean forward(Rack rack, int acked, int sacked) {
        if (rack.deliveredOriginalBelow(point)) {
            return true;                                   // it was on its way all the time
        }
        // (3a), (2a): nothing that was sent before the timeout, or what came after it comes out of order
        forward = acked > 0 && sacked == 0 && forward == Forward.FIRST ? Forward.NEW : Forward.OFF;
        return false;
    }

    /// The recovery came to its end. What is reported to have arrived twice may still show it unnecessary.
    void recovered() {
        forward = Forward.OFF;
        over = true;
    }

    /// The window is reduced for another reason: it does not go back. What arrived twice still counts.
    void settled() {
        settled = true;
    }

    void forget() {
        possible = false;
        forward = Forward.OFF;
    }
}
