package org.splnet.kern;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/// How often locks of each rank were taken: each thread counts for itself, without an atomic operation, and
/// whoever wants to know adds up. What a thread is counting at that moment may be missed.
///
/// Lock key: (m) the monitor, innermost of all.
final class Acquisitions {
    private record Counts(WeakReference<Thread> thread, long[] perRank) {
        boolean over() {
            Thread counting = thread.get();
            return counting == null || !counting.isAlive();
        }
    }

    private static final int RANKS = LockRank.values().length;
    private static final int FEW = 64;

    private final List<Counts> threads = new ArrayList<>();     // (m)
    private final long[] gone = new long[RANKS];                // (m) of threads that are no more
    private final long[] forgotten = new long[RANKS];           // (m) counted before the last reset
    private int tidyAt = FEW;                                   // (m)

    /// Where the calling thread counts, by ordinal.
    synchronized long[] register() {
        if (threads.size() >= tidyAt) {
            tidy();
            tidyAt = Math.max(FEW, 2 * threads.size());
        }
        var counts = new Counts(new WeakReference<>(Thread.currentThread()), new long[RANKS]);
        threads.add(counts);
        return counts.perRank;
    }

    private void tidy() {
        threads.removeIf(each -> {
            boolean over = each.over();
            if (over) {
                add(each.perRank, gone);
            }
            return over;
        });
    }

    synchronized long[] read() {
        long[] sum = total();
        for (int i = 0; i < RANKS; i++) {
            sum[i] -= forgotten[i];
        }
        return sum;
    }

    synchronized void reset() {
        System.arraycopy(total(), 0, forgotten, 0, RANKS);
    }

    private long[] total() {
        long[] sum = gone.clone();
        threads.forEach(each -> add(each.perRank, sum));
        return sum;
    }

    private static void add(long[] some, long[] to) {
        for (int i = 0; i < RANKS; i++) {
            to[i] += some[i];
        }
    }
}
