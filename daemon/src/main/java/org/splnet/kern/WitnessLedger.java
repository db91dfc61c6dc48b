package org.splnet.kern;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the [Witness] has counted. Its monitor is innermost of all: nothing is called while it is held.
final class WitnessLedger {
    private record Pair(Violation.Kind kind, String held, String other) { }

    private static final class Count {
        private final LockOrderException first;
        private long count;

        Count(LockOrderException first) {
            this.first = first;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.witness");
    private static final int PAIRS = 256;

    private final LongAdder[] acquisitions = adders();
    private final LongAdder[] contested = adders();
    private final Map<Pair, Count> pairs = new LinkedHashMap<>();   // guarded by itself
    private long unlisted;                                          // guarded by pairs

    private static LongAdder[] adders() {
        var adders = new LongAdder[LockRank.values().length];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    void acquired(LockRank rank, boolean waited) {
        acquisitions[rank.ordinal()].increment();
        if (waited) {
            contested[rank.ordinal()].increment();
        }
    }

    /// Counts a violation. The first of each pair is logged, even though a lock is held, unless it will be
    /// thrown: this is the one log line that must not wait for an unlock that may never come.
    void violated(Violation.Kind kind, String held, String other, LockOrderException seen,
            Witness.Mode mode) {
        var pair = new Pair(kind, held, other);
        synchronized (pairs) {
            Count known = pairs.get(pair);
            if (known != null) {
                known.count++;
                return;
            }
            if (pairs.size() == PAIRS) {
                unlisted++;
                return;
            }
            var count = new Count(seen);
            count.count = 1;
            pairs.put(pair, count);
        }
        if (mode == Witness.Mode.COUNT) {
            LOG.warn("{}", seen.getMessage(), seen);
        }
    }

    WitnessReport report(Witness.Mode mode) {
        var ranks = new ArrayList<LockStats>();
        for (LockRank rank : LockRank.values()) {
            int i = rank.ordinal();
            ranks.add(new LockStats(rank, acquisitions[i].sum(), contested[i].sum()));
        }
        var violations = new ArrayList<Violation>();
        synchronized (pairs) {
            pairs.forEach((pair, count) -> violations.add(
                    new Violation(pair.kind, pair.held, pair.other, count.count, count.first)));
            return new WitnessReport(mode, List.copyOf(violations), unlisted, List.copyOf(ranks));
        }
    }

    void reset() {
        for (int i = 0; i < acquisitions.length; i++) {
            acquisitions[i].reset();
            contested[i].reset();
        }
        synchronized (pairs) {
            pairs.clear();
            unlisted = 0;
        }
    }
}
