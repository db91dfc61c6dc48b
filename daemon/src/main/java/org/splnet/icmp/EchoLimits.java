package org.splnet.icmp;

/// How much there may be of sockets for echo.
///
/// @param sockets at once
/// @param messages that may wait in one
/// @param memory octets that may wait in all together
public record EchoLimits(int sockets, int messages, long memory) {
    /// As it is if nothing else is said.
    public static final EchoLimits DEFAULTS = new EchoLimits(4096, 1024, 16L << 20);
}
