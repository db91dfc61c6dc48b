package org.splnet.tcp;

import org.splnet.socket.SocketOptions;
import org.splnet.wire.Seq;

/// The window we offer (RFC 9293 §3.8.6): its right edge never moves left (SHLD-14), and moves right in steps
/// worth a segment only (silly-window avoidance, MUST-39). How large it may become is the user's choice, or
/// [ReceiveTuning]'s.
final class ReceiveWindow {
    static final int MAX_UNSCALED = 0xffff;
    private static final int MAX_SCALE = 14;
    /// A buffer is large enough as long as only this part of it is read in a round trip: twice that is on its
    /// way in the next one if the sender is in slow start, and again twice that before it can be known.
    private static final int ENOUGH = 4;
    /// Part of the largest window.
    private static final int WORTH_TELLING = 8;

    private final ReceiveMemory memory;

    ReceiveWindow(ReceiveMemory memory) {
        this.memory = memory;
    }

    /// What a new connection can receive ahead of its user.
    static int initial(TcpConfig cfg, SocketOptions options) {
        return options.receiveBuffer() == SocketOptions.AUTO ? cfg.receiveBuffer() : options.receiveBuffer();
    }

    /// What that can become, which the window scale must allow for.
    static int most(TcpConfig cfg, SocketOptions options) {
        return options.receiveBuffer() == SocketOptions.AUTO ? cfg.receiveBufferMax()
                : options.receiveBuffer();
    }

    /// The least scale with which all of `limit` octets can be offered (RFC 7323 §2.2).
    static int scaleFor(int limit) {
        int scale = 0;
        while (scale < MAX_SCALE && (long) MAX_UNSCALED << scale < limit) {
            scale++;
        }
        return scale;
    }

    /// The scale that a SYN offers, negative for none.
    static int offeredScale(TcpConfig cfg, SocketOptions options) {
        if (!cfg.windowScaling()) {
            return -1;
        }
        return cfg.windowScale() >= 0 ? cfg.windowScale() : scaleFor(most(cfg, options));
    }

    /// The window field of a SYN, which is never scaled (RFC 7323 §2.2).
    static int unscaled(int space) {
        return Math.min(space, MAX_UNSCALED);
    }

    /// The window field of the segment that is about to be sent; moves the right edge.
    int advertise(Tcb tcb) {
        assert tcb.lock.held();
        int scale = tcb.rcvScale;
        int space = space(tcb);
        int promised = tcb.window();
        int wanted = space - promised >= step(tcb) ? space : promised;
        int field = wanted >>> scale;
        // rounding down would take octets back; rounding up must not promise what there is no room for
        if (field << scale < promised && field < MAX_UNSCALED && field + 1 << scale <= space) {
            field++;
        }
        tcb.rcvAdv = Seq.max(tcb.rcvAdv, tcb.rcvNxt + (field << scale));
        tcb.rcvMaxWnd = Math.max(tcb.rcvMaxWnd, tcb.window());
        return field;
    }

    /// True if the user has read so much that the peer should be told without being asked: two segments or
    /// half the buffer, and enough of the window to be worth a segment of our own; what is still unread keeps
    /// the user busy until then. If he has read all, anything, once the peer has used up most of the window.
    /// As long as it has not, its next ACK brings it early enough.
    boolean updateDue(Tcb tcb) {
        assert tcb.lock.held();
        if (tcb.finReceived || !tcb.state.takesText()) {
            return false;
        }
        int promised = tcb.window();
        int growth = space(tcb) - promised;
        int limit = memory.pressed() ? Math.min(tcb.tcp.cfg.receiveBuffer(), tcb.rcvLimit) : tcb.rcvLimit;
        int offered = Math.min(tcb.rcvMaxWnd, limit);
        if (growth < Math.min(2 * tcb.rcvMss, limit / 2)) {
            return false;
        }
        return promised <= offered / 2 && growth >= offered / WORTH_TELLING
                || promised <= offered / WORTH_TELLING && (tcb.rcv == null || tcb.rcv.used() == 0);
    }

    private int space(Tcb tcb) {
        if (memory.exhausted()) {
            return 0;
        }
        int space = tcb.receiveSpace();
        if (memory.pressed()) {                            // others need it: no more than it began with
            space = Math.clamp(tcb.tcp.cfg.receiveBuffer() - (long) (tcb.rcvLimit - space), 0, space);
        }
        return Math.min(space, MAX_UNSCALED << tcb.rcvScale);
    }

    /// RFC 9293 §3.8.6.2.2: the lesser of half the buffer and a segment.
    private static int step(Tcb tcb) {
        return Math.min(tcb.rcvMss, tcb.rcvLimit / 2);
    }

    private static boolean isAutomatic(Tcb tcb) {
        return tcb.socket.options.receiveBuffer() == SocketOptions.AUTO;
    }

    /// Text has arrived in order: the buffer may have to grow, or the user has fallen behind.
    void arrived(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        if (isAutomatic(tcb) && !tcb.inputShut) {
            tune(tcb, seg, nowNs);
        }
        reading(tcb, nowNs);
    }

    /// Text is held out of order. A user who has read all there is does not keep the peer from going on while
    /// the hole is mended. Not without SACK: there an acknowledgement that changes the window is no duplicate
    /// (RFC 5681 §2).
    void held(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        if (tcb.sackAgreed && isAutomatic(tcb) && !tcb.inputShut) {
            tune(tcb, seg, nowNs);
        }
    }

    private void tune(Tcb tcb, TcpSegment seg, long nowNs) {
        int unread = tcb.unread();
        int held = tcb.outOfOrder();
        int readSeq = tcb.rcvNxt + (unread == 0 ? held : -unread);
        if (tcb.tuning == null) {
            tcb.tuning = new ReceiveTuning(readSeq, tcb.rcvAdv, tcb.rtt.srttNs(), tcb.rcvLimit / ENOUGH,
                    nowNs);
        }
        ReceiveTuning tuning = tcb.tuning;
        if (tcb.timestamps != null && seg.options.hasTimestamps()) {
            int echo = seg.options.tsEcr();
            tuning.echoed(echo, tcb.timestamps.ageNs(echo, nowNs), nowNs);
        } else {
            tuning.arrived(tcb.rcvNxt, tcb.rcvAdv, nowNs);
        }
        // what is held takes none of the room for what comes in the meantime
        long wanted = (long) tuning.wanted(readSeq, nowNs) + held;
        if (wanted > tcb.rcvLimit && !memory.pressed()) {
            limit(tcb, (int) Math.min(wanted, tcb.tcp.cfg.receiveBufferMax()));
        }
    }

    /// Sets what can be received ahead of the user. A window once offered stays offered.
    void limit(Tcb tcb, int octets) {
        assert tcb.lock.held();
        tcb.rcvLimit = octets;
        if (tcb.rcv != null) {
            tcb.rcv.limit(octets);
        }
    }

    /// Looks whether what is not read leaves the peer less than a segment; after something has arrived, or
    /// when the peer has been told of more room.
    void reading(Tcb tcb, long nowNs) {
        boolean unread = !tcb.finReceived && !tcb.inputShut && tcb.receiveSpace() < step(tcb);
        if (unread || tcb.limits != null) {
            tcb.limits().unread(unread, nowNs);
        }
    }
}
