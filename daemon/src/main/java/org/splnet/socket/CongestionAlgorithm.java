package org.splnet.socket;

import java.util.Locale;

/// The algorithms of TCP's congestion control there are.
public enum CongestionAlgorithm {
    /// RFC 9438.
    CUBIC,
    /// RFC 5681, RFC 6582.
    NEW_RENO;

    /// The name by which sockets and configuration ask for it: `cubic`, `new-reno`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The algorithm of that name; null if there is none.
    public static CongestionAlgorithm named(String label) {
        for (CongestionAlgorithm each : values()) {
            if (each.label().equals(label)) {
                return each;
            }
        }
        return null;
    }
}
