package org.splnet.tcp;

import org.splnet.socket.SocketOptions;

/// How much a user may hand in ahead of the network. An automatic send buffer holds twice the congestion
/// window: one on its way, another to be sent when the first is acknowledged. It follows the window down,
/// too: what waits longer than a round trip is memory spent and answers delayed. `TCP_NOTSENT_LOWAT` bounds
/// what waits to be sent, whatever is on its way.
final class SendRoom {
    /// Room for less than this part of the buffer is not worth waking a sender for.
    private static final int WRITABLE_PART = 4;

    private SendRoom() {
    }

    /// What the buffer of a new connection holds.
    static int initial(TcpConfig cfg, SocketOptions options) {
        return options.sendBuffer() == SocketOptions.AUTO ? cfg.sendBuffer() : options.sendBuffer();
    }

    /// The congestion window has changed.
    static void follow(Tcb tcb) {
        assert tcb.lock.held();
        if (tcb.socket.options.sendBuffer() != SocketOptions.AUTO) {
            return;
        }
        TcpConfig cfg = tcb.tcp.cfg;
        limit(tcb, Math.clamp(2L * tcb.cc.cwnd(), cfg.sendBuffer(), cfg.sendBufferMax()));
    }

    /// Sets what the buffer holds.
    static void limit(Tcb tcb, int octets) {
        tcb.sndLimit = octets;
        if (tcb.snd != null) {
            tcb.snd.limit(octets);
        }
    }

    /// Octets that would be taken now. As long as less waits than may, a segment's worth is: less would be
    /// silly.
    static int octets(Tcb tcb) {
        int room = tcb.snd == null ? tcb.sndLimit : tcb.snd.space();
        int lowat = lowat(tcb);
        if (lowat == 0) {
            return room;
        }
        int waiting = waiting(tcb);
        return waiting >= lowat ? 0 : Math.min(room, Math.max(lowat - waiting, tcb.mss));
    }

    /// So much room that a user who waits for it should be told. Half of what may wait: so that there is
    /// something to be sent until the user has come.
    static boolean worthTelling(Tcb tcb) {
        int lowat = lowat(tcb);
        if (lowat > 0 && 2L * waiting(tcb) >= lowat) {
            return false;
        }
        return tcb.snd == null || tcb.snd.space() >= Math.max(1, tcb.snd.limit() / WRITABLE_PART);
    }

    /// What may wait to be sent; 0 if only the buffer counts.
    static int lowat(Tcb tcb) {
        int own = tcb.socket.options.notSentLowat();
        return own > 0 ? own : tcb.tcp.cfg.notSentLowat();
    }

    /// Octets that have never been sent.
    private static int waiting(Tcb tcb) {
        return Math.clamp(tcb.finSeq() - tcb.sndMax, 0, tcb.queued());
    }
}
