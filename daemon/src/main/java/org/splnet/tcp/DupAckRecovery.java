package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// Fast retransmit and fast recovery without SACK (RFC 5681 §3.2, RFC 6582) and limited transmit (RFC 3042).
/// Covered by its connection's lock.
final class DupAckRecovery extends LossRecovery {
    /// RFC 5681 §3.2: so many duplicates mean loss.
    private static final int DUPLICATES = 3;

    private int dupAcks;
    private boolean recovering;
    private boolean firstPartial;
    private int recover;

    /// @param iss initial send sequence number: RFC 6582 §3.2, step 1 begins with it
    DupAckRecovery(int iss) {
        recover = iss;
    }

    @Override
    boolean recovering() {
        return recovering;
    }

    @Override
    int allowance(Tcb tcb) {
        // RFC 3042 §2: beyond the window, one segment for each of the first two duplicates
        int limitedTransmit = recovering ? 0 : Math.min(dupAcks, DUPLICATES - 1) * tcb.mss;
        return tcb.sndUna + tcb.cc.cwnd() + limitedTransmit - tcb.sndNxt;
    }

    @Override
    int inFlight(Tcb tcb) {
        return tcb.sndNxt - tcb.sndUna;
    }

    @Override
    boolean acknowledged(Tcb tcb, TcpSegment seg, int acked, boolean timed, long nowNs) {
        assert tcb.lock.held();
        if (acked > 0) {
            if (!timed && tcb.timestamps != null && seg.options.hasTimestamps()) {
                tcb.rtt.echoed(tcb.timestamps.ageNs(seg.options.tsEcr(), nowNs), nowNs);
            }
            return newAck(tcb, acked, nowNs);
        }
        if (seg.ack == tcb.sndUna && isDuplicate(tcb, seg)) {
            duplicate(tcb);
        }
        return false;
    }

    /// RFC 5681 §2. A window probe does not count as outstanding: it is answered by just such segments.
    private static boolean isDuplicate(Tcb tcb, TcpSegment seg) {
        return tcb.sndNxt != tcb.sndUna && seg.len() == 0 && seg.window(tcb) == tcb.sndWnd;
    }

    private void duplicate(Tcb tcb) {
        tcb.tcp.stats.add(Counter.DUPLICATE_ACKS);
        if (recovering) {
            tcb.cc.onDuplicate();
            return;
        }
        // RFC 6582 §3.2, step 2: after a timeout, duplicates for what was sent before it mean nothing
        if (++dupAcks == DUPLICATES && Seq.gt(tcb.sndUna, recover)) {
            recovering = true;
            firstPartial = true;
            recover = tcb.sndMax;
            tcb.cc.onLoss(tcb.flight());
            tcb.resendFront = true;
            tcb.tcp.stats.add(Counter.FAST_RETRANSMITS);
        }
    }

    private boolean newAck(Tcb tcb, int acked, long nowNs) {
        dupAcks = 0;
        if (!recovering) {
            tcb.cc.onAck(acked, limited(tcb), nowNs, tcb.rtt.srttNs());
            if (Seq.gt(tcb.sndUna, recover)) {
                recover = tcb.sndUna - 1;            // kept near, so that the comparison never wraps
            }
            return true;
        }
        if (Seq.geq(tcb.sndUna, recover)) {          // RFC 6582 §3.2, step 3: full acknowledgement
            recovering = false;
            tcb.cc.onRecovered(tcb.flight());
            return true;
        }
        tcb.cc.onPartialAck(acked);                  // partial: the next hole begins at SND.UNA
        tcb.resendFront = true;
        tcb.tcp.stats.add(Counter.PARTIAL_ACKS);
        boolean restart = firstPartial;              // RFC 6582 §4, "impatient": only the first restarts it
        firstPartial = false;
        return restart;
    }

    @Override
    void sent(Tcb tcb, int seq, int end, boolean again, long nowNs) {
        if (!again) {
            tcb.rtt.sent(end, nowNs);
        }
    }

    @Override
    void tooBig(Tcb tcb, long nowNs) {
        tcb.sndNxt = tcb.sndUna;
        tcb.rtt.retransmitted(nowNs);
    }

    /// RFC 6582 §3.2, step 4; then all starts over from SND.UNA.
    @Override
    void timeout(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        tcb.sndNxt = tcb.sndUna;
        recover = tcb.sndMax;
        recovering = false;
        dupAcks = 0;
        tcb.resendFront = false;
    }
}
