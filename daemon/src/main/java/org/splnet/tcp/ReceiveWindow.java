package org.splnet.tcp;

import org.splnet.wire.Seq;

/// The window we offer (RFC 9293 §3.8.6): its right edge never moves left (SHLD-14), and moves right in steps
/// worth a segment only (silly-window avoidance, MUST-39).
final class ReceiveWindow {
    static final int MAX_UNSCALED = 0xffff;
    private static final int MAX_SCALE = 14;

    private final ReceiveMemory memory;

    ReceiveWindow(ReceiveMemory memory) {
        this.memory = memory;
    }

    /// The least scale with which all of `limit` octets can be offered (RFC 7323 §2.2).
    static int scaleFor(int limit) {
        int scale = 0;
        while (scale < MAX_SCALE && (long) MAX_UNSCALED << scale < limit) {
            scale++;
        }
        return scale;
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
    /// half the buffer, if the peer has used up most of the window; else its next ACK brings it early enough.
    boolean updateDue(Tcb tcb) {
        assert tcb.lock.held();
        if (tcb.finReceived || !tcb.state.takesText()) {
            return false;
        }
        int promised = tcb.window();
        int growth = space(tcb) - promised;
        int limit = tcb.socket.options.receiveBuffer();
        int offered = tcb.rcvMaxWnd;
        return growth >= Math.min(2 * tcb.rcvMss, limit / 2)
                && (promised <= offered / 8 || promised <= offered / 2 && growth >= offered / 4);
    }

    private int space(Tcb tcb) {
        if (memory.exhausted()) {
            return 0;
        }
        return Math.min(tcb.receiveSpace(), MAX_UNSCALED << tcb.rcvScale);
    }

    /// RFC 9293 §3.8.6.2.2: the lesser of half the buffer and a segment.
    private static int step(Tcb tcb) {
        return Math.min(tcb.rcvMss, tcb.socket.options.receiveBuffer() / 2);
    }
}
