package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpOptions;

/// Loss recovery with SACK (RFC 6675): what is on its way is counted octet by octet, so that any number of
/// holes is repaired in one round trip, at the pace of [RateReduction].
final class SackRecovery extends LossRecovery {
    private static final int RANGES = 128;

    private final SackScoreboard board = new SackScoreboard(RANGES);
    private final RateReduction reduction = new RateReduction();
    private int dupAcks;
    private boolean recovering;
    private boolean begun;             // something was sent again in this recovery
    private boolean rescued;           // RescueRxt of RFC 6675 §2: once per recovery
    private int recoveryPoint;
    private int highRxt;               // behind what was sent again in this recovery

    SackRecovery(int iss) {
        recoveryPoint = iss;
        highRxt = iss;
    }

    @Override
    boolean recovering() {
        return recovering;
    }

    SackScoreboard board() {
        return board;
    }

    @Override
    int allowance(Tcb tcb) {
        return tcb.cc.cwnd() - pipe(tcb);
    }

    /// After a timeout what lies beyond SND.NXT counts as lost (RFC 6675 §5.1).
    private int pipe(Tcb tcb) {
        if (tcb.sndNxt != tcb.sndMax) {
            int end = tcb.sndNxt;
            int pipe = 0;
            for (int at = board.firstMissing(tcb.sndUna); Seq.lt(at, end); at = board.firstMissing(at)) {
                int until = board.missingUntil(at, end);
                pipe += until - at;
                at = until;
            }
            return pipe;
        }
        return board.pipe(tcb.sndUna, tcb.sndMax, recovering ? highRxt : tcb.sndUna, tcb.mss);
    }

    @Override
    int sacked(Tcb tcb, TcpSegment seg) {
        TcpOptions options = seg.options;
        int news = 0;
        int una = Seq.gt(seg.ack, tcb.sndUna) ? seg.ack : tcb.sndUna;
        for (int i = 0; i < options.sackBlocks(); i++) {
            int from = options.sackLeft(i);
            int to = options.sackRight(i);
            // Blocks that we never sent, that are empty, or are acknowledged anyway (RFC 2883) say nothing.
            if (Seq.lt(from, to) && Seq.leq(to, tcb.sndMax) && Seq.geq(from, una)) {
                news += board.add(from, to);
            }
        }
        return news;
    }

    /// RFC 6675 §2: whatever tells of octets not known to have arrived.
    @Override
    boolean isDuplicate(Tcb tcb, TcpSegment seg, int sacked) {
        return sacked > 0 && tcb.sndNxt != tcb.sndUna;
    }

    @Override
    void duplicate(Tcb tcb, int sacked) {
        assert tcb.lock.held();
        tcb.tcp.stats.add(Counter.DUPLICATE_ACKS);
        if (recovering) {
            reduce(tcb, sacked, false);
            return;
        }
        dupAcks++;
        // §5.1: after a timeout, not again for what was sent before it
        boolean again = !Seq.gt(tcb.sndUna, recoveryPoint) && tcb.sndUna - 1 != tcb.iss;
        if (!again && (dupAcks >= SackScoreboard.DUP_THRESH || board.lost(tcb.sndUna, tcb.mss))) {
            begin(tcb, sacked);
        }
    }

    private void begin(Tcb tcb, int sacked) {
        recovering = true;
        begun = false;
        rescued = false;
        recoveryPoint = tcb.sndMax;
        highRxt = tcb.sndUna;
        tcb.cc.onLoss(tcb.flight());
        reduction.begin(tcb.flight() - board.octets() + sacked, tcb.cc.ssthresh());
        tcb.tcp.stats.add(Counter.FAST_RETRANSMITS);
        reduce(tcb, Math.max(sacked, 1), false);
    }

    private void reduce(Tcb tcb, int delivered, boolean advanced) {
        if (delivered > 0) {
            int pipe = pipe(tcb);
            boolean safe = advanced && !board.lost(highRxt, tcb.mss);
            tcb.cc.recoveryWindow(pipe + reduction.acknowledged(delivered, pipe, tcb.mss, safe));
        }
    }

    @Override
    boolean newAck(Tcb tcb, int acked, int sacked, long nowNs) {
        assert tcb.lock.held();
        int delivered = acked - board.advance(tcb.sndUna) + sacked;
        dupAcks = 0;
        if (!recovering) {
            tcb.cc.onAck(acked, limited(tcb), nowNs, tcb.rtt.srttNs());
            if (Seq.gt(tcb.sndUna, recoveryPoint)) {
                recoveryPoint = tcb.sndUna - 1;      // kept near, so that the comparison never wraps
            }
            if (sacked > 0) {
                duplicate(tcb, sacked);
            }
            return true;
        }
        if (Seq.geq(tcb.sndUna, recoveryPoint)) {
            recovering = false;
            tcb.cc.onRecovered(tcb.flight());
            return true;
        }
        highRxt = Seq.max(highRxt, tcb.sndUna);
        tcb.tcp.stats.add(Counter.PARTIAL_ACKS);
        reduce(tcb, delivered, true);
        return true;
    }

    /// NextSeg of RFC 6675 §4: where something begins that is to be sent again, by rules (1), (3) and (4).
    ///
    /// @param newData something that was never sent may go, which is rule (2)
    /// @return SND.MAX if there is nothing, or new data comes first
    int next(Tcb tcb, boolean newData) {
        assert recovering;
        int seq = board.firstMissing(Seq.max(highRxt, tcb.sndUna));
        boolean below = !board.isEmpty() && Seq.lt(seq, board.highest());
        if (!begun || below && (board.lost(seq, tcb.mss) || !newData)) {
            return seq;
        }
        // (4): the last segment, once; what of it was sent again already is on its way
        int tail = Seq.max(Seq.max(tcb.sndMax - tcb.mss, tcb.sndUna), highRxt);
        return newData || rescued ? tcb.sndMax : board.firstMissing(tail);
    }

    /// What [#next] named, up to `to`, went out again.
    void resent(int from, int to) {
        if (begun && (board.isEmpty() || Seq.geq(from, board.highest()))) {
            rescued = true;                            // rule (4) leaves HighRxt where it is
        } else {
            highRxt = Seq.max(highRxt, to);
        }
        begun = true;
    }

    @Override
    void sent(int octets) {
        if (recovering) {
            reduction.sent(octets);
        }
    }

    @Override
    void timeout(Tcb tcb) {
        assert tcb.lock.held();
        if (board.reneged(tcb.sndUna)) {
            board.clear();
        }
        recoveryPoint = tcb.sndMax;
        highRxt = tcb.sndUna;
        recovering = false;
        dupAcks = 0;
        tcb.resendFront = false;
    }

    @Override
    int skipHeld(int seq) {
        return board.firstMissing(seq);
    }

    @Override
    int untilHeld(int seq, int len) {
        return board.missingUntil(seq, seq + len) - seq;
    }
}
