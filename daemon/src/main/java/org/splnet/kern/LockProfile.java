package org.splnet.kern;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Waits and holds by place in the code. Any thread, any locks held; takes none.
final class LockProfile {
    /// What is counted for one lock at one place.
    static final class Tally {
        private final RankedLock lock;             // one of those taken here: rank and name
        private final String site;
        private final LongAdder acquisitions = new LongAdder();
        private final LongAdder contested = new LongAdder();
        private final LongAdder waitNs = new LongAdder();
        private final LongAccumulator maxWaitNs = new LongAccumulator(Math::max, 0);
        private final LongAdder holdNs = new LongAdder();
        private final LongAccumulator maxHoldNs = new LongAccumulator(Math::max, 0);

        Tally(RankedLock lock, String site) {
            this.lock = lock;
            this.site = site;
        }

        /// @param ns waited; negative if the lock was free
        void taken(long ns) {
            acquisitions.increment();
            if (ns >= 0) {
                contested.increment();
                waitNs.add(ns);
                maxWaitNs.accumulate(ns);
            }
        }

        void held(long ns) {
            holdNs.add(ns);
            maxHoldNs.accumulate(ns);
        }

        LockSite read() {
            return new LockSite(lock.rank(), lock.name(), site, acquisitions.sum(), contested.sum(),
                    waitNs.sum(), maxWaitNs.get(), holdNs.sum(), maxHoldNs.get());
        }
    }

    private record Place(LockRank rank, String name, Class<?> type, String method, int bytecode) { }

    // More than the code has; the bound is for code that is generated without end.
    private static final int PLACES = 1024;
    private static final Set<Class<?>> OURS = Set.of(RankedLock.class, Witness.class, LockProfile.class);
    private static final StackWalker WALKER =
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final Map<Place, Tally> tallies = new ConcurrentHashMap<>();

    /// That of the calling place and `lock`; null if there are too many.
    Tally here(RankedLock lock) {
        StackWalker.StackFrame frame = WALKER.walk(frames -> frames
                .filter(each -> !OURS.contains(each.getDeclaringClass())).findFirst()).orElse(null);
        if (frame == null) {
            return null;
        }
        var place = new Place(lock.rank(), lock.name(), frame.getDeclaringClass(), frame.getMethodName(),
                frame.getByteCodeIndex());
        Tally known = tallies.get(place);
        if (known != null || tallies.size() >= PLACES) {
            return known;
        }
        return tallies.computeIfAbsent(place, p -> new Tally(lock, name(frame)));
    }

    private static String name(StackWalker.StackFrame frame) {
        StackTraceElement element = frame.toStackTraceElement();
        String type = frame.getDeclaringClass().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + element.getMethodName()
                + "(" + element.getFileName() + ":" + element.getLineNumber() + ")";
    }

    /// The longest waited for first, then the longest held.
    List<LockSite> sites() {
        var sites = new ArrayList<LockSite>();
        tallies.values().forEach(each -> sites.add(each.read()));
        sites.sort(Comparator.comparingLong(LockSite::waitNs).thenComparingLong(LockSite::holdNs)
                .thenComparingLong(LockSite::acquisitions).reversed());
        return List.copyOf(sites);
    }

    void clear() {
        tallies.clear();
    }
}
