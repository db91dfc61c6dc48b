package org.splnet.tcp;

import java.util.concurrent.atomic.LongAdder;

/// Counters of one TCP instance. Any thread.
public final class TcpStats {
    /// What is counted.
    public enum Counter {
        /// Segments received, merged ones counted once.
        SEGMENTS_IN,
        /// Segments handed down, those to be cut counted once.
        SEGMENTS_OUT,
        /// Octets of payload received in order.
        OCTETS_IN,
        /// Octets of payload sent, retransmissions included.
        OCTETS_OUT,
        /// Active opens.
        CONNECTS,
        /// Passive opens that became connections.
        ACCEPTS,
        /// Connections that reached ESTABLISHED.
        ESTABLISHED,
        /// Connections that have ended, those included whose TIME-WAIT lasts: active and passive opens are
        /// these and the ones there are.
        CLOSED,
        /// Active opens that failed.
        CONNECTS_FAILED,
        /// Connections the peer reset.
        RESETS_IN,
        /// RST segments sent.
        RESETS_OUT,
        /// RST segments not sent because of the rate limit.
        RESETS_LIMITED,
        /// Connections ended by a timer.
        TIMEOUTS,
        /// Retransmission timeouts.
        RETRANSMIT_TIMEOUTS,
        /// Segments sent again.
        RETRANSMITS,
        /// Fast retransmits (RFC 5681 §3.2).
        FAST_RETRANSMITS,
        /// Partial acknowledgements in fast recovery (RFC 6582).
        PARTIAL_ACKS,
        /// Duplicate acknowledgements received.
        DUPLICATE_ACKS,
        /// Reports of segments that arrived twice (RFC 2883).
        DSACKS_IN,
        /// Times that the network marked what was on its way to us (RFC 3168).
        CONGESTION_MET,
        /// Windows reduced because the peer told of such marks.
        CONGESTION_TOLD,
        /// Paths suspected to swallow large segments (RFC 8899).
        BLACK_HOLES,
        /// Probes of the segment size sent.
        SIZE_PROBES,
        /// Tail loss probes sent (RFC 8985 §7).
        TAIL_PROBES,
        /// Losses that a tail loss probe repaired.
        PROBE_REPAIRS,
        /// Recoveries found to have been unnecessary, and undone.
        SPURIOUS_RECOVERIES,
        /// Window probes sent.
        WINDOW_PROBES,
        /// Keep-alive probes sent.
        KEEPALIVE_PROBES,
        /// Acknowledgements sent late on purpose.
        DELAYED_ACKS,
        /// Segments that arrived out of order and were kept.
        OUT_OF_ORDER,
        /// Segments without anything new.
        DUPLICATES,
        /// Segments whose timestamp says that they are old duplicates (RFC 7323 §5, PAWS).
        PAWS_DROPPED,
        /// Segments outside the window.
        OUT_OF_WINDOW,
        /// Challenge ACKs sent (RFC 5961).
        CHALLENGE_ACKS,
        /// Challenge ACKs not sent because of the rate limits.
        CHALLENGE_ACKS_LIMITED,
        /// Half-open connections pushed out by newer ones.
        HALF_OPEN_DROPPED,
        /// Connections reset because too many had no user any more.
        ORPHANS_RESET,
        /// Connections opened by a SYN with a cookie (RFC 7413).
        FAST_OPENS,
        /// SYN segments answered without being remembered (RFC 4987 §3.6).
        COOKIES_SENT,
        /// Connections that such an answer has opened.
        COOKIES_ACCEPTED,
        /// Acknowledgements taken for such, which were none.
        COOKIES_REFUSED,
        /// Half-open connections that were never completed.
        HALF_OPEN_TIMEOUTS,
        /// Completing acknowledgements ignored because the accept queue was full.
        ACCEPT_QUEUE_FULL,
        /// SYN segments refused because the receive memory is used up.
        REFUSED_NO_MEMORY,
        /// Connections in TIME-WAIT pushed out by newer ones.
        TIME_WAIT_RECYCLED,
        /// SYN segments that ended a TIME-WAIT early (RFC 1122, 4.2.2.13).
        TIME_WAIT_REOPENED,
        /// Urgent data announced by peers.
        URGENT,
        /// ICMP errors that matched a connection.
        ERRORS_MATCHED,
        /// ICMP errors whose quotation fits no connection's window (RFC 5927).
        ERRORS_REFUSED,
        /// Segment sizes lowered because of a path's MTU.
        MTU_LOWERED;
    }

    private final LongAdder[] counts = new LongAdder[Counter.values().length];

    TcpStats() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(Counter counter) {
        counts[counter.ordinal()].increment();
    }

    void add(Counter counter, long n) {
        counts[counter.ordinal()].add(n);
    }

    void reset() {
        for (LongAdder each : counts) {
            each.reset();
        }
    }

    /// How much so far.
    public long count(Counter counter) {
        return counts[counter.ordinal()].sum();
    }
}
