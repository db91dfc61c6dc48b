package org.splnet.service.http;

/// Bounds of one connection.
///
/// @param idleNs time for a request's header to arrive, and time a transfer may stand still
/// @param body octets of a body that nobody wants, read so that the connection can go on
/// @param lingerNs how long the end of a connection waits for the client to notice
public record HttpLimits(long idleNs, int body, long lingerNs) {
    private static final int BODY = 64 << 10;
    private static final long LINGER_NS = 2_000_000_000L;

    /// Bounds with a given idle time.
    public static HttpLimits idle(long idleNs) {
        return new HttpLimits(idleNs, BODY, Math.min(idleNs, LINGER_NS));
    }
}
