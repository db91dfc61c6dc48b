package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// Fast retransmit and fast recovery without SACK (RFC 5681 §3.2, RFC 6582) and limited transmit (RFC 3042).
/// Decides what is to be sent again; [TcpOutput] sends it.
///
/// Owned by one [Tcb] and covered by its lock.
final class LossRecovery {
    /// RFC 5681 §3.2: so many duplicates mean loss.
    private static final int DUPLICATES = 3;

    private int dupAcks;
    private boolean recovering;
    private boolean firstPartial;
    private int recover;

    /// @param iss initial send sequence number: RFC 6582 §3.2, step 1 begins with it
    LossRecovery(int iss) {
        recover = iss;
    }

    boolean recovering() {
        return recovering;
    }

    /// Octets beyond the congestion window that may be sent: RFC 3042 §2, one segment for each of the first
    /// two duplicates.
    int limitedTransmit(int mss) {
        return recovering ? 0 : Math.min(dupAcks, DUPLICATES - 1) * mss;
    }

    /// A duplicate acknowledgement has arrived (RFC 5681 §2).
    void duplicate(Tcb tcb) {
        assert tcb.lock.held();
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

    /// `acked` octets of new data are acknowledged; `tcb.sndUna` is the new one already.
    ///
    /// @return true if the retransmission timer is to be restarted
    boolean newAck(Tcb tcb, int acked) {
        assert tcb.lock.held();
        dupAcks = 0;
        if (!recovering) {
            tcb.cc.onAck(acked, limited(tcb));
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

    /// True if the congestion window, not the user or the peer's window, held the sender back. In slow start
    /// half a window is enough to believe in more (RFC 7661 §4.1 asks for the same).
    private static boolean limited(Tcb tcb) {
        int cwnd = tcb.cc.cwnd();
        return tcb.sentFlight + tcb.mss > cwnd || cwnd < tcb.cc.ssthresh() && 2L * tcb.sentFlight >= cwnd;
    }

    /// The retransmission timer has expired (RFC 6582 §3.2, step 4).
    void timeout(Tcb tcb) {
        assert tcb.lock.held();
        recover = tcb.sndMax;
        recovering = false;
        dupAcks = 0;
        tcb.resendFront = false;
    }
}
