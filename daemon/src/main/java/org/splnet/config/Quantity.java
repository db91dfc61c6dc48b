package org.splnet.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers with units, as people write them: `"200ms"`, `"4MiB"`, `"100/s"`.
final class Quantity {
    static final String DURATION =
            "a duration with a unit, such as \"200ms\" or \"2h\" (ns, us, ms, s, m, h, d)";
    static final String SIZE = "a number of octets, such as 65536 or \"64KiB\" (KiB, MiB, GiB)";
    static final String RATE = "a number per second, such as 100 or \"100/s\"";

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-z/]*)");

    private Quantity() {
    }

    /// Nanoseconds.
    ///
    /// @return -1 if it is not a duration or longer than 292 years
    static long durationNs(String text) {
        Matcher m = NUMBER.matcher(text);
        if (!m.matches()) {
            return -1;
        }
        long unit = switch (m.group(2)) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> 0;
        };
        return product(m.group(1), unit);
    }

    /// As people write it, in the largest unit that it is a whole number of.
    static String duration(long ns) {
        for (String unit : new String[] {"d", "h", "m", "s", "ms", "us"}) {
            long one = durationNs("1" + unit);
            if (ns != 0 && ns % one == 0) {
                return ns / one + unit;
            }
        }
        return ns + "ns";
    }

    /// Octets.
    ///
    /// @return -1 if it is not a size
    static long octets(String text) {
        Matcher m = NUMBER.matcher(text);
        if (!m.matches()) {
            return -1;
        }
        long unit = switch (m.group(2)) {
            case "" -> 1;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 0;
        };
        return product(m.group(1), unit);
    }

    /// Times per second.
    ///
    /// @return -1 if it is not a rate
    static long perSecond(String text) {
        Matcher m = NUMBER.matcher(text);
        return m.matches() && m.group(2).equals("/s") ? product(m.group(1), 1) : -1;
    }

    /// A whole number of the smallest unit, or -1.
    private static long product(String number, long unit) {
        if (unit == 0) {
            return -1;
        }
        BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
        if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                || value.setScale(0, RoundingMode.DOWN).compareTo(value) != 0) {
            return -1;
        }
        return value.longValueExact();
    }
}
