package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.splnet.wire.Checksum;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// A segment of a drill, to be injected or expected; sequence numbers are relative to the ISNs, so a SYN has
/// 0 and data begins with 1. Of an expected one only what was mentioned is compared.
final class Seg {
    static final int PEER_PORT = 5555;

    int port = PEER_PORT;
    int flags;
    boolean flagsGiven;
    Integer seq;
    Integer ack;
    Integer len;
    Integer wnd;
    Integer mss;
    Integer scale;
    Integer up;
    Integer gso;
    Integer absSeq;
    Integer absAck;
    Boolean sackPermitted;
    Integer tsVal;
    Integer tsEcr;
    boolean noTs;
    Integer ecn;
    Long cookie;
    Integer cookieLen;
    Integer congestion;
    /// Left and right edges, relative to the ISN of the receiver's peer.
    int[] sack;
    boolean noScale;
    boolean badChecksum;
    byte[] rawOptions;
    byte[] octets;

    private static Seg of(int flags) {
        Seg seg = new Seg();
        seg.flags = flags;
        seg.flagsGiven = true;
        seg.len = 0;
        return seg;
    }

    static Seg syn() {
        return of(TcpHeader.SYN).seq(0);
    }

    static Seg synAck() {
        return of(TcpHeader.SYN | TcpHeader.ACK).seq(0);
    }

    /// A segment that only acknowledges up to `n`.
    static Seg ack(int n) {
        Seg seg = of(TcpHeader.ACK);
        seg.ack = n;
        return seg;
    }

    /// Octets `[from, to)`; whether PSH is set is not compared.
    static Seg data(int from, int to) {
        Seg seg = of(TcpHeader.ACK);
        seg.seq = from;
        seg.len = to - from;
        return seg;
    }

    /// A FIN with this number.
    static Seg fin(int seq) {
        return of(TcpHeader.FIN | TcpHeader.ACK).seq(seq);
    }

    /// `<CTL=RST>` with this number.
    static Seg rst(int seq) {
        return of(TcpHeader.RST).seq(seq);
    }

    /// A RST of whatever number.
    static Seg rst() {
        return of(TcpHeader.RST);
    }

    Seg seq(int n) {
        seq = n;
        return this;
    }

    Seg acks(int n) {
        ack = n;
        flags |= TcpHeader.ACK;
        return this;
    }

    Seg noAck() {
        ack = null;
        flags &= ~TcpHeader.ACK;
        return this;
    }

    Seg flag(int bits) {
        flags |= bits;
        return this;
    }

    Seg withFin() {
        return flag(TcpHeader.FIN);
    }

    Seg wnd(int octets) {
        wnd = octets;
        return this;
    }

    Seg mss(int octets) {
        mss = octets;
        return this;
    }

    Seg scale(int shift) {
        scale = shift;
        return this;
    }

    /// SACK is permitted.
    Seg sackOk() {
        sackPermitted = true;
        return this;
    }

    Seg noSackOk() {
        sackPermitted = false;
        return this;
    }

    /// Blocks, edge by edge; none means that there must be none.
    Seg sack(int... edges) {
        sack = edges;
        return this;
    }

    /// Timestamps: value and echo. Peers of [DrillSetup#timestamps] have them without being told.
    Seg ts(int val, int ecr) {
        tsVal = val;
        tsEcr = ecr;
        return this;
    }

    /// Only the echo matters.
    Seg tsEcr(int ecr) {
        tsEcr = ecr;
        return this;
    }

    /// The ECN code point of its packet.
    Seg ecn(int codePoint) {
        ecn = codePoint;
        return this;
    }

    /// Exactly these of ECE and CWR are set.
    Seg congestion(int bits) {
        congestion = bits;
        return flag(bits);
    }

    /// A Fast Open cookie of eight octets.
    Seg cookie(long octets) {
        cookie = octets;
        cookieLen = FastOpen.COOKIE_LEN;
        return this;
    }

    /// A request for a Fast Open cookie.
    Seg cookieRequest() {
        cookieLen = 0;
        return this;
    }

    /// No Fast Open option, or a cookie whatever it is.
    Seg cookieLen(Integer octets) {
        cookieLen = octets;
        return this;
    }

    Seg noTs() {
        noTs = true;
        return this;
    }

    Seg noScale() {
        noScale = true;
        return this;
    }

    Seg urgent(int pointer) {
        up = pointer;
        return flag(TcpHeader.URG);
    }

    Seg gso(int size) {
        gso = size;
        return this;
    }

    Seg len(int octets) {
        len = octets;
        return this;
    }

    Seg from(int peerPort) {
        port = peerPort;
        return this;
    }

    Seg absSeq(int n) {
        absSeq = n;
        return this;
    }

    Seg absAck(int n) {
        absAck = n;
        flags |= TcpHeader.ACK;
        return this;
    }

    Seg badChecksum() {
        badChecksum = true;
        return this;
    }

    Seg rawOptions(int... octets) {
        rawOptions = new byte[octets.length + 3 & ~3];
        for (int i = 0; i < octets.length; i++) {
            rawOptions[i] = (byte) octets[i];
        }
        return this;
    }

    /// The segment on the wire, transport header first.
    byte[] wire(DrillPeer.Conversation c, int localPort, InetAddr src, InetAddr dst) {
        TcpOptions options = new TcpOptions().clear();
        if (mss != null) {
            options.mss(mss);
        }
        if (scale != null) {
            options.windowScale(scale);
        }
        if (sackPermitted != null && sackPermitted) {
            options.sackPermitted();
        }
        if (tsVal != null && !noTs) {
            options.timestamps(tsVal, tsEcr == null ? 0 : tsEcr);
        }
        if (cookieLen != null) {
            options.fastOpen(cookie == null ? 0 : cookie, 0, cookieLen);
        }
        for (int i = 0; sack != null && i < sack.length; i += 2) {
            options.sackBlock(c.ourIsn + sack[i], c.ourIsn + sack[i + 1]);
        }
        int optionsLen = rawOptions != null ? rawOptions.length : options.length();
        int headerLen = TcpHeader.MIN_LEN + optionsLen;
        ByteBuf buf = Unpooled.buffer(headerLen + len);
        buf.writerIndex(headerLen + len);
        TcpHeader header = new TcpHeader().wrap(buf, 0).begin(headerLen, flags);
        header.srcPort(port).dstPort(localPort).window(wnd == null ? c.wnd : wnd);
        header.seq(absSeq != null ? absSeq : c.peerIsn + seq);
        if ((flags & TcpHeader.ACK) != 0) {
            header.ack(absAck != null ? absAck : c.ourIsn + ack);
        }
        if (up != null) {
            header.urgentPointer(up);
        }
        if (rawOptions != null) {
            buf.setBytes(TcpHeader.MIN_LEN, rawOptions);
        } else {
            options.write(buf, TcpHeader.MIN_LEN);
        }
        int first = (flags & TcpHeader.SYN) != 0 ? 0 : seq - 1;
        for (int i = 0; i < len; i++) {
            buf.setByte(headerLen + i, Drill.octet(first + i));
        }
        int sum = Checksum.pseudo(src.hi(), src.lo(), dst.hi(), dst.lo(), IpProto.TCP, headerLen + len);
        sum = Checksum.add(sum, Checksum.sum(buf, 0, headerLen + len));
        header.checksum(Checksum.finish(sum) ^ (badChecksum ? 1 : 0));
        byte[] out = new byte[headerLen + len];
        buf.getBytes(0, out);
        return out;
    }

    /// What of this expectation `got` does not meet, null if all is well.
    String misses(Seg got) {
        int mask = TcpHeader.FIN | TcpHeader.SYN | TcpHeader.RST | TcpHeader.ACK | TcpHeader.URG;
        if (port != got.port) {
            return "port";
        }
        if (flagsGiven && (flags & mask) != (got.flags & mask)) {
            return "flags";
        }
        return differs(seq, got.seq) ? "seq" : differs(ack, got.ack) ? "ack"
                : differs(len, got.len) ? "length" : differs(wnd, got.wnd) ? "window"
                : differs(mss, got.mss) ? "MSS"
                : differs(scale, got.scale) ? "window scale" : noScale && got.scale != null ? "window scale"
                : sackPermitted != null && !sackPermitted.equals(got.sackPermitted) ? "SACK permitted"
                : sack != null && !Arrays.equals(sack, got.sack) ? "SACK blocks"
                : differs(tsVal, got.tsVal) ? "timestamp" : differs(tsEcr, got.tsEcr) ? "echoed timestamp"
                : cookieLen != null && cookieLen != (got.cookieLen == null ? -1 : got.cookieLen) ? "cookie"
                : differs(ecn, got.ecn) ? "ECN code point"
                : differs(congestion, got.flags & (TcpHeader.ECE | TcpHeader.CWR)) ? "ECE, CWR"
                : noTs && got.tsVal != null ? "timestamps"
                : differs(up, got.up) ? "urgent pointer" : differs(gso, got.gso) ? "GSO size"
                : differs(absSeq, got.absSeq) ? "absolute seq" : differs(absAck, got.absAck) ? "absolute ack"
                : null;
    }

    private static boolean differs(Integer wanted, Integer got) {
        return wanted != null && !wanted.equals(got);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(port == PEER_PORT ? "" : port + " ");
        out.append(TcpHeader.flagString(flags));
        if (seq != null) {
            out.append(" seq ").append(seq);
            if (len != null && len > 0) {
                out.append(':').append(seq + len);
            }
        }
        append(out, "len", len != null && len > 0 ? len : null);
        append(out, "ack", ack);
        append(out, "win", wnd);
        append(out, "mss", mss);
        append(out, "wscale", scale);
        append(out, "urg", up);
        if (sack != null && sack.length > 0) {
            out.append(" sack ").append(Arrays.toString(sack));
        }
        append(out, "tsval", tsVal);
        append(out, "tsecr", tsEcr);
        append(out, "gso", gso != null && gso > 0 ? gso : null);
        return out.toString();
    }

    private static void append(StringBuilder out, String name, Integer value) {
        if (value != null) {
            out.append(' ').append(name).append(' ').append(value);
        }
    }
}
