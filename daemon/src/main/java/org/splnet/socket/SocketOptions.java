package org.splnet.socket;

import java.util.function.Consumer;

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
/// @param sendBuffer `SO_SNDBUF` octets
/// @param receiveBuffer `SO_RCVBUF` octets
/// @param broadcast `SO_BROADCAST`
/// @param reuseAddress `SO_REUSEADDR`
/// @param ttl `IP_TTL`; 0 for the stack's default
/// @param tos `IP_TOS`
public record SocketOptions(boolean noDelay, boolean keepAlive, long keepIdleNs, long keepIntervalNs,
        int keepCount, long userTimeoutNs, long lingerNs, int sendBuffer, int receiveBuffer,
        boolean broadcast, boolean reuseAddress, int ttl, int tos) {

    private static final long SECOND = 1_000_000_000L;

    /// What a socket starts with. RFC 9293 MUST-28: keep-alive idle time is two hours.
    public static final SocketOptions DEFAULTS = new SocketOptions(false, false, 7200 * SECOND, 75 * SECOND,
            9, 0, -1, 4 << 20, 4 << 20, false, false, 0, 0);

    public SocketOptions {
        within("TCP_KEEPCNT", keepCount, 1, 127);
        within("SO_SNDBUF", sendBuffer, 2048, 1 << 30);
        within("SO_RCVBUF", receiveBuffer, 2048, 1 << 30);
        within("IP_TTL", ttl, 0, 255);
        within("IP_TOS", tos, 0, 255);
    }

    /// The same with Nagle's algorithm on or off.
    public SocketOptions withNoDelay(boolean on) {
        return copy(next -> next.noDelay = on);
    }

    /// The same with other buffer sizes, in octets.
    public SocketOptions withBuffers(int send, int receive) {
        return copy(next -> {
            next.sendBuffer = send;
            next.receiveBuffer = receive;
        });
    }

    /// The same with keep-alive.
    public SocketOptions withKeepAlive(boolean on, long idleNs, long intervalNs, int count) {
        return copy(next -> {
            next.keepAlive = on;
            next.keepIdleNs = idleNs;
            next.keepIntervalNs = intervalNs;
            next.keepCount = count;
        });
    }

    /// The same with a user timeout (RFC 5482 in spirit); 0 for the stack's.
    public SocketOptions withUserTimeout(long timeoutNs) {
        return copy(next -> next.userTimeoutNs = timeoutNs);
    }

    /// The same with linger.
    public SocketOptions withLinger(long ns) {
        return copy(next -> next.lingerNs = ns);
    }

    /// The same with leave to send to broadcast addresses.
    public SocketOptions withBroadcast(boolean on) {
        return copy(next -> next.broadcast = on);
    }

    private SocketOptions copy(Consumer<Draft> change) {
        var next = new Draft(this);
        change.accept(next);
        return next.finished();
    }

    private static void within(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + min + ".." + max);
        }
    }

    /// Options while they are being changed: the one place that copies them all.
    private static final class Draft {
        boolean noDelay;
        boolean keepAlive;
        long keepIdleNs;
        long keepIntervalNs;
        int keepCount;
        long userTimeoutNs;
        long lingerNs;
        int sendBuffer;
        int receiveBuffer;
        boolean broadcast;
        boolean reuseAddress;
        int ttl;
        int tos;

        Draft(SocketOptions from) {
            noDelay = from.noDelay;
            keepAlive = from.keepAlive;
            keepIdleNs = from.keepIdleNs;
            keepIntervalNs = from.keepIntervalNs;
            keepCount = from.keepCount;
            userTimeoutNs = from.userTimeoutNs;
            lingerNs = from.lingerNs;
            sendBuffer = from.sendBuffer;
            receiveBuffer = from.receiveBuffer;
            broadcast = from.broadcast;
            reuseAddress = from.reuseAddress;
            ttl = from.ttl;
            tos = from.tos;
        }

        SocketOptions finished() {
            return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs, keepCount, userTimeoutNs,
                    lingerNs, sendBuffer, receiveBuffer, broadcast, reuseAddress, ttl, tos);
        }
    }
}
