package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.DropReason;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// SEGMENT ARRIVES for a connection (RFC 9293 §3.10.7), its numbered steps as methods. What a segment brings
/// about on the way out is mostly done at the end of the batch it came in.
final class TcpInput {
    /// No buffer holds as much, so an urgent mark so far back has been read.
    private static final int LONG_READ = 1 << 30;

    private final Tcp tcp;

    TcpInput(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Borrows the segment's packet.
    void segmentArrives(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held() && !tcb.detached;
        tcb.segmentsIn++;
        try {
            if (tcb.state == TcpState.SYN_SENT) {
                tcp.inputSyn.synSent(tcb, seg, nowNs);                      // §3.10.7.3
            } else {
                otherStates(tcb, seg, nowNs);                               // §3.10.7.4
            }
        } catch (OutOfMemoryError e) {            // of buffers, Netty's limit: what was done before it counts
            seg.packet.blame(DropReason.NO_BUFFERS);
        }
        if (!tcb.detached) {
            tcp.memory.settle(tcb);
            if (tcb.ackNow || tcb.resendFront || tcb.loss.recovering() || tcb.synDue()
                    || tcb.hasUnsent() && tcb.state.sends()) {
                tcb.outputLater();
            }
        }
    }

    private void otherStates(Tcb tcb, TcpSegment seg, long nowNs) {
        if (seg.syn() && !seg.rst() && !handshakeSyn(tcb, seg)) {
            if (!tcp.cfg.challengeAcks() && Seq.in(seg.seq, tcb.rcvNxt, tcb.rcvNxt + tcb.window())) {
                tcp.reset.answer(seg, nowNs);                               // RFC 793: it is an error
                tcp.teardown.detach(tcb, SockError.ECONNRESET);
                return;
            }
            seg.unacceptable();
            if (seg.seq == tcb.irs && seg.hasAck() && seg.ack == tcb.iss + 1) {
                tcp.challenge.answer(tcb, nowNs);                           // SYN,ACK again: ours was lost
            } else {
                tcp.challenge.send(tcb, nowNs);                             // fourth: RFC 5961 §4
            }
            return;
        }
        if (tcb.timestamps != null && oldTimestamp(tcb, seg, nowNs)) {
            return;
        }
        boolean echoed = Seq.leq(seg.seq, tcb.ackedSeq);                    // RFC 7323 §4.3 (2)
        if (!sequenceAcceptable(tcb, seg, nowNs)) {                         // first
            return;
        }
        if (seg.rst()) {                                                    // second
            reset(tcb, seg, nowNs);
            return;
        }
        if (echoed && tcb.timestamps != null && seg.options.hasTimestamps()) {
            tcb.timestamps.note(seg.options.tsVal(), nowNs);
        }
        if (tcb.ecn != null) {
            tcb.ackNow |= tcb.ecn.reacted(seg);
            if (tcb.ecn.received(seg)) {
                tcp.stats.add(Counter.CONGESTION_MET);
                tcb.ackNow = true;
            }
        }
        tcp.ackPolicy.heard(tcb, nowNs);
        tcb.keepProbes = 0;
        if (!seg.hasAck()) {                                                // fifth
            seg.unacceptable();
            return;
        }
        if (!tcp.ack.process(tcb, seg, nowNs)) {
            return;
        }
        rest(tcb, seg, nowNs);
    }

    /// Steps six to eight, also for what came with the SYN,ACK of an active open.
    void rest(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        urgent(tcb, seg);
        if (text(tcb, seg, nowNs)) {
            fin(tcb, seg, nowNs);
        }
    }

    /// The SYN of the peer's SYN,ACK in a simultaneous open (RFC 9293, figure 7), which arrives here because
    /// its SYN alone has come before: the old part of a segment that is otherwise new.
    private static boolean handshakeSyn(Tcb tcb, TcpSegment seg) {
        if (tcb.synAcked || seg.seq != tcb.irs || !seg.hasAck()
                || Seq.leq(seg.ack, tcb.iss) || Seq.gt(seg.ack, tcb.sndMax)) {
            return false;
        }
        seg.stripSyn();
        tcb.ackNow = true;
        return true;
    }

    /// Before the first: PAWS (RFC 7323 §5.3, R1). What has no timestamp although they were agreed upon is
    /// taken all the same: §3.2 would have it dropped, which stalls connections through middleboxes that
    /// strip the option, and the protection is all that is lost.
    private boolean oldTimestamp(Tcb tcb, TcpSegment seg, long nowNs) {
        if (seg.rst() || !seg.options.hasTimestamps()                       // §5.2: RST is exempt
                || !tcb.timestamps.old(seg.options.tsVal(), nowNs)) {
            return false;
        }
        tcp.stats.add(Counter.PAWS_DROPPED);
        seg.unacceptable();
        if (seg.textLen > 0) {
            tcp.writer.ack(tcb, nowNs);
        } else {
            tcp.challenge.send(tcb, nowNs);
        }
        return true;
    }

    /// First: is any of it in the window? Cuts off what is not (RFC 9293 §3.4, table 6 and below).
    private boolean sequenceAcceptable(Tcb tcb, TcpSegment seg, long nowNs) {
        int wnd = tcb.window();
        int edge = tcb.rcvNxt + wnd;
        int len = seg.len();
        if (len == 0 && atRoundedEdge(tcb, seg) && acknowledges(tcb, seg)) {
            seg.seq = tcb.rcvNxt;                          // what it has sent up to there has come
        }
        // Of a segment merged from many, neither the first nor the last octet need be in the window that it
        // covers: so overlap is what is looked at, the same as the RFC's test for any other.
        boolean acceptable = len == 0
                ? seg.seq == tcb.rcvNxt || Seq.in(seg.seq, tcb.rcvNxt, edge)
                : wnd > 0 && Seq.lt(seg.seq, edge) && Seq.gt(seg.seq + len, tcb.rcvNxt);
        if (acceptable || len == 0 && seg.seq == edge && (filled(tcb, edge) || acknowledges(tcb, seg))) {
            if (!seg.rst()) {                              // whose number counts as it came (RFC 5961 §3.2)
                trim(tcb, seg, edge);
            }
            return true;
        }
        if (wnd == 0 && seg.seq == tcb.rcvNxt) {           // MUST-66: still takes ACK, URG and RST
            if (seg.textLen > 0) {
                seg.unacceptable();
                seg.trimBack(0);                           // a FIN alone needs no room
            }
            tcb.ackNow = true;
            return true;
        }
        if (seg.rst() && exact(tcb, seg)) {
            return true;
        }
        seg.unacceptable();
        if (seg.rst()) {
            return false;
        }
        tcp.stats.add(Seq.lt(seg.seq, tcb.rcvNxt) ? Counter.DUPLICATES : Counter.OUT_OF_WINDOW);
        OutOfOrder.twice(tcb, seg.seq, Seq.min(seg.seq + seg.textLen, tcb.rcvNxt));
        if (seg.textLen > 0) {
            tcp.ackPolicy.again(tcb, seg);
            tcp.writer.ack(tcb, nowNs);
        } else if (len == 0 && seg.seq == tcb.rcvNxt - 1 || seg.fin() && seg.finSeq() == tcb.rcvNxt - 1) {
            tcp.challenge.answer(tcb, nowNs);
        } else {
            tcp.challenge.send(tcb, nowNs);                // bounded, so that two ends never do only this
        }
        return false;
    }

    /// The peer has filled our window although something in front is missing. What it sends next without text
    /// has the number behind the window: not table 6's, but the only one there is, and a RST goes but once.
    private static boolean filled(Tcb tcb, int edge) {
        return tcb.reassembly != null && tcb.reassembly.end(tcb.rcvNxt) == edge;
    }

    /// The edge of our window was told rounded down to its scale (RFC 7323 §2.3), and what is behind that
    /// may have been on its way. A peer that goes by what it was told has no greater number than the edge for
    /// what it sends without text, [SegmentWriter] too: two that do would never hear each other again.
    private static boolean atRoundedEdge(Tcb tcb, TcpSegment seg) {
        return Seq.in(seg.seq, tcb.rcvNxt - (1 << tcb.rcvScale) + 1, tcb.rcvNxt);
    }

    /// It acknowledges text of ours. If all that a peer sent into our window was lost, what it sends without
    /// text has that number as well; and if the same happened to us, neither would ever hear the other.
    private static boolean acknowledges(Tcb tcb, TcpSegment seg) {
        return tcb.synAcked && Seq.lt(tcb.sndUna, tcb.finSeq()) && !seg.rst() && seg.hasAck()
                && Seq.gt(seg.ack, tcb.sndUna) && Seq.leq(seg.ack, tcb.sndMax);
    }

    /// Leaves of an acceptable segment what is new and in the window; SYN and FIN count as octets.
    private static void trim(Tcb tcb, TcpSegment seg, int edge) {
        int old = tcb.rcvNxt - seg.seq;
        if (old > 0) {
            OutOfOrder.twice(tcb, seg.seq, Seq.min(seg.seq + seg.textLen, tcb.rcvNxt));
            seg.trimFront(old);
        }
        int beyond = seg.seq + seg.len() - edge;
        if (beyond > 0 && seg.len() > 0) {
            seg.trimBack(Math.min(seg.textLen, edge - seg.seq));
        }
    }

    /// RFC 5961 §3.2. Behind a FIN also that one's: macOS gives it to a RST that follows, and sends no other.
    private static boolean exact(Tcb tcb, TcpSegment seg) {
        return seg.seq == tcb.rcvNxt || tcb.finReceived && seg.seq == tcb.rcvNxt - 1;
    }

    /// Second: RST in the window (RFC 9293 §3.10.7.4, RFC 5961 §3.2).
    private void reset(Tcb tcb, TcpSegment seg, long nowNs) {
        if (!exact(tcb, seg) && tcp.cfg.challengeAcks()) {
            seg.unacceptable();
            tcp.challenge.send(tcb, nowNs);                // perhaps forged: a real one comes back exact
            return;
        }
        tcp.stats.add(Counter.RESETS_IN);
        if (tcb.pendingEarly) {
            tcb.pendingEarly = false;
            tcp.fastOpen.reset(nowNs);
        }
        SockError error = switch (tcb.state) {
            // the others that a listener opens are HalfOpen
            case SYN_RECEIVED -> tcb.passive ? SockError.ECONNRESET : SockError.ECONNREFUSED;
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> SockError.ECONNRESET;
            case CLOSING, LAST_ACK -> tcb.queued() > 0 ? SockError.ECONNRESET : null;      // text is lost
            case TIME_WAIT, CLOSED, LISTEN, SYN_SENT -> null;
        };
        tcp.teardown.detach(tcb, error);
    }

    /// Sixth: urgent pointer. MUST-32, MUST-33: the user can ask the socket how much is urgent.
    private void urgent(Tcb tcb, TcpSegment seg) {
        if (!seg.urg() || !tcb.state.takesText()) {
            return;
        }
        int up = seg.seq + seg.up;                         // MUST-62: the octet behind the urgent data
        if (Seq.gt(up, tcb.rcvNxt) && (!tcb.urgent || Seq.gt(up, tcb.rcvUp))) {
            tcb.rcvUp = up;
            tcb.urgent = true;
            tcp.stats.add(Counter.URGENT);
            tcb.socket.readiness.readable();
        }
    }

    /// Seventh: text.
    ///
    /// @return false if the connection is over or there is nothing to look at behind the text
    private boolean text(Tcb tcb, TcpSegment seg, long nowNs) {
        if (!tcb.state.takesText() && seg.textLen > 0) {
            seg.unacceptable();
            return false;
        }
        if (!tcb.state.takesText() || seg.textLen == 0 && !seg.fin()) {
            return false;
        }
        if (seg.textLen > 0) {
            if (tcb.userClosed) {                          // nobody will read it: RFC 2525 §2.17, RFC 1122
                tcp.teardown.abort(tcb, null, nowNs);      // 4.2.2.13: tell the peer that it is lost
                return false;
            }
            if (tcp.memory.refuses(tcb)) {
                tcp.pruning.due(nowNs);
                if (!OutOfOrder.fillsGap(tcb, seg)) {
                    tcb.ackNow = true;                     // who was offered more is told what there is now
                    seg.packet.blame(DropReason.TCP_NO_MEMORY);
                    return false;
                }
            }
        }
        OutOfOrder.compared(tcb, seg);
        if (seg.seq == tcb.rcvNxt) {
            inOrder(tcb, seg, nowNs);
            return true;
        }
        tcp.outOfOrder.arrives(tcb, seg, nowNs);
        return false;
    }

    private void inOrder(Tcb tcb, TcpSegment seg, long nowNs) {
        ReassemblyQueue queue = tcb.reassembly;
        boolean gap = queue != null && !queue.isEmpty();
        int before = tcb.rcvNxt;
        if (seg.textLen > 0) {
            deliver(tcb, seg.buf, seg.textAt, seg.textLen);
        }
        if (gap) {
            readHeld(tcb, queue, seg);
            tcb.ackNow = true;                             // RFC 5681 §4.2: fills all or part of a gap
        }
        int octets = tcb.rcvNxt - before;
        if (octets > 0) {
            tcp.stats.add(Counter.OCTETS_IN, octets);
            tcb.traffic().octetsReceived += octets;
            tcb.urgent &= Seq.diff(tcb.rcvNxt, tcb.rcvUp) < LONG_READ;
            tcp.window.arrived(tcb, seg, nowNs);
            tcp.ackPolicy.delivered(tcb, seg, nowNs);
            tcb.socket.readiness.readable();
        }
    }

    private static void readHeld(Tcb tcb, ReassemblyQueue queue, TcpSegment seg) {
        try {
            while (queue.ready(tcb.rcvNxt)) {
                deliver(tcb, queue.headBuf(), queue.headAt(), queue.headLength());
                queue.removeHead();
            }
        } catch (OutOfMemoryError e) {                     // the rest stays where it is
            seg.packet.blame(DropReason.NO_BUFFERS);
        }
    }

    /// Text of a SYN that a cookie vouches for. What there is no memory for is not acknowledged.
    void earlyText(Tcb tcb, TcpSegment seg) {
        assert tcb.lock.held();
        if (seg.textLen == 0) {
            return;
        }
        try {
            deliver(tcb, seg.buf, seg.textAt, seg.textLen);
        } catch (OutOfMemoryError e) {
            seg.packet.blame(DropReason.NO_BUFFERS);
            return;
        }
        tcp.stats.add(Counter.OCTETS_IN, seg.textLen);
        tcp.memory.settle(tcb);
        tcb.socket.readiness.readable();
    }

    private static void deliver(Tcb tcb, ByteBuf buf, int at, int len) {
        if (!tcb.inputShut) {
            tcb.receiveBuffer().append(buf, at, len);
        }
        tcb.rcvNxt += len;
    }

    /// Eighth: everything in front of the FIN has arrived.
    private void fin(Tcb tcb, TcpSegment seg, long nowNs) {
        boolean held = tcb.reassembly != null && tcb.reassembly.finBefore(tcb.rcvNxt);
        if (!held && !seg.fin()) {
            return;
        }
        tcb.rcvNxt++;
        tcb.finReceived = true;
        tcp.window.reading(tcb, nowNs);
        if (tcb.reassembly != null) {
            tcb.reassembly.clear();                        // what claims to lie behind a FIN is nothing
            tcb.reassembly = null;
        }
        tcb.ackNow = true;
        switch (tcb.state) {
            case ESTABLISHED -> tcb.become(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> tcb.become(TcpState.CLOSING);                // its ACK would have come first
            case FIN_WAIT_2 -> tcp.teardown.timeWait(tcb, nowNs);
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT ->
                    throw new IllegalStateException(tcb.state.label());
        }
        tcb.socket.readiness.readable();
    }
}
