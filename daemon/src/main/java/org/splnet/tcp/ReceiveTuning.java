package org.splnet.tcp;

import org.splnet.wire.Seq;

/// How much one connection should be able to receive ahead of its user (dynamic right-sizing): twice what the
/// user reads in a round trip, because a sender that is to go on must have as much on its way as waits here.
/// A receiver sees round trips in the timestamps that come back, or, without them, in how long it takes until
/// what was offered has arrived, which cannot be less.
///
/// On a short path, within a machine or a room, it is our own window that makes the queue a segment waits in,
/// and by that the round trip: measured as it is, each would ask for a larger window, and the next would take
/// longer, until all that passes has left the processor's caches before it is read. So there the shortest one
/// counts, and what is read is averaged over a time in which a reader sleeps and catches up.
///
/// Numbers in, numbers out. Covered by its connection's lock.
final class ReceiveTuning {
    /// A path with shorter round trips is a short one.
    private static final long SHORT_NS = 1_000_000;
    /// A reader may take as long to come.
    private static final long MIN_RTT_NS = 100_000;
    /// So long a round trip is believed on a short path, too: it is another path now, or so slow a one that
    /// it does not matter whether the window stays in the cache.
    private static final long OTHER_NS = 8 * SHORT_NS;
    /// For so long the shortest round trip of a short path counts; then that of the time since.
    private static final long SPAN_NS = 10_000_000_000L;
    /// What stays in a processor's cache: up to this the window grows as on a long path.
    private static final int CACHED = 1 << 20;
    /// A round trip is believed to become longer by an eighth of itself at a time: what a sender that had
    /// nothing to send echoes is old, not slow.
    private static final int SLOWLY = 8;

    private long rttNs;                // 0 while not known
    private long leastNs = Long.MAX_VALUE;  // since `spanNs`
    private long spanNs;
    private boolean echoes;
    private int lastEcho;
    private int offeredSeq;            // when this has arrived, what was offered at `offeredNs` has
    private long offeredNs;
    private int roundReadSeq;          // what had been read when the round trip began
    private long roundNs;
    private int most;                  // read in one round trip so far

    /// @param readSeq behind the last octet that was read
    /// @param offeredSeq right edge of the window
    /// @param rttNs as measured by the handshake, 0 if it was not
    /// @param enough octets in a round trip for which the buffer is large enough as it is
    ReceiveTuning(int readSeq, int offeredSeq, long rttNs, int enough, long nowNs) {
        this.roundReadSeq = readSeq;
        this.roundNs = nowNs;
        this.spanNs = nowNs;
        this.offeredSeq = offeredSeq;
        this.offeredNs = nowNs;
        this.rttNs = rttNs == 0 ? 0 : Math.max(rttNs, MIN_RTT_NS);
        this.most = enough;
    }

    /// Text has arrived with a timestamp that we gave out so long ago.
    ///
    /// @param ageNs negative if we never gave it out
    void echoed(int echo, long ageNs, long nowNs) {
        if (ageNs < 0 || echoes && echo == lastEcho) {
            return;                                        // only the first answer is a prompt one
        }
        echoes = true;
        lastEcho = echo;
        measured(ageNs, nowNs);
    }

    /// Text up to `rcvNxt` has arrived, without a timestamp.
    ///
    /// @param edge right edge of the window now
    void arrived(int rcvNxt, int edge, long nowNs) {
        if (Seq.geq(rcvNxt, offeredSeq)) {
            long ns = Math.max(nowNs - offeredNs, SHORT_NS);   // by octets that came together it may be less
            rttNs = rttNs == 0 ? ns : Math.min(rttNs, ns);
            offeredSeq = edge;
            offeredNs = nowNs;
        }
    }

    private void measured(long ns, long nowNs) {
        long sampleNs = Math.max(ns, MIN_RTT_NS);
        boolean spanOver = nowNs - spanNs >= SPAN_NS;
        leastNs = Math.min(leastNs, sampleNs);
        if (rttNs == 0 || sampleNs < rttNs) {
            rttNs = sampleNs;
        } else if (rttNs >= SHORT_NS || sampleNs >= OTHER_NS) {
            rttNs += Math.min(sampleNs - rttNs, rttNs) / SLOWLY;
        } else if (spanOver) {
            rttNs = leastNs;
        }
        if (spanOver) {
            spanNs = nowNs;
            leastNs = Long.MAX_VALUE;
        }
    }

    /// What the buffer should hold, by what was read in this round trip, which need not be over.
    ///
    /// @param readSeq behind the last octet that was read
    /// @return octets; 0 if not known
    int wanted(int readSeq, long nowNs) {
        if (rttNs == 0) {
            return 0;
        }
        int read = readSeq - roundReadSeq;
        long tookNs = nowNs - roundNs;
        // slow start, where more is read than ever: it will be twice as much before this has its effect
        long wanted = (read > most ? 4L : 2L) * read;
        if (rttNs < SHORT_NS) {
            wanted = Math.max(Math.min(wanted, CACHED), 2L * read * rttNs / Math.max(tookNs, SHORT_NS));
        }
        if (tookNs >= Math.max(rttNs, SHORT_NS)) {
            roundReadSeq = readSeq;
            roundNs = nowNs;
            most = Math.max(most, read);
        }
        return (int) Math.min(wanted, Integer.MAX_VALUE);
    }

    /// The round-trip time as the receiver sees it; 0 if not known.
    long rttNs() {
        return rttNs;
    }
}
