package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// Ethernet II header, with or without one IEEE 802.1Q tag, as a view.
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |                      destination                              |
/// +                               +-------------------------------+
/// |                               |            source             |
/// +-------------------------------+                               +
/// |                                                               |
/// +-------------------------------+-----+-+-----------------------+
/// |   type, or 0x8100 for a tag   | PCP |D|        VLAN id        |
/// +-------------------------------+-----+-+-----------------------+
/// |       type behind a tag       |
/// +-------------------------------+
/// ```
/// Ask [#fits] once after [#wrap]; only then are the accessors in bounds. Owned by one worker, never stored.
/// A second tag is not looked into: it shows as [#type] 0x8100, which no protocol answers to.
public final class EtherHeader {
    /// Octets of an untagged header.
    public static final int LEN = 14;
    public static final int TAGGED_LEN = 18;
    /// With a service tag in front of the other (802.1ad), the most that drivers have room for.
    public static final int DOUBLE_TAGGED_LEN = 22;

    private static final int DESTINATION = 0;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int TAG = 14;
    private static final int TAGGED_TYPE = 16;

    private ByteBuf buf;
    private int at;

    /// Borrows `buf`; the header begins at index `at`.
    public EtherHeader wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    /// True if every accessor is in bounds for a frame of `len` octets.
    public boolean fits(int len) {
        return len >= LEN && (!tagged() || len >= TAGGED_LEN);
    }

    public long destination() {
        return mac(buf, at + DESTINATION);
    }

    public long source() {
        return mac(buf, at + SOURCE);
    }

    public boolean tagged() {
        return buf.getUnsignedShort(at + TYPE) == EtherType.VLAN;
    }

    /// The type, behind the tag if there is one.
    public int type() {
        int type = buf.getUnsignedShort(at + TYPE);
        return type == EtherType.VLAN ? buf.getUnsignedShort(at + TAGGED_TYPE) : type;
    }

    /// VLAN id of the tag; 0, which means "priority only", if there is none.
    public int vlanId() {
        return tagged() ? buf.getUnsignedShort(at + TAG) & 0xfff : 0;
    }

    /// Priority code point of the tag; 0 if there is none.
    public int vlanPcp() {
        return tagged() ? buf.getUnsignedByte(at + TAG) >>> 5 : 0;
    }

    public int headerLen() {
        return tagged() ? TAGGED_LEN : LEN;
    }

    /// Index of the network header.
    public int l3() {
        return at + headerLen();
    }

    public EtherHeader destination(long mac) {
        mac(buf, at + DESTINATION, mac);
        return this;
    }

    public EtherHeader source(long mac) {
        mac(buf, at + SOURCE, mac);
        return this;
    }

    /// Makes it an untagged header of that type.
    public EtherHeader type(int type) {
        buf.setShort(at + TYPE, type);
        return this;
    }

    /// Makes it a tagged header of [#TAGGED_LEN] octets, the type standing behind the tag.
    public EtherHeader tagged(int pcp, int vlanId, int type) {
        buf.setShort(at + TYPE, EtherType.VLAN);
        buf.setShort(at + TAG, pcp << 13 | vlanId & 0xfff);
        buf.setShort(at + TAGGED_TYPE, type);
        return this;
    }

    /// Borrows.
    static long mac(ByteBuf buf, int at) {
        return (long) buf.getUnsignedShort(at) << 32 | buf.getUnsignedInt(at + 2);
    }

    /// Borrows.
    static void mac(ByteBuf buf, int at, long mac) {
        buf.setShort(at, (int) (mac >>> 32));
        buf.setInt(at + 2, (int) mac);
    }
}
