package org.splnet.tcp;

import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpOptions;

/// SEGMENT ARRIVES in SYN-SENT (RFC 9293 §3.10.7.3), what a SYN agrees upon, and the end of the handshake.
final class TcpInputSyn {
    private final Tcp tcp;

    TcpInputSyn(Tcp tcp) {
        this.tcp = tcp;
    }

    void synSent(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        // first: ISS < SEG.ACK =< SND.NXT
        if (seg.hasAck() && (Seq.leq(seg.ack, tcb.iss) || Seq.gt(seg.ack, tcb.sndMax))) {
            seg.unacceptable();
            tcp.reset.answer(seg, nowNs);
            return;
        }
        if (seg.rst() && seg.hasAck()) {                   // second
            tcp.stats.add(Counter.RESETS_IN);
            tcp.teardown.detach(tcb, SockError.ECONNREFUSED);
            return;
        }
        if (seg.rst() || !seg.syn()) {                     // second; fifth: neither SYN nor RST
            seg.unacceptable();
            return;
        }
        synReceived(tcb, seg, nowNs);                      // fourth
        if (!seg.hasAck()) {
            tcb.become(TcpState.SYN_RECEIVED);             // simultaneous open (MUST-10)
            tcb.sndNxt = tcb.iss;                          // the SYN goes again, with ACK
            return;
        }
        if (tcb.asksForEcn() && Ecn.granted(seg)) {
            tcb.ecn = new Ecn(tcb.iss);
        }
        if (seg.options.hasFastOpen() && seg.options.cookieLen() > 0 && tcp.fastOpen.asks()) {
            tcp.fastOpen.learn(tcb.remote().addr(), seg.options, tcb.peerMss, nowNs);
        }
        int octets = Math.clamp(seg.ack - tcb.dataSeq, 0, tcb.queued());
        if (octets > 0) {                                  // text that went with the SYN
            tcb.snd.drop(octets);
            tcb.dataSeq += octets;
        }
        tcb.synAcked = true;
        tcb.sndUna = seg.ack;
        tcb.sndNxt = seg.ack;                              // RFC 7413 §4.2.1: the rest goes again
        if (!tcb.rtt.acked(seg.ack, nowNs) && tcb.timestamps != null) {
            tcb.rtt.echoed(tcb.timestamps.ageNs(seg.options.tsEcr(), nowNs), nowNs);
        }
        tcb.path.confirm(nowNs);
        established(tcb, nowNs);
        tcb.ackNow = true;
        seg.stripSyn();
        // "other controls or text": the window that our SYN offered
        if (seg.textLen > tcb.window() || seg.textLen == tcb.window() && seg.fin()) {
            seg.trimBack(Math.min(seg.textLen, tcb.window()));
        }
        tcp.input.rest(tcb, seg, nowNs);
    }

    /// A SYN with a cookie has opened the connection (RFC 7413 §4.2.2): its text is taken, and the SYN,ACK
    /// acknowledges it.
    void early(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        tcb.pendingEarly = true;
        tcb.sndNxt = tcb.iss;
        tcb.sndMax = tcb.iss;
        tcp.stats.add(Counter.FAST_OPENS);
        seg.stripSyn();
        seg.trimBack(Math.min(seg.textLen, tcb.window()));
        tcp.input.earlyText(tcb, seg);
        tcp.output.output(tcb, nowNs);
    }

    /// Takes over what the peer's SYN says.
    private void synReceived(Tcb tcb, TcpSegment seg, long nowNs) {
        tcb.irs = seg.seq;
        tcb.rcvNxt = seg.seq + 1;
        tcb.ackedSeq = tcb.rcvNxt;
        tcb.rcvMaxWnd = ReceiveWindow.unscaled(tcb.receiveSpace());
        tcb.rcvAdv = tcb.rcvNxt + tcb.rcvMaxWnd;
        tcb.sndWnd = seg.wnd;                              // RFC 7323 §2.2: never scaled in a SYN
        tcb.maxSndWnd = seg.wnd;
        tcb.sndWl1 = seg.seq;
        TcpOptions options = seg.options;
        if (options.hasTimestamps() && tcp.cfg.timestamps()) {
            tcb.timestamps = new Timestamps(tcb.tsOffset, options.tsVal(), nowNs);
        }
        agree(tcb, options.hasMss() ? options.mss() : 0,
                options.hasWindowScale() ? options.windowScale() : -1, options.hasSackPermitted());
        tcb.lastHeardNs = nowNs;
    }

    /// What both SYNs together mean.
    ///
    /// @param mss announced, 0 if nothing was (MUST-15: then it is the default)
    /// @param scale offered by the peer, negative if it was not
    /// @param sack permitted by the peer (RFC 2018 §2)
    void agree(Tcb tcb, int mss, int scale, boolean sack) {
        assert tcb.lock.held();
        if (mss > 0) {
            tcb.peerMss = mss;
        }
        tcb.mss = Mss.effective(tcb);
        tcb.cc.mss(tcb.mss);
        if (sack && tcp.cfg.sack()) {
            tcb.agreeOnSack();
        }
        // what has arrived will tell; until then the way back is taken for as wide as the way there
        int least = Math.min(Mss.defaultFor(tcb.remoteHi, tcb.remoteLo), tcb.mss);
        tcb.rcvMss = Math.min(least, Mss.announced(tcb.path, tcb.socket.options, tcp.cfg));
        if (scale >= 0 && tcb.offeredScale >= 0) {         // RFC 7323 §2.2: both or neither
            tcb.sndScale = scale;
            tcb.rcvScale = tcb.offeredScale;
        } else {
            tcb.offeredScale = -1;
        }
    }

    /// Our SYN is acknowledged, and the peer's has come.
    void established(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        tcp.stats.add(Counter.ESTABLISHED);
        TcpEvents.opened(tcb);
        if (tcb.pendingEarly) {
            tcb.pendingEarly = false;
            tcp.fastOpen.end();
        }
        tcb.cc.established(tcb.backOffs);
        if (tcb.backOffs > 0) {
            tcb.rtt.handshakeWasRetransmitted();
        }
        tcb.backOffs = 0;
        tcb.stalledNs = nowNs;
        tcb.softError = null;
        TcpTimers.disarm(tcb, TcpTimer.REXMT);
        if (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED) {
            tcb.become(TcpState.ESTABLISHED);
            if (tcb.finQueued) {
                tcb.become(TcpState.FIN_WAIT_1);           // the CLOSE that was queued
            }
        }
        tcb.openedNs = nowNs;
        SendRoom.follow(tcb);
        tcp.timers.keepAliveChanged(tcb, nowNs);
        tcb.socket.readiness.connected();
    }
}
