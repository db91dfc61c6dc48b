package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;

/// Step five of RFC 9293 §3.10.7.4: the acknowledgement field and the window of a segment.
final class TcpAck {
    private final Tcp tcp;

    TcpAck(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Processes them.
    ///
    /// @return true if the segment's text is to be looked at, false if the segment is done with or the
    ///     connection is over
    boolean process(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        if (tcb.state == TcpState.SYN_RECEIVED
                && (Seq.leq(seg.ack, tcb.sndUna) || Seq.gt(seg.ack, tcb.sndMax))) {
            seg.unacceptable();
            tcp.reset.answer(seg, nowNs);                  // SYN-RECEIVED: <SEQ=SEG.ACK><CTL=RST>
            return false;
        }
        boolean old = tcp.cfg.challengeAcks() && Seq.lt(seg.ack, tcb.sndUna - behind(tcb));
        if (Seq.gt(seg.ack, tcb.sndMax) || old) {
            seg.unacceptable();
            tcp.challenge.send(tcb, nowNs);
            return false;
        }
        if (Seq.gt(seg.ack, tcb.sndUna)) {
            newAck(tcb, seg, nowNs);
        } else {
            tcb.loss.acknowledged(tcb, seg, 0, false, nowNs);
        }
        if (tcb.ecn != null && (seg.flags & TcpHeader.ECE) != 0 && tcb.sentFlight > 0
                && tcb.ecn.congested(tcb.sndUna, tcb.sndMax) && !tcb.loss.recovering()) {
            tcp.stats.add(Counter.CONGESTION_TOLD);
            tcb.loss.settled();
            tcb.cc.onCongestion(tcb.sentFlight);
        }
        if (Seq.geq(seg.ack, tcb.sndUna)) {
            window(tcb, seg);
        }
        return closing(tcb, nowNs);
    }

    /// How far behind SND.UNA an ACK may lie: as far as anything may that the peer still has underway (RFC
    /// 5961 §5.2), but not where we never sent anything, for whoever acknowledges that only guesses.
    private static int behind(Tcb tcb) {
        long octets = tcb.traffic == null ? 0 : tcb.traffic.octetsAcked;
        return (int) Math.min(tcb.maxSndWnd, octets + (tcb.finAcked() ? 1 : 0));
    }

    /// What may have been said half the numbers ago is taken along, or comparisons with it turn round.
    private static void keepNear(Tcb tcb) {
        tcb.sndUp = Seq.max(tcb.sndUp, tcb.sndUna);
        tcb.wholeSeq = Seq.max(tcb.wholeSeq, tcb.sndUna);
        if (tcb.ecn != null) {
            tcb.ecn.acknowledged(tcb.sndUna);
        }
    }

    private void newAck(Tcb tcb, TcpSegment seg, long nowNs) {
        boolean handshake = !tcb.synAcked;
        int acked = seg.ack - tcb.sndUna;
        int octets = Math.clamp(seg.ack - tcb.dataSeq, 0, tcb.queued());
        tcb.synAcked = true;
        tcb.sndUna = seg.ack;
        keepNear(tcb);
        tcb.sndNxt = Seq.max(tcb.sndNxt, seg.ack);
        boolean timed = tcb.rtt.acked(seg.ack, nowNs);
        if (handshake) {
            tcp.inputSyn.established(tcb, nowNs);
            acked--;
        }
        if (octets > 0) {
            tcb.traffic().acked(tcb, octets, nowNs);
            tcb.snd.drop(octets);
            tcb.dataSeq += octets;
        }
        boolean restart = acked == 0 || tcb.loss.acknowledged(tcb, seg, acked, timed, nowNs);
        if (tcb.sizes != null) {
            tcb.sizes.acknowledged(tcb.sndUna, nowNs);
            tcb.sizes = tcb.sizes.over(tcb, nowNs) ? null : tcb.sizes;
        }
        SendRoom.follow(tcb);
        if (octets > 0) {
            tcb.socket.readiness.writable();
        }
        if (!tcb.hasUnsent()) {                            // else the output that follows says why it stops
            SendLimit.stopped(tcb, nowNs);
        }
        tcb.backOffs = 0;
        tcb.probes = 0;
        tcb.stalledNs = nowNs;
        tcb.softError = null;                              // the way works
        tcb.path.confirm(nowNs);                           // RFC 1122, 2.3.2.1: advice from above
        if (tcb.sndUna == tcb.sndMax) {
            TcpTimers.disarm(tcb, TcpTimer.REXMT);         // RFC 6298 (5.2)
            TcpTimers.disarm(tcb, TcpTimer.PROBE);
            TcpTimers.disarm(tcb, TcpTimer.PERSIST);
        } else if (restart && !tcp.timers.isArmed(tcb, TcpTimer.PERSIST)) {
            tcp.timers.armRetransmit(tcb, nowNs);          // RFC 6298 (5.3)
            tcb.loss.waits(tcb, nowNs);
        }
    }

    /// SND.WND := SEG.WND, unless the segment is older than the one it was last taken from. Who acknowledges
    /// SND.UNA is by that not older: SND.WL2 is never above it.
    private static void window(Tcb tcb, TcpSegment seg) {
        if (Seq.leq(tcb.sndWl1, seg.seq)) {
            tcb.sndWnd = seg.window(tcb);
            tcb.maxSndWnd = Math.max(tcb.maxSndWnd, tcb.sndWnd);
            tcb.sndWl1 = seg.seq;
        }
    }

    /// What the acknowledgement of our FIN brings about.
    private boolean closing(Tcb tcb, long nowNs) {
        if (!tcb.finAcked()) {
            return true;
        }
        switch (tcb.state) {
            case FIN_WAIT_1 -> {
                tcb.become(TcpState.FIN_WAIT_2);
                tcb.socket.readiness.closeAcknowledged();
                if (tcb.userClosed) {
                    tcp.teardown.waitForFin(tcb, nowNs);
                }
            }
            case CLOSING -> {
                tcp.teardown.timeWait(tcb, nowNs);
                return false;
            }
            case LAST_ACK -> {
                tcp.teardown.detach(tcb, null);
                return false;
            }
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_2, CLOSE_WAIT, TIME_WAIT -> { }
        }
        return true;
    }
}
