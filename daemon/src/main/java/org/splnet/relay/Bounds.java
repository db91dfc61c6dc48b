package org.splnet.relay;

import java.util.concurrent.TimeUnit;

/// What limits every relay has, and in which ranges.
final class Bounds {
    static final long S = TimeUnit.SECONDS.toNanos(1);
    static final int CONNECTIONS = 1024;
    static final long CONNECT_NS = 10 * S;
    static final long IDLE_NS = 3600 * S;
    static final long FLOW_NS = 60 * S;

    private static final long CONNECT_MOST = 300;
    private static final long IDLE_MOST = 7 * 86_400;
    private static final int MOST = 100_000;

    private Bounds() {
    }

    /// @throws IllegalArgumentException saying what is allowed
    static void check(int maxConnections, long connectTimeoutNs, long idleTimeoutNs) {
        if (maxConnections < 1 || maxConnections > MOST) {
            throw new IllegalArgumentException("max-connections: " + maxConnections + " is not in 1.."
                    + MOST);
        }
        time("connect-timeout", connectTimeoutNs, CONNECT_MOST);
        time("idle-timeout", idleTimeoutNs, IDLE_MOST);
    }

    /// @throws IllegalArgumentException saying what is allowed
    static void checkFlow(long flowTimeoutNs) {
        time("flow-timeout", flowTimeoutNs, IDLE_MOST);
    }

    private static void time(String key, long ns, long mostS) {
        if (ns < S || ns > mostS * S) {
            throw new IllegalArgumentException(key + ": " + ns + " ns is not in 1s.." + mostS + "s");
        }
    }
}
