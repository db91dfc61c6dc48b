package org.splnet.config;

import java.util.concurrent.TimeUnit;

/// One of the small services: echo (RFC 862), discard (RFC 863), chargen (RFC 864).
///
/// @param enabled off unless configured
/// @param port its port for TCP and UDP
/// @param tcp serve TCP
/// @param udp serve UDP
/// @param maxConnections TCP connections at once; more are reset
/// @param idleTimeoutNs a connection on which nothing moves for so long is reset
/// @param answersPerSecond UDP datagrams sent per second at most, because the sender's address may be forged
public record ServiceConfig(boolean enabled, int port, boolean tcp, boolean udp, int maxConnections,
        long idleTimeoutNs, int answersPerSecond) {
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    /// Echo as it is if nothing else is said.
    public static final ServiceConfig ECHO = new ServiceConfig(false, 7, true, true, 16_384, 600 * S,
            1_000_000);
    /// Discard as it is if nothing else is said.
    public static final ServiceConfig DISCARD = new ServiceConfig(false, 9, true, true, 16_384, 600 * S, 1);
    /// Chargen as it is if nothing else is said: it answers one octet with up to 512, hence few answers.
    public static final ServiceConfig CHARGEN = new ServiceConfig(false, 19, true, true, 64, 600 * S, 100);

    public ServiceConfig {
        Ranges.within("port", port, 1, 65_535);
        Ranges.within("max-connections", maxConnections, 1, 1_000_000);
        Ranges.duration("idle-timeout", idleTimeoutNs, S, 86_400 * S);
        Ranges.within("answers-per-second", answersPerSecond, 1, 10_000_000);
    }

    /// The same, switched on or off.
    ServiceConfig enabled(boolean on) {
        return new ServiceConfig(on, port, tcp, udp, maxConnections, idleTimeoutNs, answersPerSecond);
    }
}
