package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// UDP header (RFC 768) as a view.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |          source port          |       destination port        |
/// +-------------------------------+-------------------------------+
/// |            length             |           checksum            |
/// +-------------------------------+-------------------------------+
/// ```
/// Ask [#fits] once after [#wrap]; only then are the accessors in bounds. Owned by one worker, never stored.
public final class UdpHeader {
    public static final int LEN = 8;
    /// Where the checksum lies.
    public static final int CHECKSUM = 6;

    private static final int SRC_PORT = 0;
    private static final int DST_PORT = 2;
    private static final int LENGTH = 4;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the header begins at index `at`.
    public UdpHeader wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if the header and the datagram that [#length] announces are within the `len` octets that IP
    /// delivered. Octets behind the datagram are no part of it (RFC 9868 §5: surplus area).
    public boolean fits(int len) {
        return len >= LEN && length() >= LEN && length() <= len;
    }

    public int srcPort() {
        return buf.getUnsignedShort(at + SRC_PORT);
    }

    public int dstPort() {
        return buf.getUnsignedShort(at + DST_PORT);
    }

    /// Octets of header and payload.
    public int length() {
        return buf.getUnsignedShort(at + LENGTH);
    }

    public int checksum() {
        return buf.getUnsignedShort(at + CHECKSUM);
    }

    /// False if the sender has not computed one, which IPv4 allows (RFC 1122 §4.1.3.4).
    public boolean hasChecksum() {
        return checksum() != 0;
    }

    /// True if the datagram's checksum is right, or there is none where none need be: over IPv4 (RFC 1122
    /// §4.1.3.4; RFC 8200 §8.1 wants one over IPv6). After [#fits]; addresses in 128-bit form.
    public boolean checksumOk(long srcHi, long srcLo, long dstHi, long dstLo) {
        if (!hasChecksum()) {
            return InetAddr.isV4(dstHi, dstLo);
        }
        int sum = Checksum.pseudo(srcHi, srcLo, dstHi, dstLo, IpProto.UDP, length());
        return Checksum.add(sum, Checksum.sum(buf, at, length())) == Checksum.GOOD;
    }

    /// Index of the payload.
    public int payload() {
        return at + LEN;
    }

    public int payloadLen() {
        return length() - LEN;
    }

    public UdpHeader srcPort(int port) {
        buf.setShort(at + SRC_PORT, port);
        return this;
    }

    public UdpHeader dstPort(int port) {
        buf.setShort(at + DST_PORT, port);
        return this;
    }

    public UdpHeader length(int length) {
        buf.setShort(at + LENGTH, length);
        return this;
    }

    public UdpHeader checksum(int checksum) {
        buf.setShort(at + CHECKSUM, checksum);
        return this;
    }
}
