package org.splnet.tcp;

/// The congestion control algorithms there are.
public enum CongestionAlgorithm {
    /// RFC 9438.
    CUBIC,
    /// RFC 5681, RFC 6582.
    NEW_RENO;

    CongestionControl create(int mss, TcpConfig cfg) {
        return switch (this) {
            case CUBIC -> new Cubic(mss, cfg.initialWindow(), cfg.slowStartLimit());
            case NEW_RENO -> new NewReno(mss, cfg.initialWindow(), cfg.slowStartLimit());
        };
    }
}
