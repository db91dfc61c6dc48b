package org.splnet.tcp;

import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;

/// Explicit congestion notification on one connection whose ends have agreed on it (RFC 3168 §6.1).
///
/// Covered by its connection's lock.
final class Ecn {
    /// What the low two bits of the traffic class say: the sender understands, and congestion was met.
    static final int ECT_0 = 0b10;
    static final int CE = 0b11;
    static final int MASK = 0b11;
    private static final int SETUP = TcpHeader.ECE | TcpHeader.CWR;

    private boolean echo;              // a CE has come and no CWR since
    private boolean reduced;           // CWR is owed to the peer
    private int point;                 // no second reduction before this is acknowledged

    Ecn(int iss) {
        point = iss;
    }

    /// True if the SYN asks for it (§6.1.1). AccECN (RFC 9768 §3.1.1) asks with one bit more, and takes our
    /// answer for what it is.
    static boolean asked(TcpSegment syn) {
        return (syn.flags & SETUP) == SETUP;
    }

    /// True if the SYN,ACK grants it. Both bits would be our own, mirrored by something that knows neither.
    static boolean granted(TcpSegment synAck) {
        return (synAck.flags & SETUP) == TcpHeader.ECE;
    }

    /// An acceptable segment has come (§6.1.3).
    ///
    /// @return true if its sender has come down, perhaps to this one segment, and waits for us
    boolean reacted(TcpSegment seg) {
        boolean down = (seg.flags & TcpHeader.CWR) != 0 && seg.textLen > 0;
        echo &= !down;
        return down;
    }

    /// The same segment.
    ///
    /// @return true if the peer must be told at once of congestion
    boolean received(TcpSegment seg) {
        boolean before = echo;
        if ((seg.packet.tos & MASK) == CE && seg.textLen > 0) {
            echo = true;
        }
        return echo && !before;
    }

    /// An acknowledgement tells of congestion (§6.1.2).
    ///
    /// @return true if the window is to be reduced: once per round trip
    boolean congested(int una, int sndMax) {
        if (Seq.lt(una, point)) {
            return false;
        }
        point = sndMax;
        reduced = true;
        return true;
    }

    /// All before `una` has arrived.
    void acknowledged(int una) {
        point = Seq.max(point, una);
    }

    /// Octets of new text that may go in one packet: a CWR must be in one segment, not in all of those that
    /// a packet is cut into.
    int most(int octets, int mss) {
        return reduced ? Math.min(octets, mss) : octets;
    }

    /// The segment with the CWR could not go out.
    void owed() {
        reduced = true;
    }

    /// Flags of a segment that is about to go out.
    ///
    /// @param fresh it has text that was never sent
    int flags(boolean fresh) {
        int bits = echo ? TcpHeader.ECE : 0;
        if (fresh && reduced) {
            reduced = false;
            bits |= TcpHeader.CWR;
        }
        return bits;
    }
}
