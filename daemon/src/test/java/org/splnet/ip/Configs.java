package org.splnet.ip;

import java.util.concurrent.TimeUnit;

/// Configurations that differ from the defaults in one respect.
final class Configs {
    private static final IpConfig D = IpConfig.DEFAULTS;

    private Configs() {
    }

    static IpConfig weakHost() {
        return new IpConfig(D.ttl(), false, D.minPathMtu(), D.pathMtuLifetimeNs(), D.reassemblyTimeoutNs(),
                D.reassemblyDatagrams(), D.reassemblyDatagramsPerSource(), D.reassemblyFragments(),
                D.reassemblyMemory(), D.reassemblyMemoryPerSource(), D.echoRepliesPerSecond(),
                D.unreachablesPerSecond(), D.timeExceededPerSecond(), D.parameterProblemsPerSecond());
    }

    static IpConfig rates(int echoReplies, int unreachables, int timeExceeded, int parameterProblems) {
        return new IpConfig(D.ttl(), D.strongHost(), D.minPathMtu(), D.pathMtuLifetimeNs(),
                D.reassemblyTimeoutNs(), D.reassemblyDatagrams(), D.reassemblyDatagramsPerSource(),
                D.reassemblyFragments(), D.reassemblyMemory(), D.reassemblyMemoryPerSource(), echoReplies,
                unreachables, timeExceeded, parameterProblems);
    }

    static IpConfig reassembly(int datagrams, int perSource, int fragments, long memory,
            long memoryPerSource) {
        return new IpConfig(D.ttl(), D.strongHost(), D.minPathMtu(), D.pathMtuLifetimeNs(),
                TimeUnit.SECONDS.toNanos(60), datagrams, perSource, fragments, memory, memoryPerSource,
                D.echoRepliesPerSecond(), D.unreachablesPerSecond(), D.timeExceededPerSecond(),
                D.parameterProblemsPerSecond());
    }
}
