package org.splnet.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// Where somebody listens: `tcp://127.0.0.1:8080`, `udp://127.0.0.1:53` or, on the host,
/// `unix:///run/web.sock`.
sealed interface Place {
    /// A TCP port.
    record Tcp(Endpoint at) implements Place {
        @Override
        public SocketAddress host() {
            return new InetSocketAddress(address(at.addr()), at.port());
        }

        /// The same with another port.
        Tcp withPort(int port) {
            return new Tcp(new Endpoint(at.addr(), port));
        }

        @Override
        public String toString() {
            return TCP + at;
        }
    }

    /// A UDP port.
    record Udp(Endpoint at) implements Place {
        @Override
        public InetSocketAddress host() {
            return new InetSocketAddress(address(at.addr()), at.port());
        }

        /// The same with another port.
        Udp withPort(int port) {
            return new Udp(new Endpoint(at.addr(), port));
        }

        @Override
        public String toString() {
            return UDP + at;
        }
    }

    /// A Unix stream socket.
    record Unix(Path path) implements Place {
        @Override
        public SocketAddress host() {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        public String toString() {
            return UNIX + path;
        }
    }

    /// What a place of the host looks like.
    String ON_HOST = "tcp://ADDRESS:PORT, udp://ADDRESS:PORT, or unix:///PATH of at most 100 octets";
    /// What a place of the stack looks like.
    String IN_STACK = "tcp://ADDRESS:PORT or udp://ADDRESS:PORT with an IPv4 address";

    /// The scheme of TCP.
    String TCP = "tcp://";
    /// The scheme of UDP.
    String UDP = "udp://";
    /// The scheme of Unix sockets.
    String UNIX = "unix://";
    /// sun_path has 108 octets, and a name beside it is needed while a socket is being made.
    int LONGEST = 100;

    /// The same for the host's kernel.
    SocketAddress host();

    /// A place of the host to listen at; port 0 is for one to be chosen.
    ///
    /// @param key whose value it is, for messages
    /// @throws IllegalArgumentException saying what is allowed
    static Place listening(String key, String text) {
        Place place = parse(text);
        if (place == null) {
            throw new IllegalArgumentException(key + ": must be " + ON_HOST);
        }
        return place;
    }

    /// A place of the host to connect to.
    ///
    /// @param key whose value it is, for messages
    /// @throws IllegalArgumentException saying what is allowed
    static Place serving(String key, String text) {
        Place place = parse(text);
        if (place == null || place.port() == 0) {
            throw new IllegalArgumentException(key + ": must be " + ON_HOST);
        }
        return place;
    }

    /// A port of the stack.
    ///
    /// @param key whose value it is, for messages
    /// @throws IllegalArgumentException saying what is allowed
    static Endpoint inStack(String key, String text) {
        Endpoint at = switch (parse(text)) {
            case Tcp tcp -> tcp.at;
            case Udp udp -> udp.at;
            case Unix unix -> null;
            case null -> null;
        };
        if (at != null && at.addr() instanceof Ip4Addr) {
            return at;
        }
        throw new IllegalArgumentException(key + ": must be " + IN_STACK);
    }

    /// True if a relay between these is one of datagrams.
    ///
    /// @throws IllegalArgumentException if only one of them is UDP
    static boolean datagrams(String listen, String to) {
        if (listen.startsWith(UDP) != to.startsWith(UDP)) {
            throw new IllegalArgumentException("listen and to must both be udp://ADDRESS:PORT, or neither");
        }
        return listen.startsWith(UDP);
    }

    /// True for a port of whatever address.
    default boolean anywhere() {
        return switch (this) {
            case Tcp(Endpoint at) -> at.addr().isUnspecified();
            case Udp(Endpoint at) -> at.addr().isUnspecified();
            case Unix unix -> false;
        };
    }

    /// The port; -1 where there is no such thing.
    private int port() {
        return switch (this) {
            case Tcp tcp -> tcp.at.port();
            case Udp udp -> udp.at.port();
            case Unix unix -> -1;
        };
    }

    /// Null for what is none.
    private static Place parse(String text) {
        try {
            if (text.startsWith(TCP)) {
                return new Tcp(Endpoint.parse(text.substring(TCP.length())));
            }
            if (text.startsWith(UDP)) {
                return new Udp(Endpoint.parse(text.substring(UDP.length())));
            }
            Path path = text.startsWith(UNIX) ? Path.of(text.substring(UNIX.length())) : null;
            return path != null && path.isAbsolute() && path.getFileName() != null
                    && path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST
                    ? new Unix(path.normalize()) : null;
        } catch (IllegalArgumentException e) {      // of an end point, or of a path
            return null;
        }
    }

    private static InetAddress address(InetAddr addr) {
        int length = addr.bitLength() / Byte.SIZE;
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            int behind = (length - 1 - i) * Byte.SIZE;
            octets[i] = (byte) (behind >= Long.SIZE ? addr.hi() >>> behind - Long.SIZE
                    : addr.lo() >>> behind);
        }
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
