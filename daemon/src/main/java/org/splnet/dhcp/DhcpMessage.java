package org.splnet.dhcp;

import io.netty.buffer.ByteBuf;

/// A message (RFC 2131 §2) as a view.
/// ```text
///   0 op  1 htype  2 hlen  3 hops  4 xid  8 secs  10 flags  12 ciaddr  16 yiaddr  20 siaddr  24 giaddr
///  28 chaddr (16)  44 sname (64)  108 file (128)  236 magic cookie  240 options …
/// ```
/// Ask [#fits] once after [#wrap]; only then are the accessors in bounds. [#headed] is enough for those that
/// are no options. Owned by one thread, never stored.
final class DhcpMessage {
    static final int OPTIONS = 240;
    static final int REQUEST = 1;
    static final int REPLY = 2;
    static final int ETHERNET = 1;
    static final int ETHERNET_LEN = 6;
    static final int COOKIE = 0x6382_5363;
    static final int BROADCAST = 0x8000;

    static final int HTYPE = 1;
    static final int HLEN = 2;
    static final int XID = 4;
    static final int SECS = 8;
    static final int FLAGS = 10;
    static final int CIADDR = 12;
    static final int YIADDR = 16;
    static final int CHADDR = 28;
    static final int MAGIC = 236;
    private static final int SNAME = 44;
    private static final int FILE = 108;

    // RFC 2132 §9.3
    private static final int IN_FILE = 1;
    private static final int IN_SNAME = 2;
    private static final int BAD = -1;

    private ByteBuf buf;
    private int at;
    private int len;

    /// Borrows `buf`, of which `len` octets from `at` are the message.
    DhcpMessage wrap(ByteBuf buf, int at, int len) {
        this.buf = buf;
        this.at = at;
        this.len = len;
        return this;
    }

    /// True if it has a header with the cookie that tells DHCP and BOOTP with options from others.
    boolean headed() {
        return len >= OPTIONS && buf.getInt(at + MAGIC) == COOKIE;
    }

    /// True if it is [#headed], and every option lies wholly within its field.
    boolean fits() {
        if (!headed()) {
            return false;
        }
        int overload = overload();
        return walk(OPTIONS, len, OptionCode.PAD, null, 0) != BAD
                && ((overload & IN_FILE) == 0 || walk(FILE, MAGIC, OptionCode.PAD, null, 0) != BAD)
                && ((overload & IN_SNAME) == 0 || walk(SNAME, FILE, OptionCode.PAD, null, 0) != BAD);
    }

    int op() {
        return buf.getUnsignedByte(at);
    }

    int hlen() {
        return buf.getUnsignedByte(at + HLEN);
    }

    int xid() {
        return buf.getInt(at + XID);
    }

    /// Address that the client is given.
    int yiaddr() {
        return buf.getInt(at + YIADDR);
    }

    /// The first six octets of the client's station address, as in [org.splnet.wire.MacAddr#bits].
    long chaddr() {
        return (long) buf.getUnsignedShort(at + CHADDR) << 32 | buf.getUnsignedInt(at + CHADDR + 2);
    }

    /// All of an option's octets, put together from wherever they are: one that is there several times is one
    /// that was cut (RFC 3396 §7), in the order options, file, sname (§5, RFC 2131 §4.1).
    ///
    /// @return null if the option is not there
    byte[] option(int code) {
        int size = collect(code, null);
        if (size == 0) {
            return found(code) ? new byte[0] : null;
        }
        byte[] all = new byte[size];
        collect(code, all);
        return all;
    }

    private int collect(int code, byte[] into) {
        int overload = overload();
        int size = walk(OPTIONS, len, code, into, 0);
        if ((overload & IN_FILE) != 0) {
            size = walk(FILE, MAGIC, code, into, size);
        }
        return (overload & IN_SNAME) != 0 ? walk(SNAME, FILE, code, into, size) : size;
    }

    /// Whether an option of no octets is there: in the first field, the only one where that is of use.
    private boolean found(int code) {
        for (int i = OPTIONS; i < len; i += step(i)) {
            int each = buf.getUnsignedByte(at + i);
            if (each == code || each == OptionCode.END) {
                return each == code;
            }
        }
        return false;
    }

    private int step(int i) {
        return buf.getUnsignedByte(at + i) == OptionCode.PAD ? 1 : 2 + buf.getUnsignedByte(at + i + 1);
    }

    /// Whether file and sname hold options too; 0 also if the option that says so is no good.
    private int overload() {
        for (int i = OPTIONS; i + 2 < len; i += step(i)) {
            int code = buf.getUnsignedByte(at + i);
            if (code == OptionCode.END) {
                return 0;
            }
            if (code == OptionCode.OVERLOAD) {
                int value = buf.getUnsignedByte(at + i + 2);
                return buf.getUnsignedByte(at + i + 1) == 1 && value <= (IN_FILE | IN_SNAME) ? value : 0;
            }
        }
        return 0;
    }

    /// Goes through one field.
    ///
    /// @param into where octets of the option `code` go, or null to count them only
    /// @param have how many there are already
    /// @return how many there are then, or [#BAD] if an option does not end within the field
    private int walk(int from, int to, int code, byte[] into, int have) {
        int size = have;
        for (int i = from; i < to; ) {
            int each = buf.getUnsignedByte(at + i);
            if (each == OptionCode.END) {
                return size;
            }
            if (each == OptionCode.PAD) {
                i++;
                continue;
            }
            if (i + 1 >= to || i + 2 + buf.getUnsignedByte(at + i + 1) > to) {
                return BAD;
            }
            int octets = buf.getUnsignedByte(at + i + 1);
            if (each == code) {
                if (into != null) {
                    buf.getBytes(at + i + 2, into, size, octets);
                }
                size += octets;
            }
            i += 2 + octets;
        }
        return size;
    }
}
