package org.splnet.wire;

/// An Ethernet address: 48 bits, the first octet on the wire being the most significant.
public record MacAddr(long bits) implements Comparable<MacAddr> {
    public static final long MASK = 0xffff_ffff_ffffL;
    public static final MacAddr BROADCAST = new MacAddr(MASK);
    public static final MacAddr ZERO = new MacAddr(0);
    private static final String EXPECTED = "an Ethernet address";

    public MacAddr {
        if ((bits & ~MASK) != 0) {
            throw new IllegalArgumentException("0x" + Long.toHexString(bits) + " has more than 48 bits");
        }
    }

    /// Six groups of two hexadecimal digits with colons between them.
    ///
    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    public static MacAddr parse(String s) {
        if (s.length() != 17) {
            throw Malformed.text(s, EXPECTED, "six groups of two hexadecimal digits and colons expected");
        }
        long bits = 0;
        for (int i = 0; i < 17; i++) {
            char c = s.charAt(i);
            if (i % 3 == 2) {
                if (c != ':') {
                    throw Malformed.text(s, EXPECTED, "colon expected at position " + (i + 1));
                }
            } else {
                int digit = Malformed.hex(c);
                if (digit < 0) {
                    throw Malformed.text(s, EXPECTED, "hexadecimal digit expected at position " + (i + 1));
                }
                bits = bits << 4 | digit;
            }
        }
        return new MacAddr(bits);
    }

    /// The group bit, which the broadcast address has too.
    public boolean isMulticast() {
        return isMulticast(bits);
    }

    public boolean isBroadcast() {
        return bits == MASK;
    }

    /// Locally administered, as opposed to assigned by a manufacturer.
    public boolean isLocal() {
        return (bits >>> 41 & 1) != 0;
    }

    public static boolean isMulticast(long bits) {
        return (bits >>> 40 & 1) != 0;
    }

    @Override
    public int compareTo(MacAddr that) {
        return Long.compare(bits, that.bits);
    }

    @Override
    public String toString() {
        var out = new StringBuilder(17);
        for (int shift = 44; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((int) (bits >>> shift) & 15, 16));
            if (shift % 8 == 0 && shift > 0) {
                out.append(':');
            }
        }
        return out.toString();
    }
}
