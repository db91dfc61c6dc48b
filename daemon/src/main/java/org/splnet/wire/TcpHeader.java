package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// TCP header (RFC 9293 §3.1) as a view.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |          source port          |       destination port        |
/// +-------------------------------+-------------------------------+
/// |                        sequence number                        |
/// +---------------------------------------------------------------+
/// |                     acknowledgment number                     |
/// +-------+-----+-+-+-+-+-+-+-+-+-+-------------------------------+
/// | data  |     |A|C|E|U|A|P|R|S|F|                               |
/// | offset|  0  |E|W|C|R|C|S|S|Y|I|            window             |
/// |       |     | |R|E|G|K|H|T|N|N|                               |
/// +-------+-----+-+-+-+-+-+-+-+-+-+-------------------------------+
/// |           checksum            |        urgent pointer         |
/// +-------------------------------+-------------------------------+
/// |                options, up to 40 octets ...                   |
/// +---------------------------------------------------------------+
/// ```
/// AE is RFC 9768 §3.1's. Ask [#fits] once after [#wrap]; only then are the accessors in bounds. Lengths and
/// offsets are in octets. Owned by one worker, never stored.
public final class TcpHeader {
    /// Where the checksum lies.
    public static final int CHECKSUM = 16;
    public static final int MIN_LEN = 20;
    public static final int MAX_LEN = 60;
    public static final int MAX_OPTIONS = 40;

    public static final int FIN = 0x001;
    public static final int SYN = 0x002;
    public static final int RST = 0x004;
    public static final int PSH = 0x008;
    public static final int ACK = 0x010;
    public static final int URG = 0x020;
    public static final int ECE = 0x040;
    public static final int CWR = 0x080;
    public static final int AE = 0x100;
    private static final int FLAG_MASK = 0x1ff;

    private static final int SRC_PORT = 0;
    private static final int DST_PORT = 2;
    private static final int SEQ = 4;
    private static final int ACK_NUMBER = 8;
    private static final int OFFSET_FLAGS = 12;
    private static final int WINDOW = 14;
    private static final int URGENT = 18;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the header begins at index `at`.
    public TcpHeader wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if the header, options included, is in bounds for a segment of `len` octets.
    public boolean fits(int len) {
        return len >= MIN_LEN && headerLen() >= MIN_LEN && headerLen() <= len;
    }

    public int srcPort() {
        return buf.getUnsignedShort(at + SRC_PORT);
    }

    public int dstPort() {
        return buf.getUnsignedShort(at + DST_PORT);
    }

    public int seq() {
        return buf.getInt(at + SEQ);
    }

    public int ack() {
        return buf.getInt(at + ACK_NUMBER);
    }

    public int headerLen() {
        return buf.getUnsignedByte(at + OFFSET_FLAGS) >>> 4 << 2;
    }

    public int optionsLen() {
        return headerLen() - MIN_LEN;
    }

    /// Bits of the flag constants.
    public int flags() {
        return buf.getUnsignedShort(at + OFFSET_FLAGS) & FLAG_MASK;
    }

    public boolean fin() {
        return (flags() & FIN) != 0;
    }

    public boolean syn() {
        return (flags() & SYN) != 0;
    }

    public boolean rst() {
        return (flags() & RST) != 0;
    }

    public boolean psh() {
        return (flags() & PSH) != 0;
    }

    public boolean hasAck() {
        return (flags() & ACK) != 0;
    }

    public boolean urg() {
        return (flags() & URG) != 0;
    }

    public boolean ece() {
        return (flags() & ECE) != 0;
    }

    public boolean cwr() {
        return (flags() & CWR) != 0;
    }

    public boolean ae() {
        return (flags() & AE) != 0;
    }

    /// As it stands in the header, unscaled.
    public int window() {
        return buf.getUnsignedShort(at + WINDOW);
    }

    public int checksum() {
        return buf.getUnsignedShort(at + CHECKSUM);
    }

    public int urgentPointer() {
        return buf.getUnsignedShort(at + URGENT);
    }

    /// Index of the options.
    public int options() {
        return at + MIN_LEN;
    }

    /// Index of the data.
    public int payload() {
        return at + headerLen();
    }

    /// The buffer, borrowed: for [TcpOptions].
    ByteBuf buf() {
        return buf;
    }

    /// Starts a header of `headerLen` octets, options included: data offset and flags set, all else of the
    /// first 20 octets zero.
    public TcpHeader begin(int headerLen, int flags) {
        buf.setZero(at, MIN_LEN);
        buf.setShort(at + OFFSET_FLAGS, headerLen >>> 2 << 12 | flags & FLAG_MASK);
        return this;
    }

    public TcpHeader srcPort(int port) {
        buf.setShort(at + SRC_PORT, port);
        return this;
    }

    public TcpHeader dstPort(int port) {
        buf.setShort(at + DST_PORT, port);
        return this;
    }

    public TcpHeader seq(int seq) {
        buf.setInt(at + SEQ, seq);
        return this;
    }

    public TcpHeader ack(int ack) {
        buf.setInt(at + ACK_NUMBER, ack);
        return this;
    }

    /// Sets the flags and leaves the data offset; the reserved bits become zero.
    public TcpHeader flags(int flags) {
        buf.setShort(at + OFFSET_FLAGS, buf.getShort(at + OFFSET_FLAGS) & 0xf000 | flags & FLAG_MASK);
        return this;
    }

    public TcpHeader window(int window) {
        buf.setShort(at + WINDOW, window);
        return this;
    }

    public TcpHeader checksum(int checksum) {
        buf.setShort(at + CHECKSUM, checksum);
        return this;
    }

    public TcpHeader urgentPointer(int pointer) {
        buf.setShort(at + URGENT, pointer);
        return this;
    }

    /// Flags for logs, as tcpdump writes them: `S`, `S.`, `FP.`, `none`.
    public static String flagString(int flags) {
        var out = new StringBuilder(9);
        String letters = "FSRP.UEWe";
        for (int i = 0; i < letters.length(); i++) {
            if ((flags >>> i & 1) != 0) {
                out.append(letters.charAt(i));
            }
        }
        return out.isEmpty() ? "none" : out.toString();
    }
}
