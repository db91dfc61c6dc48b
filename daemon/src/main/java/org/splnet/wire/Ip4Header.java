package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// IPv4 header (RFC 791 §3.1) as a view.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------+-------+-----------+---+-------------------------------+
/// |version|  IHL  |   DSCP    |ECN|         total length          |
/// +-------+-------+-----------+---+-+-+-+-------------------------+
/// |        identification         |0|D|M|     fragment offset     |
/// +---------------+---------------+-+-+-+-------------------------+
/// | time to live  |   protocol    |        header checksum        |
/// +---------------+---------------+-------------------------------+
/// |                        source address                         |
/// +---------------------------------------------------------------+
/// |                      destination address                      |
/// +---------------------------------------------------------------+
/// |                options, up to 40 octets ...                   |
/// +---------------------------------------------------------------+
/// ```
/// Ask [#fits] once after [#wrap]; with [#MIN_LEN] octets in hand the fixed fields may be read even if it
/// says no, to tell why. Lengths and offsets are in octets, whatever their unit on the wire. Owned by one
/// worker, never stored.
public final class Ip4Header {
    public static final int MIN_LEN = 20;
    public static final int MAX_LEN = 60;
    public static final int MAX_TOTAL = 65535;
    public static final int VERSION = 4;

    private static final int VERSION_IHL = 0;
    private static final int TOS = 1;
    private static final int TOTAL_LENGTH = 2;
    private static final int ID = 4;
    private static final int FRAGMENT = 6;
    private static final int TTL = 8;
    private static final int PROTO = 9;
    private static final int CHECKSUM = 10;
    private static final int SRC = 12;
    private static final int DST = 16;
    private static final int DF = 0x4000;
    private static final int MF = 0x2000;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the header begins at index `at`.
    public Ip4Header wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if the header, options included, is in bounds for a packet of `len` octets. Says nothing about
    /// [#version] and the payload: see [#totalLengthFits].
    public boolean fits(int len) {
        return len >= MIN_LEN && headerLen() >= MIN_LEN && headerLen() <= len;
    }

    /// True if the datagram is all there: link padding may follow it (RFC 894), nothing may be missing.
    public boolean totalLengthFits(int len) {
        return totalLength() >= headerLen() && totalLength() <= len;
    }

    public int version() {
        return buf.getUnsignedByte(at + VERSION_IHL) >>> 4;
    }

    public int headerLen() {
        return (buf.getUnsignedByte(at + VERSION_IHL) & 15) << 2;
    }

    public int optionsLen() {
        return headerLen() - MIN_LEN;
    }

    public int tos() {
        return buf.getUnsignedByte(at + TOS);
    }

    /// RFC 2474 §3.
    public int dscp() {
        return tos() >>> 2;
    }

    /// RFC 3168 §5.
    public int ecn() {
        return tos() & 3;
    }

    public int totalLength() {
        return buf.getUnsignedShort(at + TOTAL_LENGTH);
    }

    public int payloadLen() {
        return totalLength() - headerLen();
    }

    public int id() {
        return buf.getUnsignedShort(at + ID);
    }

    public boolean dontFragment() {
        return (buf.getShort(at + FRAGMENT) & DF) != 0;
    }

    public boolean moreFragments() {
        return (buf.getShort(at + FRAGMENT) & MF) != 0;
    }

    public int fragmentOffset() {
        return (buf.getShort(at + FRAGMENT) & 0x1fff) << 3;
    }

    /// True for every piece of a fragmented datagram, the first and the last included.
    public boolean isFragment() {
        return (buf.getShort(at + FRAGMENT) & (MF | 0x1fff)) != 0;
    }

    public int ttl() {
        return buf.getUnsignedByte(at + TTL);
    }

    public int proto() {
        return buf.getUnsignedByte(at + PROTO);
    }

    public int checksum() {
        return buf.getUnsignedShort(at + CHECKSUM);
    }

    public int src() {
        return buf.getInt(at + SRC);
    }

    public int dst() {
        return buf.getInt(at + DST);
    }

    /// Lower half of the 128-bit form of [#src]; the upper is 0.
    public long srcLo() {
        return Ip4Addr.lo(src());
    }

    /// Lower half of the 128-bit form of [#dst]; the upper is 0.
    public long dstLo() {
        return Ip4Addr.lo(dst());
    }

    /// Index of the payload.
    public int l4() {
        return at + headerLen();
    }

    public boolean checksumOk() {
        return Checksum.sum(buf, at, headerLen()) == Checksum.GOOD;
    }

    /// Starts a header of `headerLen` octets, options included: version and IHL set, all else zero.
    public Ip4Header begin(int headerLen) {
        buf.setZero(at, headerLen);
        buf.setByte(at + VERSION_IHL, VERSION << 4 | headerLen >>> 2);
        return this;
    }

    /// Sets the length, and the version with it, where options stand already.
    public Ip4Header headerLen(int headerLen) {
        buf.setByte(at + VERSION_IHL, VERSION << 4 | headerLen >>> 2);
        return this;
    }

    public Ip4Header tos(int tos) {
        buf.setByte(at + TOS, tos);
        return this;
    }

    public Ip4Header totalLength(int length) {
        buf.setShort(at + TOTAL_LENGTH, length);
        return this;
    }

    public Ip4Header id(int id) {
        buf.setShort(at + ID, id);
        return this;
    }

    /// Sets the flags and the offset together; `offset` is a multiple of 8.
    public Ip4Header fragment(boolean dontFragment, boolean moreFragments, int offset) {
        buf.setShort(at + FRAGMENT, (dontFragment ? DF : 0) | (moreFragments ? MF : 0) | offset >>> 3);
        return this;
    }

    public Ip4Header ttl(int ttl) {
        buf.setByte(at + TTL, ttl);
        return this;
    }

    public Ip4Header proto(int proto) {
        buf.setByte(at + PROTO, proto);
        return this;
    }

    public Ip4Header checksum(int checksum) {
        buf.setShort(at + CHECKSUM, checksum);
        return this;
    }

    public Ip4Header src(int src) {
        buf.setInt(at + SRC, src);
        return this;
    }

    public Ip4Header dst(int dst) {
        buf.setInt(at + DST, dst);
        return this;
    }

    /// Computes the checksum over the finished header and stores it.
    public Ip4Header updateChecksum() {
        checksum(0);
        return checksum(Checksum.finish(Checksum.sum(buf, at, headerLen())));
    }
}
