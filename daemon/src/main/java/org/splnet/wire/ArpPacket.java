package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// ARP packet (RFC 826) for IPv4 over Ethernet, as a view.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |       hardware type (1)       |    protocol type (0x0800)     |
/// +---------------+---------------+-------------------------------+
/// | hw length (6) | pr length (4) |           operation           |
/// +---------------+---------------+-------------------------------+
/// |                    sender hardware address                    |
/// +                               +-------------------------------+
/// |                               |   sender protocol address     |
/// +-------------------------------+-------------------------------+
/// |                               |                               |
/// +-------------------------------+   target hardware address     |
/// |                                                               |
/// +---------------------------------------------------------------+
/// |                    target protocol address                    |
/// +---------------------------------------------------------------+
/// ```
/// Ask [#fits] once after [#wrap]. Owned by one worker, never stored.
public final class ArpPacket {
    public static final int LEN = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int OPERATION = 6;
    private static final int SENDER_MAC = 8;
    private static final int SENDER_IP = 14;
    private static final int TARGET_MAC = 18;
    private static final int TARGET_IP = 24;
    /// Hardware type, protocol type and both lengths, as one number.
    private static final long ETHER_IP4 = 0x0001_0800_0604L;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the packet begins at index `at`.
    public ArpPacket wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if this is IPv4 over Ethernet and every accessor is in bounds for a payload of `len` octets,
    /// which on Ethernet may be longer than the packet.
    public boolean fits(int len) {
        // RFC 826, "Packet Reception": do I have the hardware type, do I speak the protocol; lengths too
        return len >= LEN && buf.getLong(at) >>> 16 == ETHER_IP4;
    }

    public int operation() {
        return buf.getUnsignedShort(at + OPERATION);
    }

    public long senderMac() {
        return EtherHeader.mac(buf, at + SENDER_MAC);
    }

    public int senderIp() {
        return buf.getInt(at + SENDER_IP);
    }

    public long targetMac() {
        return EtherHeader.mac(buf, at + TARGET_MAC);
    }

    public int targetIp() {
        return buf.getInt(at + TARGET_IP);
    }

    /// Asks whether an address is taken without claiming it (RFC 5227 §1.1).
    public boolean isProbe() {
        return operation() == REQUEST && senderIp() == 0;
    }

    /// Writes the fixed part for IPv4 over Ethernet.
    public ArpPacket begin(int operation) {
        buf.setLong(at, ETHER_IP4 << 16 | operation & 0xffff);
        return this;
    }

    public ArpPacket senderMac(long mac) {
        EtherHeader.mac(buf, at + SENDER_MAC, mac);
        return this;
    }

    public ArpPacket senderIp(int ip) {
        buf.setInt(at + SENDER_IP, ip);
        return this;
    }

    public ArpPacket targetMac(long mac) {
        EtherHeader.mac(buf, at + TARGET_MAC, mac);
        return this;
    }

    public ArpPacket targetIp(int ip) {
        buf.setInt(at + TARGET_IP, ip);
        return this;
    }
}
