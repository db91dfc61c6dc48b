package org.splnet.kern;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the [Witness] has counted.
///
/// Lock key: (m) the monitor of `pairs`, innermost of all: nothing is called while it is held; (v) volatile.
final class WitnessLedger {
    private record Pair(Violation.Kind kind, String held, String other) { }

    /// Lock key: (m) as outside.
    private static final class Count {
        private LockOrderException first;                          // (m)
        private long count;                                        // (m)

        Count(LockOrderException first) {
            this.first = first;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.witness");
    private static final int PAIRS = 256;

    private volatile int suspects;                                  // (v) ranks, a bit each
    private final Map<Pair, Count> pairs = new LinkedHashMap<>();   // (m) itself
    private long unlisted;                                          // (m)

    /// True if a lock of this rank was in the way and it is not known where it had been taken.
    boolean suspects(LockRank rank) {
        return (suspects & 1 << rank.ordinal()) != 0;
    }

    /// Counts a violation. The first of each pair is logged, even though a lock is held, unless it will be
    /// thrown: this is the one log line that must not wait for an unlock that may never come.
    void violated(Violation.Kind kind, RankedLock held, String other, LockOrderException seen,
            Witness.Mode mode) {
        var pair = new Pair(kind, held == null ? "" : held.toString(), other);
        synchronized (pairs) {
            Count known = pairs.get(pair);
            if (known == null && pairs.size() == PAIRS) {
                unlisted++;
                return;
            }
            boolean news = known == null || known.first.getCause() == null && seen.getCause() != null;
            if (known == null) {
                known = new Count(seen);
                pairs.put(pair, known);
            }
            known.count++;
            if (!news) {
                return;
            }
            known.first = seen;
            if (held != null && seen.getCause() == null) {
                suspects |= 1 << held.rank().ordinal();
            }
        }
        if (Events.wanted(EventKind.LOCK_VIOLATION)) {
            Events.post(EventKind.LOCK_VIOLATION, "rule", kind, "held", held, "other", other);
        }
        if (mode == Witness.Mode.ORDER) {
            LOG.warn("{}", seen.getMessage(), seen);
        }
    }

    /// @param acquisitions by rank
    /// @param waits by rank
    WitnessReport report(Witness.Mode mode, long[] acquisitions, List<LockSite> waits,
            List<LockSite> sites) {
        var ranks = new ArrayList<LockStats>();
        for (LockRank rank : LockRank.values()) {
            List<LockSite> here = sites.stream().filter(each -> each.rank() == rank).toList();
            LockSite waited = waits.get(rank.ordinal());
            ranks.add(new LockStats(rank, acquisitions[rank.ordinal()], waited.contested(), waited.waitNs(),
                    waited.maxWaitNs(), here.stream().mapToLong(LockSite::holdNs).sum(),
                    here.stream().mapToLong(LockSite::maxHoldNs).max().orElse(0)));
        }
        var violations = new ArrayList<Violation>();
        synchronized (pairs) {
            pairs.forEach((pair, count) -> violations.add(
                    new Violation(pair.kind, pair.held, pair.other, count.count, count.first)));
            return new WitnessReport(mode, List.copyOf(violations), unlisted, List.copyOf(ranks), sites);
        }
    }

    void reset() {
        synchronized (pairs) {
            pairs.clear();
            unlisted = 0;
            suspects = 0;
        }
    }
}
