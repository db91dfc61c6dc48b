package org.splnet.ip;

import java.util.concurrent.atomic.LongAdder;

/// Counters of IPv4 and ICMP (RFC 4293 in spirit); what is dropped is counted by its
/// [reason][org.splnet.pkt.DropReason]. Any thread.
public final class IpStats {
    /// What is counted.
    public enum Counter {
        /// Packets that came in, fragments included, merged ones counted once (`ipInReceives`).
        PACKETS_IN,
        /// Datagrams handed to transports and ICMP (`ipInDelivers`).
        DELIVERED,
        /// Packets handed to interfaces, fragments included.
        PACKETS_OUT,
        /// Fragments that came in (`ipReasmReqds`).
        FRAGMENTS_IN,
        /// Datagrams put together (`ipReasmOKs`).
        REASSEMBLED,
        /// Datagrams given up: too late, too much, overlapping (`ipReasmFails`).
        REASSEMBLY_FAILURES,
        /// Datagrams sent in fragments (`ipFragOKs`).
        FRAGMENTED,
        /// Fragments sent (`ipFragCreates`).
        FRAGMENTS_OUT,
        /// Packets of ours whose next hop did not answer.
        UNDELIVERED,
        /// ICMP errors that came in about datagrams of ours, and were told to who had sent those.
        ERRORS_IN,
        /// ICMP errors that were not sent: over the limit of their rate.
        ERRORS_SUPPRESSED,
        /// Redirects that came in, none of which is followed.
        REDIRECTS,
        /// Path MTUs lowered.
        PATH_MTU_LOWERED;
    }

    private static final int TYPES = 256;

    private final LongAdder[] counts = adders(Counter.values().length);
    private final LongAdder[] icmpIn = adders(TYPES);
    private final LongAdder[] icmpOut = adders(TYPES);

    IpStats() {
    }

    private static LongAdder[] adders(int length) {
        LongAdder[] adders = new LongAdder[length];
        for (int i = 0; i < length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    void add(Counter counter) {
        counts[counter.ordinal()].increment();
    }

    void icmpReceived(int type) {
        icmpIn[type].increment();
    }

    void icmpSent(int type) {
        icmpOut[type].increment();
    }

    void reset() {
        for (LongAdder[] each : new LongAdder[][] {counts, icmpIn, icmpOut}) {
            for (LongAdder one : each) {
                one.reset();
            }
        }
    }

    /// How much so far.
    public long count(Counter counter) {
        return counts[counter.ordinal()].sum();
    }

    /// ICMP messages of that type, 0 to 255, that came in and were right (RFC 4293, `icmpMsgStatsInPkts`).
    public long icmpIn(int type) {
        return icmpIn[type].sum();
    }

    /// ICMP messages of that type that were sent (`icmpMsgStatsOutPkts`).
    public long icmpOut(int type) {
        return icmpOut[type].sum();
    }
}
