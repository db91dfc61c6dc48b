package org.splnet.config;

import java.util.concurrent.TimeUnit;

/// The status page.
///
/// @param enabled off unless configured
/// @param port its TCP port
/// @param maxConnections connections at once; more are reset
/// @param idleTimeoutNs how long a request may be awaited and a transfer may stand still
public record StatusConfig(boolean enabled, int port, int maxConnections, long idleTimeoutNs) {
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    /// As it is if nothing else is said.
    public static final StatusConfig DEFAULTS = new StatusConfig(false, 80, 16_384, 60 * S);

    public StatusConfig {
        Ranges.within("port", port, 1, 65_535);
        Ranges.within("max-connections", maxConnections, 1, 100_000);
        Ranges.duration("idle-timeout", idleTimeoutNs, S, 86_400 * S);
    }

    /// The same, switched on or off.
    StatusConfig enabled(boolean on) {
        return new StatusConfig(on, port, maxConnections, idleTimeoutNs);
    }
}
