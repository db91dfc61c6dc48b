package org.splnet.wire;

/// An IPv4 address, as the big-endian `int` that stands in the header.
public record Ip4Addr(int bits) implements InetAddr {
    /// "This host on this network" (RFC 1122 §3.2.1.3 (a)), and the wildcard of a socket.
    public static final Ip4Addr ANY = new Ip4Addr(0);
    /// Limited broadcast (RFC 1122 §3.2.1.3 (c)).
    public static final Ip4Addr BROADCAST = new Ip4Addr(-1);
    public static final Ip4Addr LOOPBACK = new Ip4Addr(0x7f00_0001);

    /// Strict dotted quad: four decimal numbers 0 to 255 without leading zeros. None of inet_aton's
    /// shorthands, octal or hexadecimal forms, which two programs never read alike.
    ///
    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    public static Ip4Addr parse(String s) {
        return new Ip4Addr(quad(s, 0, s, "an IPv4 address"));
    }

    /// The quad from `from` to the end of `s`; complaints quote `whole`, of which it may be the tail.
    static int quad(String s, int from, String whole, String expected) {
        int bits = 0;
        int start = from;
        for (int part = 0; part < 4; part++) {
            int dot = s.indexOf('.', start);
            if (part < 3 ? dot < 0 : dot >= 0) {
                throw Malformed.text(whole, expected, "four numbers separated by dots expected");
            }
            int end = part < 3 ? dot : s.length();
            int octet = Malformed.decimal(s, start, end, 3);
            if (octet < 0 || octet > 255) {
                boolean padded = end - start > 1 && s.charAt(start) == '0';
                throw Malformed.text(whole, expected, Malformed.quote(s.substring(start, end))
                        + (padded ? " has a leading zero" : " is not a number in 0..255"));
            }
            bits = bits << 8 | octet;
            start = end + 1;
        }
        return bits;
    }

    /// Lower half of the 128-bit form of an IPv4 address given as header bits.
    public static long lo(int bits) {
        return 0xffff_0000_0000L | bits & 0xffff_ffffL;
    }

    @Override
    public long hi() {
        return 0;
    }

    @Override
    public long lo() {
        return lo(bits);
    }

    @Override
    public boolean isV4() {
        return true;
    }

    @Override
    public boolean isUnspecified() {
        return bits == 0;
    }

    @Override
    public boolean isLoopback() {
        return isLoopback(bits);
    }

    @Override
    public boolean isMulticast() {
        return isMulticast(bits);
    }

    @Override
    public boolean isLinkLocal() {
        return isLinkLocal(bits);
    }

    public boolean isLimitedBroadcast() {
        return bits == -1;
    }

    public boolean isClassE() {
        return isClassE(bits);
    }

    @Override
    public int bitLength() {
        return 32;
    }

    /// 127/8, all of it (RFC 1122 §3.2.1.3 (g)).
    public static boolean isLoopback(int bits) {
        return bits >>> 24 == 127;
    }

    /// 169.254/16 (RFC 3927 §2.1).
    public static boolean isLinkLocal(int bits) {
        return bits >>> 16 == 0xa9fe;
    }

    /// 224/4 (RFC 5771).
    public static boolean isMulticast(int bits) {
        return bits >>> 28 == 14;
    }

    /// 240/4, reserved by RFC 1112 §4; the limited broadcast lies in that range but is not reserved.
    public static boolean isClassE(int bits) {
        return bits >>> 28 == 15 && bits != -1;
    }

    /// 0/8, "this network": a source only while a host learns its address (RFC 1122 §3.2.1.3 (a), (b)).
    public static boolean isThisNetwork(int bits) {
        return bits >>> 24 == 0;
    }

    /// True if some host can have the address (RFC 1122 §3.2.1.3): it is in none of the ranges above, and not
    /// the limited broadcast. Of what is so only its subnet's two edges are nobody's, see [Cidr#isEdge].
    public static boolean isHost(int bits) {
        return !isThisNetwork(bits) && !isLoopback(bits) && !isMulticast(bits) && !isClassE(bits)
                && bits != -1;
    }

    @Override
    public String toString() {
        return toString(bits);
    }

    public static String toString(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }
}
