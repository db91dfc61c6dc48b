package org.splnet.ip;

import java.util.concurrent.TimeUnit;
import org.splnet.kern.Live;

/// Knobs of IPv4 and ICMP. Durations are in nanoseconds; a rate of 0 means never.
///
/// @param ttl time to live of what this host sends (RFC 1122 §3.2.1.7; RFC 1700: 64)
/// @param strongHost a packet is for us only if its destination is an address of the interface it came in by,
///     and leaves by the interface that has its source address (strong end system, RFC 1122 §3.3.4.2). If
///     false, any of our addresses will do on any interface, 127/8 excepted
/// @param minPathMtu path MTUs reported below this are taken for an attack or a very old link: packets get no
///     smaller, but routers may then fragment them (RFC 1191 §3 allows 68)
/// @param pathMtuLifetimeNs after how long a path MTU is forgotten, to find out whether it has grown (RFC
///     1191 §6.3: ten minutes)
/// @param reassemblyTimeoutNs how long fragments wait for the rest (RFC 1122 §3.3.2: 60 s to 120 s; Linux
///     takes 30 s)
/// @param reassemblyDatagrams datagrams under reassembly at most; the oldest makes room
/// @param reassemblyDatagramsPerSource datagrams of one source address at most; its oldest makes room
/// @param reassemblyFragments fragments of one datagram at most; one more, and all are dropped
/// @param reassemblyMemory octets that all fragments may pin, overhead included; the oldest datagram makes
///     room
/// @param reassemblyMemoryPerSource octets that the fragments of one source may pin
/// @param echoRepliesPerSecond answers to `ping`
/// @param unreachablesPerSecond "destination unreachable" messages sent
/// @param timeExceededPerSecond "time exceeded" messages sent
/// @param parameterProblemsPerSecond "parameter problem" messages sent
public record IpConfig(@Live int ttl, @Live boolean strongHost, int minPathMtu, long pathMtuLifetimeNs,
        long reassemblyTimeoutNs, int reassemblyDatagrams, int reassemblyDatagramsPerSource,
        int reassemblyFragments, long reassemblyMemory, long reassemblyMemoryPerSource,
        @Live int echoRepliesPerSecond, @Live int unreachablesPerSecond, @Live int timeExceededPerSecond,
        @Live int parameterProblemsPerSecond) {
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    /// What is used where nothing is configured.
    public static final IpConfig DEFAULTS = new IpConfig(64, true, 552, 600 * S, 60 * S, 1024, 128, 256,
            8L << 20, 2L << 20, 1_000_000, 1000, 100, 100);

    public IpConfig {
        within("ttl", ttl, 1, 255);
        within("min-path-mtu", minPathMtu, 68, 1500);
        duration("path-mtu-lifetime", pathMtuLifetimeNs, 60 * S, 86_400 * S);
        duration("reassembly-timeout", reassemblyTimeoutNs, S, 300 * S);
        within("reassembly-datagrams", reassemblyDatagrams, 1, 1 << 20);
        within("reassembly-datagrams-per-source", reassemblyDatagramsPerSource, 1, 4096);
        within("reassembly-fragments", reassemblyFragments, 2, 8192);
        within("reassembly-memory", reassemblyMemory, 1 << 18, 1L << 32);
        within("reassembly-memory-per-source", reassemblyMemoryPerSource, 1 << 17, 1L << 32);
        within("echo-replies-per-second", echoRepliesPerSecond, 0, 1_000_000_000);
        within("unreachables-per-second", unreachablesPerSecond, 0, 1_000_000);
        within("time-exceeded-per-second", timeExceededPerSecond, 0, 1_000_000);
        within("parameter-problems-per-second", parameterProblemsPerSecond, 0, 1_000_000);
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("ip." + key + ": " + value + " is not in " + min + ".." + max);
        }
    }

    private static void duration(String key, long ns, long min, long max) {
        if (ns < min || ns > max) {
            throw new IllegalArgumentException("ip." + key + ": " + ns / 1e9 + " s is not in "
                    + min / 1e9 + " s.." + max / 1e9 + " s");
        }
    }
}
