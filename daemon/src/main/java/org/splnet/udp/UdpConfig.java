package org.splnet.udp;

import org.splnet.kern.Live;

/// Knobs of UDP.
///
/// @param ephemeralFirst first port that is chosen for a socket that asks for none (RFC 6335: 49152)
/// @param ephemeralLast last such port
/// @param maxSockets sockets at most
/// @param queueDatagrams datagrams that may wait in one socket
/// @param memory octets that what waits in all sockets together may take
public record UdpConfig(int ephemeralFirst, int ephemeralLast, @Live int maxSockets,
        @Live int queueDatagrams, long memory) {

    /// What is used where nothing is configured.
    public static final UdpConfig DEFAULTS = new UdpConfig(49152, 65535, 16384, 8192, 64L << 20);

    public UdpConfig {
        within("udp.ephemeral-first", ephemeralFirst, 1024, 65535);
        within("udp.ephemeral-last", ephemeralLast, ephemeralFirst, 65535);
        within("udp.max-sockets", maxSockets, 1, 1 << 20);
        within("udp.queue-datagrams", queueDatagrams, 1, 1 << 20);
        within("udp.memory", memory, 64 << 10, 1L << 40);
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + min + ".." + max);
        }
    }
}
