package org.splnet.net;

import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;

/// Knobs of the link layer, the same for all interfaces of a stack.
public record NetConfig(Neighbors neighbors, Queues queues) {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /// The values the documentation names.
    public static NetConfig defaults() {
        return new NetConfig(Neighbors.defaults(), Queues.defaults());
    }

    /// How neighbors are found out, kept and forgotten.
    ///
    /// @param limit most neighbors per interface
    /// @param holdPackets most packets that wait for one neighbor; at least 1 (RFC 1122 §2.3.2.2). A datagram
    ///     of more fragments cannot wait: the default has room for the largest in fragments of 1500 octets
    /// @param holdOctets most octets that wait for one neighbor; a single packet may be larger
    /// @param holdTotalOctets most octets of memory that what waits for all neighbors of an interface keeps
    /// @param reachableNs how long an answer is believed, before the random factor of RFC 4861 §6.3.2
    /// @param delayNs how long advice from above is waited for before a probe (DELAY_FIRST_PROBE_TIME, §10)
    /// @param retransmitNs time between tries; at least a second (RFC 1122 §2.3.2.1)
    /// @param tries how often a neighbor is asked before it counts as failed (MAX_UNICAST_SOLICIT, §10)
    /// @param failedNs how long a failed neighbor is refused without asking again; 0: not at all
    /// @param forgetNs after how long without use an entry is removed
    /// @param broadcastsPerSecond most requests to everybody per interface, so that a scan of the subnet, or
    ///     forged senders in it, cannot make this host flood the link
    public record Neighbors(int limit, int holdPackets, int holdOctets, int holdTotalOctets, long reachableNs,
            long delayNs, long retransmitNs, int tries, long failedNs, long forgetNs,
            int broadcastsPerSecond) {
        public Neighbors {
            range("neighbors.limit", limit, 2, 1 << 20);
            range("neighbors.hold-packets", holdPackets, 1, 1024);
            range("neighbors.hold-octets", holdOctets, 1500, 1 << 26);
            range("neighbors.hold-total-octets", holdTotalOctets, holdOctets, 1 << 30);
            time("neighbors.reachable", reachableNs, SECOND, 3600 * SECOND);
            time("neighbors.delay", delayNs, SECOND / 10, 60 * SECOND);
            time("neighbors.retransmit", retransmitNs, SECOND, 60 * SECOND);
            range("neighbors.tries", tries, 1, 20);
            time("neighbors.failed", failedNs, 0, 60 * SECOND);
            time("neighbors.forget", forgetNs, SECOND, 86_400 * SECOND);
            range("neighbors.broadcasts-per-second", broadcastsPerSecond, 1, 1_000_000);
        }

        /// The values the documentation names.
        public static Neighbors defaults() {
            return new Neighbors(1024, 64, 256 << 10, 4 << 20, 30 * SECOND, 5 * SECOND, SECOND, 3, 0,
                    1200 * SECOND, 256);
        }
    }

    /// Queue bounds.
    ///
    /// @param batch most frames taken from a device queue, or packets from the loopback queue, at once; fewer
    ///     of large frames
    /// @param transmitPackets most frames that wait for one queue of a device that is full
    /// @param transmitOctets most octets that wait for it
    /// @param loopbackPackets most packets under way from this host to itself
    /// @param loopbackOctets most octets of them
    /// @param busyPollNs how long a device queue that has become empty, or the control socket, is looked at
    ///     before its thread sleeps; twice that while clients share memory with us
    public record Queues(int batch, int transmitPackets, int transmitOctets, int loopbackPackets,
            int loopbackOctets, long busyPollNs) {
        public Queues {
            range("queues.batch", batch, 1, 4096);
            range("queues.transmit-packets", transmitPackets, 1, 1 << 20);
            range("queues.transmit-octets", transmitOctets, 1 << 17, 1 << 30);
            range("queues.loopback-packets", loopbackPackets, 1, 1 << 20);
            range("queues.loopback-octets", loopbackOctets, 1 << 17, 1 << 30);
            time("queues.busy-poll", busyPollNs, 0, SECOND);
        }

        /// The values the documentation names.
        public static Queues defaults() {
            return new Queues(64, 1024, 4 << 20, 1024, 8 << 20, 100_000);
        }
    }

    private static void range(String key, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(key + ": " + value + " is not in " + low + ".." + high);
        }
    }

    private static void time(String key, long ns, long low, long high) {
        if (ns < low || ns > high) {
            throw new IllegalArgumentException(key + ": " + seconds(ns) + " is not in " + seconds(low) + ".."
                    + seconds(high));
        }
    }

    private static String seconds(long ns) {
        return BigDecimal.valueOf(ns, 9).stripTrailingZeros().toPlainString() + " s";
    }
}
