package org.splnet.tcp;

import org.splnet.pkt.DropReason;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// What comes out of order: held until what is missing has come, and told of at once.
final class OutOfOrder {
    /// More duplicates than these tell a sender nothing.
    private static final int MAX_DUPLICATES = 3;

    private final Tcp tcp;

    OutOfOrder(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Text or a FIN, in the window. What lies behind a FIN that is held is cut off; of what has come before,
    /// or some of it, the next acknowledgement says so (RFC 2883 §4.2).
    static void compared(Tcb tcb, TcpSegment seg) {
        ReassemblyQueue queue = tcb.reassembly;
        if (queue == null) {
            return;
        }
        cutBehindFin(queue, seg);
        int end = seg.seq + seg.textLen;
        if (queue.held(seg.seq, end)) {
            twice(tcb, Seq.max(seg.seq, queue.runStart()), Seq.min(end, queue.runEnd()));
        }
    }

    /// A peer that has said where its stream ends has no more to say behind that.
    private static void cutBehindFin(ReassemblyQueue queue, TcpSegment seg) {
        int octets = queue.inFront(seg.seq, seg.textLen);
        if (octets < seg.textLen) {
            seg.unacceptable();
            seg.trimBack(octets);
        }
    }

    /// Makes readable what is held behind it, all of it: worth more than it takes.
    static boolean fillsGap(Tcb tcb, TcpSegment seg) {
        return seg.seq == tcb.rcvNxt && tcb.reassembly != null
                && tcb.reassembly.reaches(seg.seq + seg.textLen);
    }

    /// RFC 2883 §4: the next acknowledgement says that text has come twice.
    static void twice(Tcb tcb, int from, int to) {
        if (tcb.sackAgreed && Seq.lt(from, to)) {
            tcb.sackReport().duplicate(from, to);
        }
    }

    /// SHLD-31: held. RFC 5681 §4.2: a duplicate acknowledgement at once, for each segment that was merged
    /// into this one, as the sender counts them.
    void arrives(Tcb tcb, TcpSegment seg, long nowNs) {
        assert tcb.lock.held();
        ReassemblyQueue queue = tcb.reassembly();
        if (seg.fin()) {
            queue.fin(seg.finSeq());
        }
        if (seg.textLen > 0) {
            hold(tcb, queue, seg);
            tcp.window.held(tcb, seg, nowNs);
        }
        if (tcb.sackAgreed) {
            tcb.sackReport().arrived(seg.seq);
        }
        int merged = seg.gsoSize == 0 ? 1 : (seg.textLen + seg.gsoSize - 1) / seg.gsoSize;
        for (int i = Math.clamp(merged, 1, MAX_DUPLICATES); i > 0; i--) {
            tcp.writer.ack(tcb, nowNs);
        }
    }

    private void hold(Tcb tcb, ReassemblyQueue queue, TcpSegment seg) {
        int end = seg.seq + seg.textLen;
        int added = queue.add(seg.seq, seg.buf, seg.textAt, seg.textLen);
        boolean whole = queue.held(seg.seq, end) && Seq.leq(queue.runStart(), seg.seq)
                && Seq.leq(end, queue.runEnd());
        if (!whole) {                                      // some of it has found no room
            seg.packet.blame(DropReason.TCP_REASSEMBLY_FULL);
        }
        if (added > 0) {
            tcp.stats.add(Counter.OUT_OF_ORDER);
        } else if (whole) {
            tcp.stats.add(Counter.DUPLICATES);
        }
    }
}
