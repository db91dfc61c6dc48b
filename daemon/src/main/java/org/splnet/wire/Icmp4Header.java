package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// ICMP header (RFC 792) as a view. Every message has these eight octets; the second four depend on the type.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+---------------+-------------------------------+
/// |     type      |     code      |           checksum            |
/// +---------------+---------------+-------------------------------+
/// |          identifier           |        sequence number        |  queries and replies
/// +---------------+---------------+-------------------------------+
/// |    pointer    |                    unused                     |  parameter problem
/// +---------------+---------------+-------------------------------+
/// |            unused             |         next-hop MTU          |  fragmentation needed (RFC 1191 §4)
/// +-------------------------------+-------------------------------+
/// |                        router address                         |  redirect
/// +---------------------------------------------------------------+
/// |  query: data.  error: the IP header and first octets of what caused it
/// ```
/// Ask [#fits] once after [#wrap]; only then are the accessors in bounds. Owned by one worker, never stored.
public final class Icmp4Header {
    public static final int LEN = 8;

    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO = 8;
    public static final int ROUTER_ADVERTISEMENT = 9;
    public static final int ROUTER_SOLICITATION = 10;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP = 13;
    public static final int TIMESTAMP_REPLY = 14;
    public static final int INFORMATION = 15;
    public static final int INFORMATION_REPLY = 16;
    public static final int ADDRESS_MASK = 17;
    public static final int ADDRESS_MASK_REPLY = 18;

    // Codes of UNREACHABLE: RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
    public static final int NET_UNREACHABLE = 0;
    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;
    public static final int SOURCE_ROUTE_FAILED = 5;
    public static final int NET_UNKNOWN = 6;
    public static final int HOST_UNKNOWN = 7;
    public static final int SOURCE_ISOLATED = 8;
    public static final int NET_PROHIBITED = 9;
    public static final int HOST_PROHIBITED = 10;
    public static final int NET_UNREACHABLE_FOR_TOS = 11;
    public static final int HOST_UNREACHABLE_FOR_TOS = 12;
    public static final int FILTER_PROHIBITED = 13;
    public static final int HOST_PRECEDENCE = 14;
    public static final int PRECEDENCE_CUTOFF = 15;

    // Codes of TIME_EXCEEDED.
    public static final int TTL_EXCEEDED = 0;
    public static final int REASSEMBLY_EXCEEDED = 1;

    // Codes of PARAMETER_PROBLEM: RFC 792, RFC 1108, RFC 1122 §3.2.2.5.
    public static final int POINTER_INDICATES = 0;
    public static final int OPTION_MISSING = 1;
    public static final int BAD_LENGTH = 2;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int REST = 4;
    private static final int SECOND_HALF = 6;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the message begins at index `at`.
    public Icmp4Header wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if every accessor is in bounds for a message of `len` octets.
    public boolean fits(int len) {
        return len >= LEN;
    }

    public int type() {
        return buf.getUnsignedByte(at + TYPE);
    }

    public int code() {
        return buf.getUnsignedByte(at + CODE);
    }

    public int checksum() {
        return buf.getUnsignedShort(at + CHECKSUM);
    }

    /// The second four octets, whatever they mean.
    public int rest() {
        return buf.getInt(at + REST);
    }

    public int id() {
        return buf.getUnsignedShort(at + REST);
    }

    public int seq() {
        return buf.getUnsignedShort(at + SECOND_HALF);
    }

    public int pointer() {
        return buf.getUnsignedByte(at + REST);
    }

    /// 0 from a router older than RFC 1191.
    public int nextHopMtu() {
        return buf.getUnsignedShort(at + SECOND_HALF);
    }

    public int router() {
        return buf.getInt(at + REST);
    }

    /// Index of the data of a query, or of the datagram that an error quotes.
    public int data() {
        return at + LEN;
    }

    /// ICMP has no pseudo header: the sum runs over the message alone.
    public boolean checksumOk(int len) {
        return Checksum.sum(buf, at, len) == Checksum.GOOD;
    }

    public Icmp4Header type(int type) {
        buf.setByte(at + TYPE, type);
        return this;
    }

    public Icmp4Header code(int code) {
        buf.setByte(at + CODE, code);
        return this;
    }

    public Icmp4Header checksum(int checksum) {
        buf.setShort(at + CHECKSUM, checksum);
        return this;
    }

    public Icmp4Header rest(int rest) {
        buf.setInt(at + REST, rest);
        return this;
    }

    public Icmp4Header id(int id) {
        buf.setShort(at + REST, id);
        return this;
    }

    public Icmp4Header seq(int seq) {
        buf.setShort(at + SECOND_HALF, seq);
        return this;
    }

    /// Sets the pointer and clears the unused octets behind it.
    public Icmp4Header pointer(int pointer) {
        return rest(pointer << 24);
    }

    /// Sets the MTU and clears the unused octets before it.
    public Icmp4Header nextHopMtu(int mtu) {
        return rest(mtu & 0xffff);
    }

    /// Computes the checksum over the finished message of `len` octets and stores it.
    public Icmp4Header updateChecksum(int len) {
        checksum(0);
        return checksum(Checksum.finish(Checksum.sum(buf, at, len)));
    }
}
