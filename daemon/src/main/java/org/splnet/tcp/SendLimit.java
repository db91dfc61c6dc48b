package org.splnet.tcp;

import org.splnet.kern.Labels;

/// Why a connection sends no more than it does.
enum SendLimit {
    /// Everything its user has handed in has been sent, or what is left is held back for more of it (Nagle).
    APPLICATION,
    /// Everything has been sent, and the user has more, but the send buffer is full.
    SEND_BUFFER,
    /// The peer takes no more.
    RECEIVE_WINDOW,
    /// The network is believed to take no more.
    CONGESTION_WINDOW,
    /// The time of the next segment has not come.
    PACING,
    /// The interface's queue was full, or its worker looks first for what has come in.
    DEVICE;

    static final int COUNT = values().length;

    /// Sending has come to a stop, for now: books the reason, and wakes a user who waits for what waits to
    /// become less.
    static void stopped(Tcb tcb, long nowNs) {
        SendLimit why = of(tcb, nowNs);
        if (why != APPLICATION || tcb.limits != null) {
            tcb.limits().stopped(why, nowNs);
        }
        if (why == APPLICATION && tcb.traffic != null) {
            tcb.traffic.unused();
        }
        if (SendRoom.lowat(tcb) > 0) {
            tcb.socket.readiness.writable();
        }
    }

    /// The reason, when sending has come to a stop.
    static SendLimit of(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        boolean paced = tcb.pacer.delayNs(tcb, nowNs) > 0;
        if (tcb.loss.lost() > 0) {
            return paced && tcb.loss.allowance(tcb) >= tcb.mss ? PACING : CONGESTION_WINDOW;
        }
        if (!tcb.hasUnsent()) {
            return byUser(tcb);
        }
        int want = Math.min(Math.max(tcb.finSeq() - tcb.sndNxt, 1), tcb.mss);
        int window = tcb.sndUna + tcb.sndWnd - tcb.sndNxt;
        int allowed = tcb.loss.allowance(tcb);
        if (Math.min(window, allowed) < want) {
            return window <= allowed ? RECEIVE_WINDOW : CONGESTION_WINDOW;
        }
        return paced ? PACING : want < tcb.mss && tcb.flight() > 0 ? byUser(tcb) : DEVICE;
    }

    private static SendLimit byUser(Tcb tcb) {
        return tcb.socket.readiness.waitsForRoom() ? SEND_BUFFER : APPLICATION;
    }

    /// The name as it is shown: lower case, dashes.
    String label() {
        return Labels.of(this);
    }
}
