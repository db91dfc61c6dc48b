package org.splnet.socket;

import org.splnet.kern.Labels;

/// The algorithms of TCP's congestion control there are.
public enum CongestionAlgorithm {
    /// RFC 9438.
    CUBIC,
    /// RFC 5681, RFC 6582.
    NEW_RENO;

    /// The name by which sockets and configuration ask for it: `cubic`, `new-reno`.
    public String label() {
        return Labels.of(this);
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
