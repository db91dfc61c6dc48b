package org.splnet.net;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;

/// A received frame as [Merger] sees it: whether it is a segment of TCP that could be part of a larger one,
/// and what it would have to share with the others. IPv4 only so far, as [Segmenter].
///
/// Owned by one thread, that of the duty; used again for each frame.
final class MergeCandidate {
    /// What a frame is.
    enum Kind {
        /// No TCP: it may overtake any.
        OTHER,
        /// Of some flow that it does not pay, or is not possible, to find out: it must overtake none.
        OPAQUE,
        /// A segment that is to stay one, as those without text and those that say more than that it came.
        LONE,
        /// A segment of text, and nothing but that.
        TEXT
    }

    /// Octets of text that are worth it: less is copied by the socket anyway, and who sends little waits for
    /// an answer.
    static final int LEAST_TEXT = 512;
    /// Octets of the smallest frame with as much.
    static final int LEAST_FRAME = EtherHeader.LEN + Ip4Header.MIN_LEN + TcpHeader.MIN_LEN + LEAST_TEXT;

    private static final int OPTIONS_AT = TcpHeader.MIN_LEN;
    private static final int ALLOWED = TcpHeader.ACK | TcpHeader.PSH | TcpHeader.ECE;

    private final long station;
    private final Ip4Header ip = new Ip4Header();
    private final TcpHeader tcp = new TcpHeader();
    /// The frame itself, borrowed.
    Packet frame;
    /// Station it comes from.
    long source;
    /// Source and destination address.
    long hosts;
    /// Source and destination port.
    int ports;
    int seq;
    int ack;
    /// Flags, but not [#pushed], and window.
    int flagsAndWindow;
    boolean pushed;
    /// Traffic class, time to live, and whether it may be cut: all that else differs between IP headers.
    int service;
    /// Offsets behind [Packet#start].
    int tcpAt;
    int optionsLen;
    int textAt;
    int textLen;

    /// @param station the interface's address
    MergeCandidate(long station) {
        this.station = station;
    }

    /// Reads a frame. Borrows it until the next one.
    Kind read(Packet next) {
        frame = next;
        ByteBuf buf = next.buf;
        int at = next.start;
        int len = next.end - at;
        if (len < EtherHeader.LEN) {
            return Kind.OTHER;
        }
        int type = buf.getUnsignedShort(at + 12);
        if (type != EtherType.IPV4) {
            return type == EtherType.VLAN ? Kind.OPAQUE : Kind.OTHER;
        }
        int left = len - EtherHeader.LEN;
        if (left < Ip4Header.MIN_LEN) {
            return Kind.OTHER;
        }
        ip.wrap(buf, at + EtherHeader.LEN);
        if (ip.proto() != IpProto.TCP) {
            return Kind.OTHER;
        }
        return buf.getLong(at) >>> 16 == station && plainNetworkHeader(left) ? transport(at) : Kind.OPAQUE;
    }

    /// True if nothing is said that would be lost, and the header is what [org.splnet.ip] takes: of the
    /// merged packet it sees only one.
    private boolean plainNetworkHeader(int left) {
        return ip.version() == Ip4Header.VERSION && ip.headerLen() == Ip4Header.MIN_LEN && !ip.isFragment()
                && ip.totalLengthFits(left) && ip.checksumOk();
    }

    private Kind transport(int at) {
        int len = ip.payloadLen();
        tcp.wrap(frame.buf, ip.l4());
        if (!tcp.fits(len)) {
            return Kind.OPAQUE;
        }
        hosts = (long) ip.src() << 32 | ip.dst() & 0xffff_ffffL;
        ports = tcp.srcPort() << 16 | tcp.dstPort();
        int flags = tcp.flags();
        textLen = len - tcp.headerLen();
        if (textLen < LEAST_TEXT || (flags & ~ALLOWED) != 0 || (flags & TcpHeader.ACK) == 0
                || frame.gsoSize != 0 || frame.pieces() > 0) {
            return Kind.LONE;
        }
        source = frame.buf.getLong(at + 4) & 0xffff_ffff_ffffL;
        seq = tcp.seq();
        ack = tcp.ack();
        pushed = (flags & TcpHeader.PSH) != 0;
        flagsAndWindow = (flags & ~TcpHeader.PSH) << 16 | tcp.window();
        service = ip.tos() << 16 | ip.ttl() << 8 | (ip.dontFragment() ? 1 : 0);
        tcpAt = ip.l4() - at;
        optionsLen = tcp.optionsLen();
        textAt = tcpAt + tcp.headerLen();
        return Kind.TEXT;
    }

    /// True if the text is what was sent: a wrong octet must not spoil the good ones of others.
    boolean checksumGood() {
        if ((frame.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL)) != 0) {
            return true;
        }
        int len = textAt - tcpAt + textLen;
        int sum = Checksum.pseudo(0, ip.srcLo(), 0, ip.dstLo(), IpProto.TCP, len);
        return Checksum.add(sum, Checksum.sum(frame.buf, frame.start + tcpAt, len)) == Checksum.GOOD;
    }

    /// True if its TCP options are those of `head`, whose headers are as long.
    boolean sameOptions(Packet head) {
        int at = tcpAt + OPTIONS_AT;
        for (int i = 0; i < optionsLen; i += 4) {
            if (frame.buf.getInt(frame.start + at + i) != head.buf.getInt(head.start + at + i)) {
                return false;
            }
        }
        return true;
    }
}
