package org.splnet.tcp;

/// The timestamps of one connection (RFC 7323): our clock as the peer sees it, and the latest of the peer's
/// (TS.Recent). Handed on from the half-open entry to the connection and from there to its TIME-WAIT.
///
/// Lock key: (c) constant, (e) written under its owner's lock, whatever its rank. That of a TIME-WAIT is
/// written no more, and read without.
final class Timestamps {
    /// RFC 7323 §5.4: between 1 ms and 1 s. Coarser than our own clock, so that the peer learns no more of
    /// it than it must.
    static final long TICK_NS = 1_000_000;
    /// RFC 7323 §5.5: half of the number space at the fastest clock allowed.
    private static final long OUTDATED_NS = 24L * 86_400 * 1_000_000_000;

    private final int offset;          // (c) §5.4: random for each connection
    private int recent;                // (e) TS.Recent
    private long recentNs;             // (e) when that was

    /// @param offset what our clock is ahead, from [IssGenerator#timestampOffset]
    /// @param recent the peer's first
    Timestamps(int offset, int recent, long nowNs) {
        this.offset = offset;
        this.recent = recent;
        this.recentNs = nowNs;
    }

    /// A clock that tells nothing but differences.
    static int value(int offset, long nowNs) {
        return (int) (nowNs / TICK_NS) + offset;
    }

    /// SEG.TSval of what is sent now.
    int value(long nowNs) {
        return value(offset, nowNs);
    }

    /// SEG.TSecr of what is sent now: TS.Recent.
    int echo() {
        return recent;
    }

    /// PAWS (§5.3, R1): a segment with this value is an old duplicate. Not behind a zero: some have that in
    /// their SYN, and begin with any other behind it, so BSD and Linux take it for none.
    boolean old(int tsVal, long nowNs) {
        return recent != 0 && tsVal - recent < 0 && nowNs - recentNs < OUTDATED_NS;
    }

    /// An acceptable segment that begins at or before what was last acknowledged has this value (§4.3 (2)).
    void note(int tsVal, long nowNs) {
        recent = tsVal;
        recentNs = nowNs;
    }

    /// How long ago we said what is echoed here (§4.1) at the earliest, in nanoseconds.
    ///
    /// @return negative if we can never have said it
    long ageNs(int tsEcr, long nowNs) {
        return (value(nowNs) - tsEcr) * TICK_NS + Math.floorMod(nowNs, TICK_NS);
    }
}
