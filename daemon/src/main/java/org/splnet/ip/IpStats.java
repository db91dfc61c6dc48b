package org.splnet.ip;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// Counters of IPv4 and ICMP; what was dropped is counted by its reason. Any thread.
public final class IpStats {
    /// What is counted.
    public enum Counter {
        /// Datagrams and fragments received, merged ones counted once.
        PACKETS_IN,
        /// Datagrams handed to transports and ICMP.
        DELIVERED,
        /// Packets handed to interfaces, fragments included.
        PACKETS_OUT,
        /// Fragments received.
        FRAGMENTS_IN,
        /// Datagrams put together.
        REASSEMBLED,
        /// Exact duplicates of fragments, ignored.
        FRAGMENTS_DUPLICATE,
        /// Datagrams sent in fragments.
        FRAGMENTED,
        /// Fragments sent.
        FRAGMENTS_OUT,
        /// ICMP messages received.
        ICMP_IN,
        /// ICMP messages sent.
        ICMP_OUT,
        /// Echo requests answered.
        ECHO_REPLIES,
        /// ICMP errors received about datagrams of ours.
        ERRORS_IN,
        /// ICMP errors sent.
        ERRORS_OUT,
        /// Redirects received and ignored.
        REDIRECTS,
        /// Path MTUs lowered.
        PATH_MTU_LOWERED;

        /// The name as it is shown: lower case, dashes.
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final LongAdder[] counts = new LongAdder[Counter.values().length];

    IpStats() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(Counter counter) {
        counts[counter.ordinal()].increment();
    }

    /// How much so far.
    public long count(Counter counter) {
        return counts[counter.ordinal()].sum();
    }
}
