package org.splnet.wire;

/// The one wording for "this text is not that thing": quotes the input, names what was expected, says why.
final class Malformed {
    private static final int QUOTED = 80;

    private Malformed() { }

    static IllegalArgumentException text(String input, String expected, String why) {
        return new IllegalArgumentException(quote(input) + " is not " + expected + ": " + why);
    }

    /// Input ends up in logs and on terminals: control characters are made visible, length is bounded.
    static String quote(String input) {
        var out = new StringBuilder(Math.min(input.length(), QUOTED) + 5).append('"');
        for (int i = 0; i < input.length(); i++) {
            if (i == QUOTED) {
                out.append("...");
                break;
            }
            char c = input.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /// Decimal of one to `maxDigits` ASCII digits without leading zero, or -1. `Integer.parseInt` takes
    /// signs and the digits of every script; the wire formats take neither.
    static int decimal(String s, int from, int to, int maxDigits) {
        int digits = to - from;
        if (digits < 1 || digits > maxDigits || digits > 1 && s.charAt(from) == '0') {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = s.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /// Value of one ASCII hexadecimal digit, or -1.
    static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
