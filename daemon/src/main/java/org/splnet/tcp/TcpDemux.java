package org.splnet.tcp;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// Finds out whose a segment is, and hands it over under that one's lock. Looking up takes no lock, so what
/// is found may be gone when its lock is held: then it is looked up again.
final class TcpDemux {
    /// Rounds before a segment is given up; each needs a connection or listener to end in the very moment.
    private static final int ROUNDS = 4;
    private static final long ANY_V4 = Ip4Addr.ANY.lo();

    private final Tcp tcp;

    TcpDemux(Tcp tcp) {
        this.tcp = tcp;
    }

    /// A segment for this host. Consumes `packet`.
    void input(Packet packet, long nowNs) {
        tcp.stats.add(Counter.SEGMENTS_IN);
        TcpSegment seg = TcpSegment.here();
        DropReason wrong = null;
        try {
            wrong = check(seg, packet);
            if (wrong == null) {
                wrong = dispatch(seg, nowNs);
            }
        } catch (OutOfMemoryError e) {                      // of buffers: Netty's limit
            wrong = DropReason.NO_BUFFERS;
        } finally {
            // also after a fault: some of its text may be kept, and then nobody else can tell whose it is
            if (wrong == null) {
                packet.free();
            } else {
                packet.drop(wrong);
            }
            seg.done();
        }
    }

    private DropReason check(TcpSegment seg, Packet packet) {
        // MUST-57, RFC 1122, 4.2.3.10: broadcast and multicast are none of TCP's business
        if (packet.toMany()) {
            return DropReason.TCP_BAD_ADDRESS;
        }
        if (!seg.parse(packet)) {
            return DropReason.TCP_TRUNCATED;
        }
        if (!seg.checksumGood()) {
            return DropReason.TCP_BAD_CHECKSUM;
        }
        return seg.srcPort == 0 || seg.dstPort == 0 ? DropReason.TCP_BAD_ADDRESS : null;
    }

    private DropReason dispatch(TcpSegment seg, long nowNs) {
        Packet p = seg.packet;
        for (int round = 0; round < ROUNDS; round++) {
            TcpPcb pcb = lookup(seg);
            if (pcb == null && !tcp.isUnicast(p.srcHi, p.srcLo)) {
                return DropReason.TCP_BAD_ADDRESS;             // MUST-63: that can be nobody's address
            }
            boolean taken = switch (pcb) {
                case null -> listening(seg, null, nowNs);
                case Tcb tcb -> connected(tcb, seg, nowNs);
                case HalfOpen entry -> entry.listener.segmentArrives(entry, seg, nowNs);
                case TimeWait entry -> waiting(entry, seg, nowNs);
            };
            if (taken) {
                return null;
            }
            if (pcb == null && lookup(seg) == null) {
                tcp.reset.answer(seg, nowNs);                  // CLOSED (RFC 9293 §3.10.7.1)
                return DropReason.TCP_NO_ENDPOINT;
            }
        }
        return DropReason.TCP_NO_ENDPOINT;
    }

    /// Who has the segment's four-tuple just now; null for nobody.
    TcpPcb lookup(TcpSegment seg) {
        Packet p = seg.packet;
        return tcp.pcbs.lookup(p.dstHi, p.dstLo, seg.dstPort, p.srcHi, p.srcLo, seg.srcPort);
    }

    private boolean connected(Tcb tcb, TcpSegment seg, long nowNs) {
        tcb.lock.lock();
        try {
            if (tcb.detached) {
                return false;
            }
            tcp.input.segmentArrives(tcb, seg, nowNs);
            return true;
        } finally {
            tcb.lock.unlock();
        }
    }

    private boolean waiting(TimeWait entry, TcpSegment seg, long nowNs) {
        return switch (tcp.timeWaits.segmentArrives(entry, seg, listener(seg) != null, nowNs)) {
            case DONE -> true;
            case GONE -> false;
            case REOPEN -> listening(seg, entry, nowNs);
        };
    }

    private boolean listening(TcpSegment seg, TimeWait floor, long nowNs) {
        for (int round = 0; round < ROUNDS; round++) {
            TcpListener listener = listener(seg);
            if (listener == null) {
                return false;
            }
            if (listener.segmentArrives(seg, floor, nowNs)) {
                return true;
            }
        }
        return false;
    }

    /// The listener that is most particular about the address: this one, any of the family, any. Where
    /// several share it (`SO_REUSEPORT`), the one that the four-tuple falls to.
    private TcpListener listener(TcpSegment seg) {
        Packet p = seg.packet;
        TcpListener[] found = tcp.listeners.lookup(p.dstHi, p.dstLo, seg.dstPort);
        if (found == null && InetAddr.isV4(p.dstHi, p.dstLo)) {
            found = tcp.listeners.lookup(0, ANY_V4, seg.dstPort);
        }
        if (found == null) {
            found = tcp.listeners.lookup(0, 0, seg.dstPort);
        }
        return found == null ? null : found.length == 1 ? found[0] : found[tcp.listeners.pick(found.length,
                p.dstHi, p.dstLo, seg.dstPort, p.srcHi, p.srcLo, seg.srcPort)];
    }
}
