package org.splnet.socket;

/// Options of a socket, by their POSIX and Linux names; a listener's are inherited by what it accepts.
/// Immutable.
///
/// @param noDelay `TCP_NODELAY`: no Nagle
/// @param keepAlive `SO_KEEPALIVE`
/// @param keepIdleNs `TCP_KEEPIDLE`
/// @param keepIntervalNs `TCP_KEEPINTVL`
/// @param keepCount `TCP_KEEPCNT`
/// @param userTimeoutNs `TCP_USER_TIMEOUT`; 0 for the stack's R2
/// @param lingerNs `SO_LINGER`: negative off; 0 makes close an abort; otherwise how long a blocking close
///     waits
/// @param sendBuffer `SO_SNDBUF` octets; [#AUTO] lets the stack find out what the path needs
/// @param receiveBuffer `SO_RCVBUF` octets; [#AUTO] likewise
/// @param broadcast `SO_BROADCAST`
/// @param reuseAddress `SO_REUSEADDR`
/// @param ttl `IP_TTL`; 0 for the stack's default
/// @param tos `IP_TOS`
/// @param notSentLowat `TCP_NOTSENT_LOWAT`: octets that may wait to be sent for the first time; 0 for the
///     stack's default
public record SocketOptions(boolean noDelay, boolean keepAlive, long keepIdleNs, long keepIntervalNs,
        int keepCount, long userTimeoutNs, long lingerNs, int sendBuffer, int receiveBuffer,
        boolean broadcast, boolean reuseAddress, int ttl, int tos, int notSentLowat) {

    /// Size of a buffer that nobody has asked for: TCP adapts it, UDP takes [#DATAGRAM_BUFFER].
    public static final int AUTO = 0;
    /// What a datagram socket queues if nothing else is asked for.
    public static final int DATAGRAM_BUFFER = 4 << 20;

    private static final int MIN_BUFFER = 2048;
    private static final long SECOND = 1_000_000_000L;

    /// What a socket starts with. RFC 9293 MUST-28: keep-alive idle time is two hours.
    public static final SocketOptions DEFAULTS = new SocketOptions(false, false, 7200 * SECOND, 75 * SECOND,
            9, 0, -1, AUTO, AUTO, false, false, 0, 0, 0);

    public SocketOptions {
        within("TCP_KEEPCNT", keepCount, 1, 127);
        within("SO_SNDBUF", sendBuffer, sendBuffer == AUTO ? AUTO : MIN_BUFFER, 1 << 30);
        within("SO_RCVBUF", receiveBuffer, receiveBuffer == AUTO ? AUTO : MIN_BUFFER, 1 << 30);
        within("IP_TTL", ttl, 0, 255);
        within("IP_TOS", tos, 0, 255);
        within("TCP_NOTSENT_LOWAT", notSentLowat, 0, Integer.MAX_VALUE);
    }

    /// The same with Nagle's algorithm on or off.
    public SocketOptions withNoDelay(boolean on) {
        return new SocketOptions(on, keepAlive, keepIdleNs, keepIntervalNs,
                keepCount, userTimeoutNs, lingerNs,
                sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with other buffer sizes, in octets or [#AUTO].
    public SocketOptions withBuffers(int send, int receive) {
        return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs,
                keepCount, userTimeoutNs, lingerNs,
                send, receive, broadcast, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with keep-alive.
    public SocketOptions withKeepAlive(boolean on, long idleNs, long intervalNs, int count) {
        return new SocketOptions(noDelay, on, idleNs, intervalNs, count, userTimeoutNs, lingerNs,
                sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with a user timeout (RFC 5482 in spirit); 0 for the stack's.
    public SocketOptions withUserTimeout(long timeoutNs) {
        return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs,
                keepCount, timeoutNs, lingerNs,
                sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with linger.
    public SocketOptions withLinger(long ns) {
        return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs, keepCount, userTimeoutNs, ns,
                sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with leave to send to broadcast addresses.
    public SocketOptions withBroadcast(boolean on) {
        return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs,
                keepCount, userTimeoutNs, lingerNs,
                sendBuffer, receiveBuffer, on, reuseAddress, ttl, tos, notSentLowat);
    }

    /// The same with another limit for what waits to be sent; 0 for the stack's.
    public SocketOptions withNotSentLowat(int octets) {
        return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs,
                keepCount, userTimeoutNs, lingerNs,
                sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos, octets);
    }

    private static void within(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + min + ".." + max);
        }
    }
}
