package org.splnet.client;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/// An address and a port as the daemon writes them: `10.88.0.1:80` in text, 20 octets in binary.
final class EndPoint {
    /// Octets of an end point in a datagram's header.
    static final int LENGTH = 20;

    /// Any address, a port that the stack chooses.
    static final InetSocketAddress ANY = of(new byte[4], 0);

    /// Everybody on the link (RFC 919).
    static final InetAddress BROADCAST = of(new byte[] {-1, -1, -1, -1}, 0).getAddress();

    /// The family of an end point that is given (AF_INET).
    static final int FAMILY = 4;
    /// The family that says "none".
    static final int NONE = 0;
    /// The family that makes a datagram's header an error, with its number as the port.
    static final int ERROR = 255;

    private EndPoint() {
    }

    /// `remote` and its like as the daemon wants them: IPv4, where "any" of either family is `0.0.0.0`.
    ///
    /// @throws SocketException if it is an IPv6 address
    static InetSocketAddress checked(InetSocketAddress end) throws SocketException {
        if (end.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (end.getAddress() instanceof Inet4Address) {
            return end;
        }
        if (end.getAddress().isAnyLocalAddress()) {
            return of(new byte[4], end.getPort());
        }
        throw new SocketException("Protocol family unavailable: " + end + ": splnet has IPv4 addresses only");
    }

    /// The same for a channel, which takes any [SocketAddress].
    static InetSocketAddress checked(SocketAddress end) throws SocketException {
        if (end instanceof InetSocketAddress inet) {
            return checked(inet);
        }
        if (end == null) {
            throw new NullPointerException("address");
        }
        throw new UnsupportedAddressTypeException();
    }

    /// Where to connect to: "any" is this host (RFC 1122 §3.2.1.3 knows it as a source only; every kernel
    /// takes it so).
    static InetSocketAddress destination(SocketAddress end) throws SocketException {
        InetSocketAddress inet = checked(end);
        return inet.getAddress().isAnyLocalAddress() ? of(new byte[] {127, 0, 0, 1}, inet.getPort()) : inet;
    }

    static String format(InetSocketAddress end) {
        return end.getAddress().getHostAddress() + ":" + end.getPort();
    }

    static InetSocketAddress parse(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        String[] parts = text.substring(0, Math.max(colon, 0)).split("\\.", -1);
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            byte[] address = new byte[4];
            for (int i = 0; i < 4; i++) {
                int part = Integer.parseInt(parts[i]);
                if (part < 0 || part > 255) {
                    throw new NumberFormatException();
                }
                address[i] = (byte) part;
            }
            if (parts.length == 4 && port >= 0 && port <= 65535) {
                return of(address, port);
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // said below
        }
        throw new IOException("the daemon's answer has an end point '" + text + "': not like 10.88.0.1:80");
    }

    /// Writes `end`, or "none" if it is null.
    static void put(ByteBuffer to, InetSocketAddress end) {
        byte[] octets = new byte[LENGTH];
        if (end != null) {
            octets[0] = FAMILY;
            octets[2] = (byte) (end.getPort() >>> 8);
            octets[3] = (byte) end.getPort();
            System.arraycopy(end.getAddress().getAddress(), 0, octets, 4, 4);
        }
        to.put(octets);
    }

    /// The end point at `at`, whatever its family says.
    static InetSocketAddress get(ByteBuffer from, int at) {
        byte[] address = new byte[4];
        from.get(at + 4, address);
        return of(address, from.getShort(at + 2) & 0xFFFF);
    }

    private static InetSocketAddress of(byte[] address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // only of a wrong length
        }
    }
}
