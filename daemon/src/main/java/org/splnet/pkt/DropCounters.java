package org.splnet.pkt;

import java.util.concurrent.atomic.LongAdder;

/// One counter per [DropReason]. Any thread.
public final class DropCounters {
    private final LongAdder[] counts = new LongAdder[DropReason.values().length];

    public DropCounters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// Counts one drop.
    public void add(DropReason reason) {
        counts[reason.ordinal()].increment();
    }

    /// All of them are zero again.
    public void reset() {
        for (LongAdder each : counts) {
            each.reset();
        }
    }

    /// How often so far.
    public long count(DropReason reason) {
        return counts[reason.ordinal()].sum();
    }
}
