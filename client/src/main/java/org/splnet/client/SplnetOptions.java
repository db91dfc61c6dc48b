package org.splnet.client;

import java.net.SocketOption;

/// Socket options of splnet for which the JDK has no constant; they are those of Linux.
///
/// Usable with `setOption` and `getOption` of splnet's sockets and channels, next to `StandardSocketOptions`
/// and `jdk.net.ExtendedSocketOptions`.
public final class SplnetOptions {
    /// Milliseconds after which a connection whose segments nobody acknowledges is given up (RFC 5482); 0: as
    /// long as RFC 9293 wants.
    public static final SocketOption<Integer> TCP_USER_TIMEOUT = option("TCP_USER_TIMEOUT", Integer.class);

    /// Seconds that a closed connection waits for the peer's FIN.
    public static final SocketOption<Integer> TCP_LINGER2 = option("TCP_LINGER2", Integer.class);

    /// Octets of the largest segment (RFC 9293 §3.7.1).
    public static final SocketOption<Integer> TCP_MAXSEG = option("TCP_MAXSEG", Integer.class);

    /// Octets not sent yet below which the socket is writable.
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT = option("TCP_NOTSENT_LOWAT", Integer.class);

    /// The congestion control algorithm, `cubic` or `reno`.
    public static final SocketOption<String> TCP_CONGESTION = option("TCP_CONGESTION", String.class);

    /// The time to live of the packets.
    public static final SocketOption<Integer> IP_TTL = option("IP_TTL", Integer.class);

    private SplnetOptions() {
    }

    private static <T> SocketOption<T> option(String name, Class<T> type) {
        return new SocketOption<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Class<T> type() {
                return type;
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
