package org.splnet.relay;

import java.nio.charset.StandardCharsets;

/// `[[socks]]`: a SOCKS5 proxy (RFC 1928) into the stack.
///
/// @param listen `tcp://ADDRESS:PORT` with a loopback address of the host, or `unix:///PATH`: to anybody else
///     it would be an open door, and a password in clear no lock
/// @param user whom to ask for a password (RFC 1929); empty for nobody
/// @param password what to be told then
/// @param maxConnections connections at once; more are reset
/// @param connectTimeoutNs how long the stack tries to connect
/// @param idleTimeoutNs a connection on which nothing moves for so long is reset
public record SocksConfig(String listen, String user, String password, int maxConnections,
        long connectTimeoutNs, long idleTimeoutNs) implements RelayConfig {
    /// What is taken where nothing is said, but for where it listens, which is an example.
    public static final SocksConfig DEFAULTS = new SocksConfig("tcp://127.0.0.1:1080", "", "",
            Bounds.CONNECTIONS, Bounds.CONNECT_NS, Bounds.IDLE_NS);

    /// RFC 1929 §2: lengths are one octet.
    private static final int LONGEST = 255;
    /// It does not say in which letters, and clients do not agree on any others.
    private static final String ASCII = " letters, digits and signs of ASCII";

    public SocksConfig {
        Place at = Place.listening("listen", listen);
        if (at instanceof Place.Udp || at instanceof Place.Tcp tcp && !tcp.at().addr().isLoopback()) {
            throw new IllegalArgumentException("listen: must be tcp:// with a loopback address or a Unix"
                    + " socket, because a SOCKS proxy is a door for everybody who reaches it");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException((user.isEmpty() ? "user" : "password")
                    + ": must be there if user or password is");
        }
        if (!sayable(user)) {
            throw new IllegalArgumentException("user: must be of at most " + LONGEST + ASCII);
        }
        if (!sayable(password)) {
            throw new IllegalArgumentException("password: must be of at most " + LONGEST + ASCII);
        }
        Bounds.check(maxConnections, connectTimeoutNs, idleTimeoutNs);
    }

    private static boolean sayable(String text) {
        return text.length() <= LONGEST && StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    }

    @Override
    public String kind() {
        return "socks";
    }

    @Override
    public String to() {
        return "";
    }

    /// Without the password.
    @Override
    public String toString() {
        return "SocksConfig[" + listen + (user.isEmpty() ? "" : ", user " + user) + "]";
    }
}
