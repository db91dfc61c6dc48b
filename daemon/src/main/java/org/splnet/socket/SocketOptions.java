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
/// @param sendBuffer `SO_SNDBUF` octets; [#AUTO] lets the stack find out what the path needs
/// @param receiveBuffer `SO_RCVBUF` octets; [#AUTO] likewise
/// @param broadcast `SO_BROADCAST`
/// @param reuseAddress `SO_REUSEADDR`
/// @param reusePort `SO_REUSEPORT`
/// @param user id of the user whose socket it is; -1 for the daemon
/// @param freeBind `IP_FREEBIND`: a listener may have an address that is not in use (yet)
/// @param ttl `IP_TTL`; 0 for the stack's default
/// @param tos `IP_TOS`
/// @param dontFragment `IP_MTU_DISCOVER`: a datagram that is too large for the way is an error, not cut
/// @param notSentLowat `TCP_NOTSENT_LOWAT`: octets that may wait to be sent for the first time; 0 for the
///     stack's default
/// @param maxSegment `TCP_MAXSEG`: no segment, sent or asked for, is larger; 0 for what path and peer allow
/// @param segment `UDP_SEGMENT`: what is sent at once goes in datagrams of so many octets; 0 for in one
/// @param finWait2Ns `TCP_LINGER2`: how long the socket, once closed, waits for the peer's FIN; 0 for the
///     stack's time
/// @param connectTimeoutNs how long a connect is tried; 0 for the stack's time
/// @param congestion `TCP_CONGESTION`; null for the stack's
public record SocketOptions(boolean noDelay, boolean keepAlive, long keepIdleNs, long keepIntervalNs,
        int keepCount, long userTimeoutNs, long lingerNs, int sendBuffer, int receiveBuffer,
        boolean broadcast, boolean reuseAddress, boolean reusePort, int user, boolean freeBind, int ttl,
        int tos, boolean dontFragment, int notSentLowat, int maxSegment, int segment, long finWait2Ns,
        long connectTimeoutNs, CongestionAlgorithm congestion) {

    /// Size of a buffer that nobody has asked for: TCP adapts it, UDP takes [#DATAGRAM_BUFFER].
    public static final int AUTO = 0;
    /// What a datagram socket queues if nothing else is asked for.
    public static final int DATAGRAM_BUFFER = 4 << 20;

    private static final int MIN_BUFFER = 2048;
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;

    /// What a socket starts with. RFC 9293 MUST-28: keep-alive idle time is two hours.
    public static final SocketOptions DEFAULTS = new SocketOptions(false, false, 7200 * SECOND, 75 * SECOND,
            9, 0, -1, AUTO, AUTO, false, false, false, -1, false, 0, 0, false, 0, 0, 0, 0, 0, null);

    public SocketOptions {
        within("TCP_KEEPCNT", keepCount, 1, 127);
        within("SO_SNDBUF", sendBuffer, sendBuffer == AUTO ? AUTO : MIN_BUFFER, 1 << 30);
        within("SO_RCVBUF", receiveBuffer, receiveBuffer == AUTO ? AUTO : MIN_BUFFER, 1 << 30);
        within("IP_TTL", ttl, 0, 255);
        within("IP_TOS", tos, 0, 255);
        within("TCP_NOTSENT_LOWAT", notSentLowat, 0, Integer.MAX_VALUE);
        within("TCP_MAXSEG", maxSegment, maxSegment == 0 ? 0 : 64, 65_535);
        within("UDP_SEGMENT", segment, 0, 65_535);
        within("TCP_LINGER2", finWait2Ns, 0, DAY);
        within("connect timeout", connectTimeoutNs, 0, DAY);
    }

    /// Octets that a datagram socket queues.
    public int datagramBuffer() {
        return receiveBuffer == AUTO ? DATAGRAM_BUFFER : receiveBuffer;
    }

    /// The same with Nagle's algorithm on or off.
    public SocketOptions withNoDelay(boolean on) {
        return copy(next -> next.noDelay = on);
    }

    /// The same with other buffer sizes, in octets or [#AUTO].
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

    /// The same with leave to share a port while nobody listens at it.
    public SocketOptions withReuseAddress(boolean on) {
        return copy(next -> next.reuseAddress = on);
    }

    /// The same with leave to share a port with others of the user's.
    public SocketOptions withReusePort(boolean on) {
        return copy(next -> next.reusePort = on);
    }

    /// The same for a socket of another user's.
    public SocketOptions withUser(int id) {
        return copy(next -> next.user = id);
    }

    /// The same with leave to listen at an address that is not in use (yet).
    public SocketOptions withFreeBind(boolean on) {
        return copy(next -> next.freeBind = on);
    }

    /// The same with another time to live and traffic class.
    public SocketOptions withIp(int timeToLive, int trafficClass) {
        return copy(next -> {
            next.ttl = timeToLive;
            next.tos = trafficClass;
        });
    }

    /// The same with or without leave to cut datagrams into fragments.
    public SocketOptions withDontFragment(boolean on) {
        return copy(next -> next.dontFragment = on);
    }

    /// The same with another limit for what waits to be sent; 0 for the stack's.
    public SocketOptions withNotSentLowat(int octets) {
        return copy(next -> next.notSentLowat = octets);
    }

    /// The same with a limit for segments; 0 for none.
    public SocketOptions withMaxSegment(int octets) {
        return copy(next -> next.maxSegment = octets);
    }

    /// The same with a size of datagrams to cut what is sent into; 0 for none.
    public SocketOptions withSegment(int octets) {
        return copy(next -> next.segment = octets);
    }

    /// The same with another patience for the peer's FIN; 0 for the stack's.
    public SocketOptions withFinWait2(long ns) {
        return copy(next -> next.finWait2Ns = ns);
    }

    /// The same with another patience for a connect; 0 for the stack's.
    public SocketOptions withConnectTimeout(long ns) {
        return copy(next -> next.connectTimeoutNs = ns);
    }

    /// The same with another congestion control; null for the stack's.
    public SocketOptions withCongestion(CongestionAlgorithm algorithm) {
        return copy(next -> next.congestion = algorithm);
    }

    private SocketOptions copy(Consumer<Draft> change) {
        var next = new Draft(this);
        change.accept(next);
        return next.finished();
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + min + ".." + max);
        }
    }

    /// Options while they are being changed: the one place that copies them all. Used by one thread.
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
        boolean reusePort;
        int user;
        boolean freeBind;
        int ttl;
        int tos;
        boolean dontFragment;
        int notSentLowat;
        int maxSegment;
        int segment;
        long finWait2Ns;
        long connectTimeoutNs;
        CongestionAlgorithm congestion;

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
            reusePort = from.reusePort;
            user = from.user;
            freeBind = from.freeBind;
            ttl = from.ttl;
            tos = from.tos;
            dontFragment = from.dontFragment;
            notSentLowat = from.notSentLowat;
            maxSegment = from.maxSegment;
            segment = from.segment;
            finWait2Ns = from.finWait2Ns;
            connectTimeoutNs = from.connectTimeoutNs;
            congestion = from.congestion;
        }

        SocketOptions finished() {
            return new SocketOptions(noDelay, keepAlive, keepIdleNs, keepIntervalNs, keepCount,
                    userTimeoutNs, lingerNs, sendBuffer, receiveBuffer, broadcast, reuseAddress, reusePort,
                    user, freeBind, ttl, tos, dontFragment, notSentLowat, maxSegment, segment, finWait2Ns,
                    connectTimeoutNs, congestion);
        }
    }
}
