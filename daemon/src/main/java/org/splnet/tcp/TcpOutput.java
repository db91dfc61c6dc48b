package org.splnet.tcp;

import org.splnet.kern.Round;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;

/// Decides what may be sent, and sends it (`tcp_output`). Idempotent: what it does follows from the [Tcb], so
/// whoever changed something there just calls it.
final class TcpOutput {
    private static final int REFUSED = -1;
    private static final int TOO_BIG = -2;

    private final Tcp tcp;
    private final SegmentWriter writer;
    private final TcpTimers timers;

    TcpOutput(Tcp tcp, SegmentWriter writer, TcpTimers timers) {
        this.tcp = tcp;
        this.writer = writer;
        this.timers = timers;
    }

    /// Sends everything that windows and rules allow now, and the acknowledgement that is owed.
    void output(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        if (tcb.detached) {
            return;
        }
        if (tcb.synDue()) {
            syn(tcb, nowNs);
        }
        if (tcb.state.sends() && !tcb.synDue()) {
            data(tcb, nowNs);
        }
        if (tcb.ackNow || tcp.window.updateDue(tcb)) {
            tcb.ackNow = timers.refused(tcb, writer.ack(tcb, nowNs), nowNs);
        }
    }

    /// SYN, or SYN,ACK in a simultaneous open (RFC 9293 §3.5); for the first time or again.
    private void syn(Tcb tcb, long nowNs) {
        boolean again = tcb.sndMax != tcb.iss;
        Output result = writer.syn(tcb, tcb.state != TcpState.SYN_SENT, nowNs);
        failed(tcb, result);
        tcb.stalledNs = again || timers.isArmed(tcb, TcpTimer.REXMT) ? tcb.stalledNs : nowNs;
        if (timers.refused(tcb, result, nowNs)) {
            timers.ensureRetransmit(tcb, nowNs);
            return;
        }
        if (again) {
            countResent(tcb, 0, nowNs);
        } else {
            tcb.rtt.sent(tcb.iss + 1, nowNs);
        }
        tcb.sndNxt = tcb.iss + 1 + tcb.early;
        tcb.sndMax = Seq.max(tcb.sndMax, tcb.sndNxt);
        tcb.lastSendNs = nowNs;
        timers.armRetransmit(tcb, nowNs);
    }

    private void data(Tcb tcb, long nowNs) {
        tcb.path.renew(nowNs);
        if (Mss.refresh(tcb) && tcb.flight() > 0) {
            tcb.loss.tooBig(tcb, nowNs);       // again, smaller (RFC 1191 §6.5)
            if (tcb.synDue()) {
                return;
            }
        }
        if (tcb.sndMax == tcb.sndUna) {
            // RFC 9293 §3.7.4 (Nagle): what is idle is judged by what the user has handed in as a whole,
            // however pace and windows let it out
            tcb.wholeSeq = tcb.finSeq();
            if (nowNs - tcb.lastSendNs > tcb.rtt.rtoNs()) {
                tcb.cc.onIdle();
            }
        }
        int before = tcb.sndNxt;
        switch (tcb.loss) {
            case DupAckRecovery plain -> {
                if (tcb.resendFront) {
                    resendFront(tcb, nowNs);
                }
                fresh(tcb, nowNs);
            }
            case RackRecovery rack -> {
                if (!rack.prefersNew()) {
                    repair(tcb, rack, nowNs);
                }
                fresh(tcb, nowNs);
                if (rack.prefersNew() && tcb.sndNxt == before) {
                    rack.nothingNew(tcb, nowNs);
                    repair(tcb, rack, nowNs);
                }
            }
        }
        settleTimers(tcb, tcb.sndNxt != before, nowNs);
        SendLimit.stopped(tcb, nowNs);
    }

    /// One segment, or one packet to be cut into segments, at a time; as far as it goes in this round.
    private void fresh(Tcb tcb, long nowNs) {
        while (tcb.hasUnsent()) {
            if (Round.over()) {
                tcb.goOn();
                return;
            }
            if (!step(tcb, false, nowNs)) {
                return;
            }
        }
    }

    /// Sends what comes next, if something may.
    ///
    /// @param override the sender's silly-window avoidance has waited long enough
    /// @return true if something was sent and more may follow
    private boolean step(Tcb tcb, boolean override, long nowNs) {
        if (waits(tcb, nowNs)) {
            return false;
        }
        int unsent = tcb.finSeq() - tcb.sndNxt;
        int rwnd = tcb.sndUna + tcb.sndWnd - tcb.sndNxt;
        int usable = Math.max(Math.min(rwnd, tcb.loss.allowance(tcb)), 0);
        if (tcb.sizes != null && probeSize(tcb, unsent, usable, nowNs)) {
            return true;
        }
        int len = Math.min(Math.min(unsent, usable), tcb.pacer.most(tcb, largest(tcb)));
        if (tcb.ecn != null) {
            len = tcb.ecn.most(len, tcb.mss);
        }
        boolean fin = tcb.finQueued && len == unsent && rwnd > len;      // a FIN takes room in the window
        len = worthSending(tcb, len, unsent, fin, override);
        fin &= len == unsent;
        return (len > 0 || fin) && sendAt(tcb, len, unsent, fin, nowNs);
    }

    /// Sends a segment larger than others, if it is time to find out whether it gets through.
    private boolean probeSize(Tcb tcb, int unsent, int usable, long nowNs) {
        int len = tcb.sizes.due(tcb, nowNs);
        if (len == 0 || len > unsent || len > usable || Seq.gt(tcb.sndUp, tcb.sndNxt)) {
            return false;
        }
        tcb.sizes.sent(tcb.sndNxt, len, SegmentWriter.optionsLen(tcb));
        boolean more = sendAt(tcb, len, unsent, false, nowNs);
        if (tcb.sizes.isProbe(tcb.sndNxt)) {
            tcb.sizes.forget();                // it has not gone; what goes from here instead is none
        } else {
            tcp.stats.add(Counter.SIZE_PROBES);
        }
        return more;
    }

    /// True if the pace has been reached; the timer brings us back.
    private boolean waits(Tcb tcb, long nowNs) {
        long delayNs = tcb.pacer.delayNs(tcb, nowNs);
        if (delayNs > 0) {
            timers.arm(tcb, TcpTimer.PACE, nowNs, delayNs);
        }
        return delayNs > 0;
    }

    /// How much of `len` octets is worth a segment: the sender's silly-window avoidance and Nagle's algorithm
    /// (RFC 9293 §3.8.6.2.1, §3.7.4), with the end of a large packet treated as the small segment it becomes.
    private int worthSending(Tcb tcb, int len, int unsent, boolean fin, boolean override) {
        int tail = len % tcb.mss;
        boolean all = len == unsent;
        if (tail == 0 || override || Seq.lt(tcb.sndNxt, tcb.sndMax)) {
            return len;                        // (1), (4), or it has been sent before
        }
        boolean nagled = Seq.gt(tcb.sndNxt + unsent, tcb.wholeSeq) && !tcb.socket.options.noDelay()
                && !tcp.cfg.noDelay();
        if (all && (fin || !nagled)) {
            return len;                        // (2); nothing can come to fill up what a FIN follows
        }
        if (len > tail) {
            return len - tail;                 // (1) for all but the end
        }
        return !nagled && len * 2L >= tcb.maxSndWnd ? len : 0;           // (3), with Fs = 1/2
    }

    private boolean sendAt(Tcb tcb, int len, int unsent, boolean fin, long nowNs) {
        int seq = tcb.sndNxt;
        boolean again = Seq.lt(seq, tcb.sndMax);
        int sent = transmit(tcb, seq, len, unsent, fin, nowNs);
        if (sent < 0) {
            return sent == TOO_BIG;
        }
        int end = seq + sent + (fin && sent == unsent ? 1 : 0);
        if (again) {
            countResent(tcb, sent, nowNs);
        } else if (tcb.flight() == 0) {
            tcb.stalledNs = nowNs;
        }
        tcb.loss.sent(tcb, seq, end, again, nowNs);
        tcb.sndNxt = end;
        tcb.sndMax = Seq.max(tcb.sndMax, end);
        return true;
    }

    /// Makes and hands down one packet; changes nothing in the sequence variables.
    ///
    /// @return octets of payload in it, or that it was not sent
    private int transmit(Tcb tcb, int seq, int len, int unsent, boolean fin, long nowNs) {
        boolean fresh = len > 0 && Seq.geq(seq, tcb.sndMax);
        Packet packet = writer.open(tcb, len);
        if (packet == null) {
            timers.refused(tcb, Output.QUEUE_FULL, nowNs);
            return REFUSED;
        }
        if (fresh && tcb.ecn != null) {
            packet.tos = Ecn.ECT_0;            // RFC 3168 §6.1.4, §6.1.5: nothing else is marked
        }
        int got = len == 0 ? 0 : tcb.snd.slice(packet, seq - tcb.dataSeq, len);
        int flags = TcpHeader.ACK;
        if (got == unsent) {                   // MUST-61: PSH where the data at hand ends
            flags |= (got > 0 ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0);
        }
        if (got > tcb.mss && (tcb.sizes == null || !tcb.sizes.isProbe(seq))) {
            packet.gsoSize = tcb.mss;
        }
        assert got > 0 || len == 0 : "the send queue gave nothing";
        Output result = writer.send(packet, tcb, seq, flags, nowNs);
        if (timers.refused(tcb, result, nowNs) || result == Output.TOO_BIG) {
            return result == Output.TOO_BIG && Mss.refresh(tcb) ? TOO_BIG : REFUSED;
        }
        failed(tcb, result);                   // else as if it were lost on its way
        tcb.unanswered = fresh ? 0 : tcb.unanswered;
        tcb.lastSendNs = nowNs;
        tcb.pacer.sent(tcb, got, nowNs);
        Round.sent(got);
        tcp.stats.add(Counter.OCTETS_OUT, got);
        return got;
    }

    /// The most that fits into one packet to be cut: a multiple of the segment size.
    private static int largest(Tcb tcb) {
        int room = tcb.path.largestSend() - TcpHeader.MIN_LEN - SegmentWriter.optionsLen(tcb);
        if (room < 2 * tcb.mss || Seq.gt(tcb.sndUp, tcb.sndNxt)) {
            return tcb.mss;                    // an urgent pointer is right for one segment only
        }
        return room - room % tcb.mss;
    }

    /// Sends the first segment again, whatever the windows say (MAY-7), and leaves SND.NXT where it is:
    /// fast retransmit and the next hole of RFC 6582.
    private void resendFront(Tcb tcb, long nowNs) {
        tcb.resendFront = false;
        if (tcb.flight() == 0 || tcb.sndNxt == tcb.sndUna) {
            return;                            // nothing is outstanding, or all of it goes again anyway
        }
        tcb.resendFront = resend(tcb, tcb.sndUna, tcb.sndUna + tcb.mss, nowNs) == tcb.sndUna;
    }

    /// Sends again what lies in `[seq, end)`, at most what fits into one packet.
    ///
    /// @return behind what went out; `seq` if nothing did
    private int resend(Tcb tcb, int seq, int end, long nowNs) {
        int unsent = tcb.finSeq() - seq;
        int len = Math.min(Math.min(unsent, largest(tcb)), Seq.min(end, tcb.sndMax) - seq);
        boolean fin = tcb.finSent() && len == unsent && Seq.gt(end, tcb.finSeq());
        if (len <= 0 && !fin) {
            return seq;
        }
        int sent = transmit(tcb, seq, len, unsent, fin, nowNs);
        if (sent < 0) {
            return seq;
        }
        countResent(tcb, sent, nowNs);
        if (seq == tcb.sndUna) {               // RFC 6675 §6: else it expires before this can be answered
            timers.armRetransmit(tcb, nowNs);
        }
        return seq + sent + (fin && sent == unsent ? 1 : 0);
    }

    /// A segment went out again: nothing on its way can be timed any more (Karn).
    private void countResent(Tcb tcb, int octets, long nowNs) {
        tcb.resent++;
        tcb.traffic().octetsResent += octets;
        tcb.rtt.retransmitted(nowNs);
        tcp.stats.add(Counter.RETRANSMITS);
    }

    /// What is lost goes again, the oldest first, as far as the congestion window and the peer's window reach
    /// (SHLD-16); what was never sent is left to [#fresh], which comes next.
    private void repair(Tcb tcb, RackRecovery rack, long nowNs) {
        Scoreboard board = rack.board();
        while (board.lost() > 0) {
            int i = board.firstLost();
            int seq = board.start(i);
            int len = board.end(i) - seq;
            int segment = Math.min(len, tcb.mss);
            int allowed = rack.allowance(tcb);
            boolean inWindow = Seq.leq(seq + segment, tcb.sndUna + tcb.sndWnd) || seq == tcb.sndUna;
            if (allowed < segment || !inWindow || waits(tcb, nowNs)) {
                return;
            }
            int most = tcb.pacer.most(tcb, allowed - allowed % segment);
            int sent = resend(tcb, seq, seq + Math.min(len, most), nowNs);
            if (sent == seq) {
                return;
            }
            rack.resent(tcb, i, sent, nowNs);
        }
    }

    /// A tail loss probe (RFC 8985 §7.3): a new segment if there is one and the peer can take it, whatever
    /// the congestion window says; else the last one again.
    void probeTail(Tcb tcb, RackRecovery rack, long nowNs) {
        assert tcb.lock.held();
        if (!rack.probes(tcb) || !tcb.state.sends()) {
            return;
        }
        int unsent = tcb.finSeq() - tcb.sndNxt;
        int len = Math.min(Math.min(unsent, tcb.mss), tcb.sndUna + tcb.sndWnd - tcb.sndNxt);
        if (len > 0) {
            if (!sendAt(tcb, len, unsent, false, nowNs)) {
                return;
            }
            rack.probe().sent(false, tcb.sndNxt);
        } else {
            int i = rack.board().last(tcb.mss);
            int seq = rack.board().start(i);
            int sent = resend(tcb, seq, rack.board().end(i), nowNs);
            if (sent == seq) {
                return;
            }
            rack.probed(tcb, i, sent, nowNs);
        }
        tcp.stats.add(Counter.TAIL_PROBES);
        timers.armRetransmit(tcb, nowNs);
        SendLimit.stopped(tcb, nowNs);
    }

    /// The persist timer has expired: what fits into the window goes even if it is silly, and into a closed
    /// window one octet, or the FIN (RFC 9293 §3.8.6.1).
    void probe(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        if (!tcb.hasUnsent() || !tcb.state.sends()) {
            return;
        }
        if (!step(tcb, true, nowNs) && !timers.isArmed(tcb, TcpTimer.PACE)) {
            int unsent = tcb.finSeq() - tcb.sndNxt;
            int before = tcb.sndMax;
            tcp.stats.add(Counter.WINDOW_PROBES);
            // SND.NXT stays: the same octet goes again until it is taken, never marked (RFC 3168 §6.1.6)
            tcb.sndMax = Seq.max(before, tcb.sndNxt + 1);
            if (transmit(tcb, tcb.sndNxt, Math.min(unsent, 1), unsent, unsent == 0, nowNs) >= 0) {
                tcb.rtt.retransmitted(nowNs);
            } else {
                tcb.sndMax = before;
            }
        }
        settleTimers(tcb, true, nowNs);
        SendLimit.stopped(tcb, nowNs);
    }

    /// Something on its way: retransmission timer (RFC 6298 (5.1)). Something that may not go: persist timer,
    /// also where the window was closed upon octets sent before (SHLD-16, SHLD-17).
    ///
    /// @param news something went out that had not before
    private void settleTimers(Tcb tcb, boolean news, long nowNs) {
        tcb.sentFlight = tcb.loss.inFlight(tcb);
        if (tcb.sndNxt != tcb.sndUna) {
            if (tcb.probes > 0 || timers.isArmed(tcb, TcpTimer.PERSIST)) {
                TcpTimers.disarm(tcb, TcpTimer.PERSIST);
                tcb.probes = 0;
                tcb.stalledNs = nowNs;         // the window was the peer's doing; patience begins now
            }
            if (timers.ensureRetransmit(tcb, nowNs) || news) {
                tcb.loss.waits(tcb, nowNs);
            }
        } else {
            TcpTimers.disarm(tcb, TcpTimer.REXMT);
            TcpTimers.disarm(tcb, TcpTimer.PROBE);
            if (!tcb.hasUnsent()) {
                TcpTimers.disarm(tcb, TcpTimer.PERSIST);
                tcb.probes = 0;
            } else if (!timers.isArmed(tcb, TcpTimer.PERSIST)) {
                timers.armPersist(tcb, nowNs);
            }
        }
    }

    /// What the network could not do is remembered for the case that the connection fails (RFC 9293 §3.9.2.2:
    /// a soft error), and otherwise made good by retransmission.
    private static void failed(Tcb tcb, Output result) {
        switch (result) {
            case SENT, QUEUE_FULL, TOO_BIG -> { }
            case NO_ROUTE -> tcb.softError = SockError.ENETUNREACH;
            case HOST_DOWN, BAD_ADDRESS -> tcb.softError = SockError.EHOSTUNREACH;
            case DOWN -> tcb.softError = SockError.ENETDOWN;
        }
    }
}
