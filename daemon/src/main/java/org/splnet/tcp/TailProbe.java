package org.splnet.tcp;

import org.splnet.kern.CalloutWheel;
import org.splnet.wire.Seq;

/// Tail loss probes (RFC 8985 §7): when nothing has been heard for two round trips, something goes out that
/// makes the peer say what it has, so that a lost tail need not wait for the retransmission timer.
///
/// Covered by its connection's lock.
final class TailProbe {
    /// TLP.max_ack_delay: how long a peer may keep the acknowledgement of a single segment.
    private static final long MAX_ACK_DELAY_NS = 200_000_000;
    /// §7.2: before anything was measured.
    private static final long UNMEASURED_NS = 1_000_000_000;
    /// Callouts are not more exact than this.
    private static final long SLACK_NS = 2 * CalloutWheel.TICK_NS;

    private boolean outstanding;
    private boolean again;             // TLP.is_retrans
    private int endSeq;                // TLP.end_seq

    /// §7.2: how long to wait for an acknowledgement before the probe.
    ///
    /// @param single no more than a segment is on its way
    static long timeoutNs(long srttNs, boolean single) {
        if (srttNs == 0) {
            return UNMEASURED_NS;
        }
        return 2 * srttNs + (single ? MAX_ACK_DELAY_NS : SLACK_NS);
    }

    boolean outstanding() {
        return outstanding;
    }

    /// One went out.
    ///
    /// @param old it was something sent before
    /// @param end SND.NXT
    void sent(boolean old, int end) {
        outstanding = true;
        again = old;
        endSeq = end;
    }

    void forget() {
        outstanding = false;
    }

    /// §7.4.2: an acknowledgement has come.
    ///
    /// @param twice it reports that something arrived twice
    /// @return true if it shows that the probe repaired a loss
    boolean answered(int ack, int acked, int blocks, boolean twice) {
        if (!outstanding || Seq.lt(ack, endSeq)) {
            return false;
        }
        if (!again || twice) {
            outstanding = false;                           // new data, or nothing was lost
            return false;
        }
        if (Seq.gt(ack, endSeq)) {
            outstanding = false;
            return true;
        }
        if (acked == 0 && blocks == 0) {
            outstanding = false;                           // both copies have arrived
        }
        return false;
    }
}
