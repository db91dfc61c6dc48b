package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpOptions;

/// Loss recovery with SACK: [Rack] says what is lost (RFC 8985), [RateReduction] how fast it is repaired, and
/// [Undo] whether it was lost at all. What is on its way is counted packet by packet ([Scoreboard]), so that
/// any number of losses, also of what was sent again, is repaired in one round trip each.
/// Covered by its connection's lock.
final class RackRecovery extends LossRecovery {
    private enum Phase {
        /// Nothing is being repaired.
        OPEN,
        /// Loss was found by acknowledgements (fast recovery).
        RECOVERY,
        /// Loss was found by the retransmission timer.
        LOSS
    }

    private final Scoreboard board = new Scoreboard();
    private final Rack rack;
    private RateReduction reduction;   // null before the first recovery
    private final TailProbe probe = new TailProbe();
    private final Undo undo = new Undo();
    private Phase phase = Phase.OPEN;
    private int recoveryPoint;
    private int round;                 // when this is acknowledged, a round trip is over
    private int mostFlight;            // octets on their way at most in this round trip
    private int priorFlight;           // and in the one before

    RackRecovery(int iss) {
        rack = new Rack(iss);
        round = iss;
        recoveryPoint = iss;
    }

    @Override
    boolean recovering() {
        return phase != Phase.OPEN || board.lost() > 0;
    }

    @Override
    int lost() {
        return board.lost();
    }

    @Override
    int sacked() {
        return board.sacked();
    }

    Scoreboard board() {
        return board;
    }

    Rack rack() {
        return rack;
    }

    TailProbe probe() {
        return probe;
    }

    /// New data goes before what is lost: whether anything is lost is not certain (RFC 5682).
    boolean prefersNew() {
        return undo.prefersNew();
    }

    /// There is none, or it may not go. Then what was sent again has arrived, and more may be overdue.
    void nothingNew(Tcb tcb, long nowNs) {
        undo.nothingNew();
        rack.decided(false);
        overdue(tcb, nowNs);
    }

    @Override
    int allowance(Tcb tcb) {
        return tcb.cc.cwnd() - board.inFlight();
    }

    @Override
    int inFlight(Tcb tcb) {
        return board.inFlight();
    }

    @Override
    boolean acknowledged(Tcb tcb, TcpSegment seg, int acked, boolean timed, long nowNs) {
        assert tcb.lock.held();
        boolean echoes = acked > 0 && tcb.timestamps != null && seg.options.hasTimestamps();
        rack.begin(tcb.sndUna, echoes ? tcb.timestamps : null, seg.options.tsEcr(), nowNs);
        boolean twice = duplicates(tcb, seg);
        int sacked = sacked(tcb, seg);
        int delivered = sacked + (acked > 0 ? board.advance(tcb.sndUna, rack) : 0);
        if (acked == 0 && delivered == 0 && !twice) {
            if (seg.ack == tcb.sndUna && seg.len() == 0 && seg.window(tcb) == tcb.sndWnd) {
                probed(tcb, seg, 0, false);                // RFC 8985 §7.4.2: the second copy, without D-SACK
            }
            return false;
        }
        measure(tcb, seg, acked, timed, nowNs);
        if (acked == 0) {
            tcb.tcp.stats.add(Counter.DUPLICATE_ACKS);
        }
        probed(tcb, seg, acked, twice);
        boolean spurious = undo.spurious(seg, rack, acked, sacked);
        if (spurious) {
            revert(tcb);
        }
        if (!undo.prefersNew()) {                          // else the next acknowledgement decides
            rack.decided(spurious);
        }
        int lost = rack.detect(board, phase != Phase.OPEN, tcb.mss, tcb.rtt.srttNs());
        react(tcb, acked, delivered, lost - probeLost(tcb, nowNs), nowNs);
        waitForReordering(tcb, nowNs);
        return acked > 0;
    }

    /// SACK blocks of what has been sent and is not acknowledged (RFC 2018 §5).
    private int sacked(Tcb tcb, TcpSegment seg) {
        TcpOptions options = seg.options;
        int news = 0;
        for (int i = 0; i < options.sackBlocks(); i++) {
            int from = Seq.max(options.sackLeft(i), tcb.sndUna);
            int to = options.sackRight(i);
            if (Seq.lt(options.sackLeft(i), to) && Seq.lt(from, to) && Seq.leq(to, tcb.sndMax)) {
                news += board.sack(from, to, tcb.mss, rack);
            }
        }
        return news;
    }

    /// RFC 2883 §4: a first block that is acknowledged already, or is part of the second, arrived twice.
    private boolean duplicates(Tcb tcb, TcpSegment seg) {
        TcpOptions options = seg.options;
        if (options.sackBlocks() == 0) {
            return false;
        }
        int from = options.sackLeft(0);
        int to = options.sackRight(0);
        boolean below = Seq.leq(to, seg.ack);
        boolean within = options.sackBlocks() > 1 && Seq.geq(from, options.sackLeft(1))
                && Seq.leq(to, options.sackRight(1));
        if (!Seq.lt(from, to) || !below && !within || Seq.gt(to, tcb.sndMax)) {
            return false;
        }
        // what the network doubled, or an attacker made up, says nothing about what we sent again
        boolean repair = undo.mayHaveResent(from, to);
        if (repair) {
            rack.duplicate(tcb.sndNxt);
            undo.duplicate((to - from + tcb.mss - 1) / tcb.mss);
        }
        if (repair || probe.outstanding()) {
            tcb.tcp.stats.add(Counter.DSACKS_IN);
        }
        return repair || probe.outstanding();
    }

    /// Round-trip times: one for the timeout in each round trip (RFC 6298 §3), each for slow start.
    private void measure(Tcb tcb, TcpSegment seg, int acked, boolean timed, long nowNs) {
        boolean over = Seq.geq(tcb.sndUna, round);
        if (rack.measured()) {
            if (over && !timed) {
                tcb.rtt.sample(rack.oldestNs());
            }
            tcb.rtt.measured(rack.newestNs());
            tcb.cc.onRtt(rack.newestNs(), over);
        } else if (acked > 0 && !timed && tcb.timestamps != null && seg.options.hasTimestamps()) {
            tcb.rtt.echoed(tcb.timestamps.ageNs(seg.options.tsEcr(), nowNs), nowNs);
        }
        if (over) {
            round = tcb.sndMax;
            priorFlight = mostFlight;
            mostFlight = board.inFlight();
        }
    }

    /// A tail loss probe may be answered (RFC 8985 §7.4).
    private void probed(Tcb tcb, TcpSegment seg, int acked, boolean twice) {
        if (probe.answered(seg.ack, acked, seg.options.sackBlocks(), twice)
                && phase == Phase.OPEN) {
            // the probe has repaired a loss that nobody else would have noticed
            settled();
            tcb.cc.onLoss(provenFlight(board.inFlight() + acked));
            tcb.cc.onRecovered(board.inFlight());
            tcb.tcp.stats.add(Counter.PROBE_REPAIRS);
        }
    }

    private void react(Tcb tcb, int newly, int delivered, int lost, long nowNs) {
        int acked = newly;
        if (phase != Phase.OPEN && Seq.geq(tcb.sndUna, recoveryPoint)) {
            boolean fast = phase == Phase.RECOVERY;
            rack.recovered();
            undo.recovered();
            phase = Phase.OPEN;
            priorFlight = 0;                               // before the window came down
            mostFlight = board.inFlight();
            if (fast) {
                tcb.cc.onRecovered(board.inFlight());
                acked = 0;
            }
        }
        switch (phase) {
            case OPEN -> {
                if (lost > 0) {
                    begin(tcb, newly, delivered);
                } else if (acked > 0) {
                    tcb.cc.onAck(acked, limited(tcb), nowNs, tcb.rtt.srttNs());
                }
            }
            case RECOVERY -> {
                if (acked > 0) {
                    tcb.tcp.stats.add(Counter.PARTIAL_ACKS);
                }
                reduce(tcb, delivered, acked > 0 && lost == 0);
            }
            case LOSS -> {
                if (acked > 0) {
                    tcb.cc.onAck(acked, true, nowNs, tcb.rtt.srttNs());    // slow start (RFC 5681 §3.1)
                }
            }
        }
    }

    /// RFC 4821 §7.5: the loss of a probe of the size is none of congestion control's business.
    private int probeLost(Tcb tcb, long nowNs) {
        return tcb.sizes == null ? 0 : tcb.sizes.lost(board, nowNs);
    }

    /// FlightSize at a loss (RFC 5681 §3.1, (4)), or what was on its way in the last round trip: an
    /// acknowledgement of much leaves little, which the pace does not fill up at once.
    private int provenFlight(int now) {
        return Math.max(now, Math.max(mostFlight, priorFlight));
    }

    /// @param newly acknowledged just now: it was on its way when the loss happened
    private void begin(Tcb tcb, int newly, int delivered) {
        phase = Phase.RECOVERY;
        recoveryPoint = tcb.sndMax;
        undo.begin(tcb, false, resentUnderWay(tcb.mss));
        tcb.cc.onLoss(provenFlight(tcb.flight() + newly));
        reduction = reduction == null ? new RateReduction() : reduction;
        reduction.begin(board.inFlight() + board.lost() + delivered, tcb.cc.ssthresh());
        tcb.tcp.stats.add(Counter.FAST_RETRANSMITS);
        probe.forget();
        reduce(tcb, Math.max(delivered, 1), false);
    }

    private void reduce(Tcb tcb, int delivered, boolean safe) {
        if (delivered > 0) {
            int pipe = board.inFlight();
            tcb.cc.recoveryWindow(pipe + reduction.acknowledged(delivered, pipe, tcb.mss, safe));
        }
    }

    /// Nothing was lost: as if nothing had been noticed.
    private void revert(Tcb tcb) {
        tcb.tcp.stats.add(Counter.SPURIOUS_RECOVERIES);
        tcb.traffic().spurious++;
        board.loseNone();
        tcb.cc.undo();
        undo.forget();
        phase = Phase.OPEN;
    }

    @Override
    void settled() {
        undo.settled();
    }

    private void waitForReordering(Tcb tcb, long nowNs) {
        if (rack.waitNs() > 0) {
            tcb.tcp.timers.arm(tcb, TcpTimer.REORDER, nowNs, rack.waitNs());
        } else {
            TcpTimers.disarm(tcb, TcpTimer.REORDER);
        }
    }

    /// What is overdue is lost: the reordering timer has expired (RFC 8985 §6.3), or more is known.
    void overdue(Tcb tcb, long nowNs) {
        int lost = rack.expired(board, phase != Phase.OPEN, tcb.mss, tcb.rtt.srttNs(), nowNs);
        if (lost > probeLost(tcb, nowNs) && phase == Phase.OPEN) {
            begin(tcb, 0, 0);
        }
        waitForReordering(tcb, nowNs);
    }

    /// RFC 8985 §7.2: a probe is due unless something else will find out.
    @Override
    void waits(Tcb tcb, long nowNs) {
        if (probes(tcb)) {
            tcb.tcp.timers.armProbe(tcb, board.inFlight() <= tcb.mss, nowNs);
        } else {
            TcpTimers.disarm(tcb, TcpTimer.PROBE);
        }
    }

    /// A tail loss probe has its place: all is quiet, and it is the first. A closed window has its own.
    boolean probes(Tcb tcb) {
        return tcb.sndWnd > 0 && !recovering() && board.sacked() == 0 && !board.isEmpty()
                && !probe.outstanding();
    }

    /// The last packet, up to `to`, went out again as a probe, which is no repair.
    void probed(Tcb tcb, int i, int to, long nowNs) {
        undo.probed(tcb, resentUnderWay(tcb.mss), nowNs);
        board.resent(i, to, nowNs);
        probe.sent(true, tcb.sndNxt);
    }

    /// Segments on their way that were sent more than once.
    private int resentUnderWay(int mss) {
        int segments = 0;
        for (int i = 0; i < board.size(); i++) {
            if (board.isResent(i) && !board.isSacked(i)) {
                segments += (board.end(i) - board.start(i) + mss - 1) / mss;
            }
        }
        return segments;
    }

    /// Packet `i`, up to `to`, went out again.
    void resent(Tcb tcb, int i, int to, long nowNs) {
        int from = board.start(i);
        board.resent(i, to, nowNs);
        undo.resent(tcb, to, (to - from + tcb.mss - 1) / tcb.mss, nowNs);
        if (phase == Phase.RECOVERY) {
            reduction.sent(to - from);
        }
    }

    @Override
    void sent(Tcb tcb, int seq, int end, boolean again, long nowNs) {
        board.sent(seq, end, again, nowNs);
        mostFlight = Math.max(mostFlight, board.inFlight());
        if (phase == Phase.RECOVERY) {
            reduction.sent(end - seq);
        }
    }

    @Override
    void timeout(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        TcpTimers.disarm(tcb, TcpTimer.REORDER);
        probe.forget();
        if (board.isEmpty() || !tcb.synAcked || tcb.sndWnd == 0) {
            // All of it goes again from the beginning: behind the SYN, or as soon as the window opens, which
            // was closed upon what is on its way (SHLD-16, SHLD-17) and is probed for until then.
            board.clear();
            tcb.sndNxt = tcb.sndUna;
            phase = Phase.OPEN;
            if (tcb.sizes != null) {
                tcb.sizes.forget();
            }
            return;
        }
        if (board.isSacked(0)) {
            board.forgetSacked();                          // RFC 2018 §8: the peer has reneged
        }
        if (phase == Phase.LOSS) {
            undo.nothingNew();
        } else {
            undo.begin(tcb, phase == Phase.OPEN, resentUnderWay(tcb.mss));
        }
        rack.timeout(board, tcb.rtt.srttNs(), nowNs);
        probeLost(tcb, nowNs);
        phase = Phase.LOSS;
        recoveryPoint = tcb.sndMax;
        // RFC 6298 (5.4): the first goes again now, whatever was sent too lately to be given up
        tcb.cc.recoveryWindow(board.inFlight() + tcb.mss);
    }

    @Override
    void tooBig(Tcb tcb, long nowNs) {
        board.loseAll();                                   // which says nothing about congestion
        tcb.rtt.retransmitted(nowNs);
    }
}
