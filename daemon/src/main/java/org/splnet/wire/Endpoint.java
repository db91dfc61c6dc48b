package org.splnet.wire;

import java.util.Objects;

/// An address with a port: `10.0.0.1:80`, `[::1]:80` (RFC 5952 §6). Port 0 is "any" or "choose one".
public record Endpoint(InetAddr addr, int port) implements Comparable<Endpoint> {
    private static final String EXPECTED = "an address with port";

    public Endpoint {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not in 0..65535");
        }
        Objects.requireNonNull(addr, "addr");
    }

    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    public static Endpoint parse(String s) {
        int colon = s.lastIndexOf(':');
        boolean bracketed = s.startsWith("[");
        if (colon < 0 || bracketed && s.indexOf(']') > colon) {
            throw Malformed.text(s, EXPECTED, "the port is missing");
        }
        String host = s.substring(0, colon);
        if (bracketed) {
            if (!host.endsWith("]")) {
                throw Malformed.text(s, EXPECTED, "\"[address]:port\" expected");
            }
            host = host.substring(1, host.length() - 1);
            if (host.indexOf(':') < 0) {
                throw Malformed.text(s, EXPECTED, "only an IPv6 address goes into brackets");
            }
        } else if (host.indexOf(':') >= 0) {
            throw Malformed.text(s, EXPECTED, "an IPv6 address goes into brackets: \"[::1]:80\"");
        }
        InetAddr addr;
        try {
            addr = InetAddr.parse(host);
        } catch (IllegalArgumentException e) {
            throw Malformed.text(s, EXPECTED, e.getMessage());
        }
        int port = Malformed.decimal(s, colon + 1, s.length(), 5);
        if (port < 0 || port > 65535) {
            throw Malformed.text(s, EXPECTED,
                    "port " + Malformed.quote(s.substring(colon + 1)) + " is not in 0..65535");
        }
        return new Endpoint(addr, port);
    }

    @Override
    public int compareTo(Endpoint that) {
        int c = addr.compareTo(that.addr);
        return c != 0 ? c : Integer.compare(port, that.port);
    }

    @Override
    public String toString() {
        return addr.isV4() ? addr + ":" + port : "[" + addr + "]:" + port;
    }
}
