package org.splnet.config;

/// The wording for "out of range".
final class Ranges {
    private static final long SECOND = 1_000_000_000L;

    private Ranges() {
    }

    static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + min + ".." + max);
        }
    }

    static void duration(String key, long ns, long min, long max) {
        if (ns < min || ns > max) {
            throw new IllegalArgumentException(key + ": " + ns + " ns is not in " + min / SECOND + "s.."
                    + max / SECOND + "s");
        }
    }
}
