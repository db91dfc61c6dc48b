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
/// Ask [#fits] once after [#wrap]. A packet refused may be one that is whole but not ours to read:
/// [#fitsFixed] guards the first eight octets alone, and [#isEtherIp4] tells which. Owned by one worker,
/// never stored.
public final class ArpPacket {
    public static final int LEN = 28;
    /// Octets that have the same layout for every hardware and protocol.
    public static final int FIXED_LEN = 8;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;
    public static final int HARDWARE_ETHERNET = 1;

    private static final int HARDWARE = 0;
    private static final int PROTOCOL = 2;
    private static final int HARDWARE_LEN = 4;
    private static final int PROTOCOL_LEN = 5;
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
        return len >= LEN && isEtherIp4();
    }

    /// True if the types, the lengths and the operation are in bounds.
    public boolean fitsFixed(int len) {
        return len >= FIXED_LEN;
    }

    /// RFC 826, "Packet Reception": do I have the hardware type, do I speak the protocol; lengths included.
    public boolean isEtherIp4() {
        return buf.getLong(at) >>> 16 == ETHER_IP4;
    }

    public int hardwareType() {
        return buf.getUnsignedShort(at + HARDWARE);
    }

    public int protocolType() {
        return buf.getUnsignedShort(at + PROTOCOL);
    }

    public int hardwareLen() {
        return buf.getUnsignedByte(at + HARDWARE_LEN);
    }

    public int protocolLen() {
        return buf.getUnsignedByte(at + PROTOCOL_LEN);
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

    /// Claims an address (RFC 5227 §1.1); replies of that form are seen as well.
    public boolean isAnnouncement() {
        return senderIp() == targetIp();
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
