package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// One received segment, parsed: SEG.SEQ, SEG.ACK, SEG.LEN, SEG.WND, SEG.UP of RFC 9293 §3.3.1, and where its
/// text lies. One instance per input thread, used by one thread, valid during one call; the text is
/// borrowed from the packet.
///
/// Trimming moves `seq` and the text together, so that what is left is always a valid segment.
final class TcpSegment {
    private static final FastThreadLocal<TcpSegment> HERE = new FastThreadLocal<>() {
        @Override
        protected TcpSegment initialValue() {
            return new TcpSegment();
        }
    };

    private final TcpHeader header = new TcpHeader();
    final TcpOptions options = new TcpOptions();
    Packet packet;
    int srcPort;
    int dstPort;
    int seq;
    int ack;
    int flags;
    int wnd;                           // as it stands in the header
    private boolean handshake;         // it came with a SYN
    int up;
    ByteBuf buf;
    int textAt;
    int textLen;
    int gsoSize;

    private TcpSegment() {
    }

    /// This thread's instance.
    static TcpSegment here() {
        return HERE.get();
    }

    /// It, or what it says, is not taken: it will be counted and shown among what is dropped.
    void unacceptable() {
        packet.blame(DropReason.TCP_UNACCEPTABLE);
    }

    /// Reads the segment in `packet` from `l4` to `end`. Borrows `packet`.
    ///
    /// @return false if it is cut short
    boolean parse(Packet received) {
        packet = received;
        int len = received.end - received.l4;
        header.wrap(received.buf, received.l4);
        if (!header.fits(len)) {
            return false;
        }
        srcPort = header.srcPort();
        dstPort = header.dstPort();
        seq = header.seq();
        ack = header.ack();
        flags = header.flags();
        wnd = header.window();
        handshake = syn();
        up = header.urgentPointer();
        buf = received.buf;
        textAt = header.payload();
        textLen = len - header.headerLen();
        gsoSize = received.gsoSize;
        if (header.headerLen() > TcpHeader.MIN_LEN) {
            options.parse(header);
        } else {
            options.clear();
        }
        return true;
    }

    /// RFC 9293 MUST-3, unless the device vouches for it.
    boolean checksumGood() {
        if ((packet.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL)) != 0) {
            return true;
        }
        int len = packet.end - packet.l4;
        int sum = Checksum.pseudo(packet.srcHi, packet.srcLo, packet.dstHi, packet.dstLo, IpProto.TCP, len);
        return Checksum.add(sum, Checksum.sum(packet.buf, packet.l4, len)) == Checksum.GOOD;
    }

    /// Forgets the packet.
    void done() {
        packet = null;
        buf = null;
    }

    boolean fin() {
        return (flags & TcpHeader.FIN) != 0;
    }

    boolean syn() {
        return (flags & TcpHeader.SYN) != 0;
    }

    boolean rst() {
        return (flags & TcpHeader.RST) != 0;
    }

    boolean hasAck() {
        return (flags & TcpHeader.ACK) != 0;
    }

    boolean psh() {
        return (flags & TcpHeader.PSH) != 0;
    }

    boolean urg() {
        return (flags & TcpHeader.URG) != 0;
    }

    /// SEG.LEN: octets of sequence space, SYN and FIN included.
    int len() {
        return textLen + (syn() ? 1 : 0) + (fin() ? 1 : 0);
    }

    /// Number of the FIN, if it has one.
    int finSeq() {
        return seq + textLen + (syn() ? 1 : 0);
    }

    /// The SYN has been dealt with: what is left begins behind it.
    void stripSyn() {
        if (syn()) {
            flags &= ~TcpHeader.SYN;
            seq++;
            up = up > 0 ? up - 1 : 0;
        }
    }

    /// SEG.WND as this connection has to read it. RFC 7323 §2.2: never scaled with a SYN.
    int window(Tcb tcb) {
        return handshake ? wnd : wnd << tcb.sndScale;
    }

    /// Cuts off `octets` in front that are old, at most all text. The urgent pointer keeps pointing where it
    /// did.
    void trimFront(int octets) {
        int cut = Math.min(octets, textLen);
        seq += cut;
        textAt += cut;
        textLen -= cut;
        if (up > cut) {
            up -= cut;
        } else {
            flags &= ~TcpHeader.URG;
        }
    }

    /// Cuts off what lies behind `octets` of text, and the FIN with it.
    void trimBack(int octets) {
        textLen = octets;
        flags &= ~TcpHeader.FIN;
    }
}
