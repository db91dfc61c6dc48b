package org.splnet.icmp;

/// How much there may be of sockets for echo.
///
/// @param sockets at once
/// @param messages that may wait in one
/// @param memory octets that what waits in all together may take
public record EchoLimits(int sockets, int messages, long memory) {
    /// As it is if nothing else is said.
    public static final EchoLimits DEFAULTS = new EchoLimits(4096, 1024, 16L << 20);
}
