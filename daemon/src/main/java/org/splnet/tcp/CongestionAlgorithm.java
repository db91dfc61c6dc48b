package org.splnet.tcp;

import java.util.Locale;
import org.splnet.socket.SocketOptions;

/// The congestion control algorithms there are.
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

    /// What a socket asks for, or the stack's.
    static CongestionAlgorithm of(SocketOptions options, TcpConfig cfg) {
        CongestionAlgorithm asked = named(options.congestion());
        return asked == null ? cfg.congestionControl() : asked;
    }

    CongestionControl create(int mss, TcpConfig cfg) {
        return switch (this) {
            case CUBIC -> new Cubic(mss, cfg.initialWindow(), cfg.slowStartLimit());
            case NEW_RENO -> new NewReno(mss, cfg.initialWindow(), cfg.slowStartLimit());
        };
    }
}
