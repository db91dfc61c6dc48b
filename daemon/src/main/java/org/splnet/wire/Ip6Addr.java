package org.splnet.wire;

/// An IPv6 address. Read as RFC 4291 §2.2 allows, printed as RFC 5952 §4 and §5 demand.
///
/// A mapped address (`::ffff:10.0.0.1`) may be held here for printing; [InetAddr#of] and [InetAddr#parse]
/// turn it into the [Ip4Addr], which is what the stack works with.
public record Ip6Addr(long hi, long lo) implements InetAddr {
    public static final Ip6Addr ANY = new Ip6Addr(0, 0);
    public static final Ip6Addr LOOPBACK = new Ip6Addr(0, 1);
    private static final String EXPECTED = "an IPv6 address";

    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    public static Ip6Addr parse(String s) {
        return new Parser(s).parse();
    }

    @Override
    public boolean isV4() {
        return false;
    }

    @Override
    public boolean isUnspecified() {
        return (hi | lo) == 0;
    }

    @Override
    public boolean isLoopback() {
        return hi == 0 && lo == 1;
    }

    /// ff00::/8 (RFC 4291 §2.7).
    @Override
    public boolean isMulticast() {
        return hi >>> 56 == 0xff;
    }

    /// fe80::/10 (RFC 4291 §2.4).
    @Override
    public boolean isLinkLocal() {
        return hi >>> 54 == 0xfe80 >>> 6;
    }

    @Override
    public int bitLength() {
        return 128;
    }

    private int group(int i) {
        return (int) ((i < 4 ? hi >>> 48 - 16 * i : lo >>> 48 - 16 * (i - 4)) & 0xffff);
    }

    @Override
    public String toString() {
        if (InetAddr.isV4(hi, lo)) {
            return "::ffff:" + Ip4Addr.toString((int) lo);      // RFC 5952 §5
        }
        int runStart = -1;
        int runLength = 1;                                      // §4.2.2: a single group is not shortened
        for (int i = 0; i < 8;) {
            int end = i;
            while (end < 8 && group(end) == 0) {
                end++;
            }
            if (end - i > runLength) {                          // §4.2.3: the longest; of equals the first
                runStart = i;
                runLength = end - i;
            }
            i = end + 1;
        }
        var out = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                out.append("::");
                i += runLength - 1;
            } else {
                if (i > 0 && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(group(i)));      // §4.1 and §4.3: no leading zeros, lower case
            }
        }
        return out.toString();
    }

    /// One pass over the text; `gapAt` is the number of groups before the `::`, or -1.
    private static final class Parser {
        private final String s;
        private final int[] groups = new int[8];
        private int count;
        private int gapAt = -1;
        private int pos;

        Parser(String s) {
            this.s = s;
        }

        Ip6Addr parse() {
            checkCharacters();
            if (s.startsWith("::")) {
                gapAt = 0;
                pos = 2;
            } else if (s.startsWith(":")) {
                throw bad("it starts with a single colon");
            }
            while (pos < s.length()) {
                group();
            }
            return finish();
        }

        private void checkCharacters() {
            if (s.indexOf('%') >= 0) {
                throw bad("zone ids are not taken; name the interface separately");
            }
            if (s.isEmpty()) {
                throw bad("it is empty");
            }
            for (int i = 0; i < s.length(); i++) {
                char c = s.charAt(i);
                if (c != ':' && c != '.' && Malformed.hex(c) < 0) {
                    throw bad(Malformed.quote(String.valueOf(c)) + " at position " + (i + 1)
                            + " is not allowed");
                }
            }
        }

        /// One group with the colon(s) that follow it, or the embedded IPv4 address at the end.
        private void group() {
            int end = s.indexOf(':', pos);
            if (end < 0) {
                end = s.length();
            }
            if (s.indexOf('.', pos) >= 0 && s.indexOf('.', pos) < end) {
                embedded(end);
                return;
            }
            if (end == pos) {
                throw bad("it has more than two colons in a row");
            }
            if (end - pos > 4) {
                throw bad(Malformed.quote(s.substring(pos, end)) + " has more than four digits");
            }
            int value = 0;
            for (int i = pos; i < end; i++) {
                value = value << 4 | Malformed.hex(s.charAt(i));
            }
            add(value);
            pos = end;
            colons();
        }

        private void colons() {
            if (pos == s.length()) {
                return;
            }
            pos++;
            if (pos == s.length()) {
                throw bad("it ends with a single colon");
            }
            if (s.charAt(pos) == ':') {
                if (gapAt >= 0) {
                    throw bad("it has \"::\" more than once");
                }
                gapAt = count;
                pos++;
            }
        }

        /// RFC 4291 §2.2, third form: the last two groups as a dotted quad.
        private void embedded(int end) {
            if (end != s.length()) {
                throw bad("an embedded IPv4 address must come last");
            }
            int bits = Ip4Addr.quad(s, pos, s, EXPECTED);
            add(bits >>> 16);
            add(bits & 0xffff);
            pos = end;
        }

        private void add(int value) {
            if (count == 8) {
                throw bad("it has more than eight groups");
            }
            groups[count++] = value;
        }

        private Ip6Addr finish() {
            if (gapAt < 0 && count < 8) {
                throw bad("it has " + count + " groups instead of eight and no \"::\"");
            }
            if (gapAt >= 0 && count == 8) {                     // RFC 4291 §2.2: "::" is one or more groups
                throw bad("it has eight groups and a \"::\"");
            }
            int gap = 8 - count;
            long hi = 0;
            long lo = 0;
            for (int i = 0; i < 8; i++) {
                int value = gapAt < 0 || i < gapAt ? groups[i] : i < gapAt + gap ? 0 : groups[i - gap];
                if (i < 4) {
                    hi = hi << 16 | value;
                } else {
                    lo = lo << 16 | value;
                }
            }
            return new Ip6Addr(hi, lo);
        }

        private IllegalArgumentException bad(String why) {
            return Malformed.text(s, EXPECTED, why);
        }
    }
}
