package org.splnet.ip;

import java.util.concurrent.TimeUnit;

/// Knobs of IPv4 and ICMP. Durations are in nanoseconds.
///
/// @param ttl time to live of what we send (RFC 1122 §3.2.1.7; RFC 1700's 64)
/// @param reassemblyTimeoutNs how long fragments wait for the others (RFC 1122 §3.3.2: 60 to 120 s)
/// @param reassemblyOctets octets that datagrams under reassembly may occupy
/// @param reassemblyDatagrams how many of them there may be
/// @param reassemblyFragments fragments one datagram may come in
/// @param minPathMtu least path MTU believed of an ICMP message (RFC 1191 §3 allows 68)
/// @param pathMtuTimeoutNs after how long a lowered path MTU is forgotten (RFC 1191 §6.3: 10 minutes)
/// @param pathMtus lowered path MTUs remembered
/// @param echoPerSecond echo requests answered
/// @param errorsPerSecond ICMP errors sent, of all kinds together (RFC 1812 §4.3.2.8)
public record IpConfig(int ttl, long reassemblyTimeoutNs, long reassemblyOctets, int reassemblyDatagrams,
        int reassemblyFragments, int minPathMtu, long pathMtuTimeoutNs, int pathMtus, int echoPerSecond,
        int errorsPerSecond) {

    private static final long S = TimeUnit.SECONDS.toNanos(1);

    /// What the product runs with.
    public static final IpConfig DEFAULTS = new IpConfig(64, 60 * S, 16L << 20, 1024, 128, 552, 600 * S, 4096,
            1_000_000, 1000);

    public IpConfig {
        within("ttl", ttl, 1, 255);
        duration("reassembly-timeout", reassemblyTimeoutNs, S, 120 * S);
        within("reassembly-octets", reassemblyOctets, 1 << 20, 1L << 40);
        within("reassembly-datagrams", reassemblyDatagrams, 64, 1 << 20);
        within("reassembly-fragments", reassemblyFragments, 2, 8192);
        within("min-path-mtu", minPathMtu, 68, 1500);
        duration("path-mtu-timeout", pathMtuTimeoutNs, 60 * S, 86_400 * S);
        within("path-mtus", pathMtus, 1, 1 << 20);
        within("echo-per-second", echoPerSecond, 1, 100_000_000);
        within("errors-per-second", errorsPerSecond, 1, 1_000_000);
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("ip." + key + ": " + value + " is not in " + min + ".." + max);
        }
    }

    private static void duration(String key, long ns, long min, long max) {
        if (ns < min || ns > max) {
            throw new IllegalArgumentException("ip." + key + ": " + ns / 1e9 + " s is not in " + min / 1e9
                    + " s.." + max / 1e9 + " s");
        }
    }
}
