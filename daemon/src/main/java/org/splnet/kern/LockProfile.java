package org.splnet.kern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Waits and holds by place in the code. Any thread, any locks held; takes none.
final class LockProfile {
    /// What is counted for one lock at one place.
    static final class Tally {
        private final LockRank rank;
        private final String lock;
        private final String site;
        private final LongAdder acquisitions = new LongAdder();
        private final LongAdder contested = new LongAdder();
        private final LongAdder waitNs = new LongAdder();
        private final LongAccumulator maxWaitNs = new LongAccumulator(Math::max, 0);
        private final LongAdder holdNs = new LongAdder();
        private final LongAccumulator maxHoldNs = new LongAccumulator(Math::max, 0);

        Tally(LockRank rank, String lock, String site) {
            this.rank = rank;
            this.lock = lock;
            this.site = site;
        }

        void taken() {
            acquisitions.increment();
        }

        /// @param times how many waits like this one it stands for
        void waited(long ns, int times) {
            contested.add(times);
            waitNs.add(ns * times);
            maxWaitNs.accumulate(ns);
        }

        void held(long ns) {
            holdNs.add(ns);
            maxHoldNs.accumulate(ns);
        }

        LockSite read() {
            return new LockSite(rank, lock, site, acquisitions.sum(), contested.sum(),
                    waitNs.sum(), maxWaitNs.get(), holdNs.sum(), maxHoldNs.get());
        }
    }

    private record Place(LockRank rank, String name, Class<?> type, String method, int bytecode) { }

    // More than the code has; the bound is for code that is generated without end.
    private static final int PLACES = 1024;
    private static final Set<Class<?>> OURS = Set.of(RankedLock.class, Witness.class, LockProfile.class);
    private static final StackWalker WALKER =
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /// Of waits that are not timed one by one, one in so many is looked at.
    static final int SAMPLE = 128;

    private final Map<Place, Tally> tallies = new ConcurrentHashMap<>();
    private final Tally[] waits = new Tally[LockRank.values().length];
    private final AtomicInteger turn = new AtomicInteger();

    LockProfile() {
        clear();
    }

    /// Takes a lock and counts it at the calling place.
    ///
    /// @return who wants to know for how long it is held; null if there are too many places
    Tally take(RankedLock lock) {
        Tally tally = here(lock);
        if (tally != null) {
            tally.taken();
        }
        if (!lock.take()) {
            long ns = await(lock, waits[lock.rank().ordinal()]);
            if (tally != null) {
                tally.waited(ns, 1);
            }
        }
        return tally;
    }

    /// Waits for a lock that was not free. All waits are counted by rank; to look for the place takes longer
    /// than most of them, so one of a few stands for the others.
    void await(RankedLock lock) {
        Tally all = waits[lock.rank().ordinal()];
        Tally tally = (turn.incrementAndGet() & SAMPLE - 1) == 0 ? here(lock) : null;
        long ns = await(lock, all);
        if (tally != null) {
            tally.waited(ns, SAMPLE);
        }
    }

    private static long await(RankedLock lock, Tally all) {
        long fromNs = System.nanoTime();
        lock.await();
        long ns = System.nanoTime() - fromNs;
        all.waited(ns, 1);
        return ns;
    }

    private Tally here(RankedLock lock) {
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
        return tallies.computeIfAbsent(place, p -> new Tally(lock.rank(), lock.name(), name(frame)));
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

    /// All waits, by rank.
    List<LockSite> waits() {
        return Arrays.stream(waits).map(Tally::read).toList();
    }

    void clear() {
        tallies.clear();
        for (LockRank rank : LockRank.values()) {
            waits[rank.ordinal()] = new Tally(rank, "", "");
        }
    }
}
