package org.splnet.kern;

import java.util.Arrays;

/// The locks one thread has taken while the [Witness] watched, in order of taking. Of no use any more, and
/// emptied, when the witness was switched meanwhile: some may have been given up while nobody watched.
final class HeldLocks {
    // More entries than there are ranks mean a bug that is being counted.
    private static final int USUAL = 16;

    private RankedLock[] locks = new RankedLock[USUAL];
    private Throwable[] sites = new Throwable[USUAL];
    private LockProfile.Tally[] tallies = new LockProfile.Tally[USUAL];
    private long[] sinceNs = new long[USUAL];
    private final long[] taken;             // by rank, see Acquisitions
    private int depth;
    private int extras;                     // sites and tallies kept
    private int epoch;

    /// @param taken where acquisitions are counted
    HeldLocks(long[] taken) {
        this.taken = taken;
    }

    /// What is left of this if `now` is the witness's epoch.
    HeldLocks at(int now) {
        if (epoch != now) {
            epoch = now;
            Arrays.fill(locks, 0, depth, null);
            Arrays.fill(sites, 0, depth, null);
            Arrays.fill(tallies, 0, depth, null);
            depth = 0;
            extras = 0;
        }
        return this;
    }

    /// @param site where it was taken, null if that is not kept
    /// @param tally who wants to know for how long it is held, null if nobody
    /// @param nowNs if `tally` wants to know
    void push(RankedLock lock, Throwable site, LockProfile.Tally tally, long nowNs) {
        if (depth == locks.length) {
            locks = Arrays.copyOf(locks, 2 * depth);
            sites = Arrays.copyOf(sites, 2 * depth);
            tallies = Arrays.copyOf(tallies, 2 * depth);
            sinceNs = Arrays.copyOf(sinceNs, 2 * depth);
        }
        if (site != null || tally != null) {
            sites[depth] = site;
            tallies[depth] = tally;
            sinceNs[depth] = nowNs;
            extras++;
        }
        locks[depth++] = lock;
        taken[lock.rank().ordinal()]++;
    }

    /// Removes the last entry of `lock`, if it has one, and tells its tally.
    void remove(RankedLock lock) {
        int i = last(lock);
        if (i < 0) {
            return;
        }
        if (extras > 0 && tallies[i] != null) {
            tallies[i].held(System.nanoTime() - sinceNs[i]);
        }
        int after = --depth - i;
        if (after > 0) {
            System.arraycopy(locks, i + 1, locks, i, after);
        }
        locks[depth] = null;
        if (extras > 0) {
            removeExtras(i, after);
        }
    }

    private void removeExtras(int i, int after) {
        extras -= sites[i] != null || tallies[i] != null ? 1 : 0;
        System.arraycopy(sites, i + 1, sites, i, after);
        System.arraycopy(tallies, i + 1, tallies, i, after);
        System.arraycopy(sinceNs, i + 1, sinceNs, i, after);
        sites[depth] = null;
        tallies[depth] = null;
    }

    private int last(RankedLock lock) {
        int i = depth - 1;
        while (i >= 0 && locks[i] != lock) {
            i--;
        }
        return i;
    }

    /// While a thread sleeps it does not hold the lock that it sleeps on: its time is counted up to here.
    void pause(RankedLock lock) {
        int i = last(lock);
        if (i >= 0 && tallies[i] != null) {
            tallies[i].held(System.nanoTime() - sinceNs[i]);
        }
    }

    /// And from here again.
    void resume(RankedLock lock) {
        int i = last(lock);
        if (i >= 0 && tallies[i] != null) {
            sinceNs[i] = System.nanoTime();
        }
    }

    boolean has(RankedLock lock) {
        return last(lock) >= 0;
    }

    /// The highest lock held that is of `rank` or above; null if there is none.
    RankedLock notBelow(LockRank rank) {
        RankedLock highest = null;
        for (int i = depth - 1; i >= 0; i--) {
            RankedLock lock = locks[i];
            if (lock.rank().compareTo(rank) >= 0
                    && (highest == null || lock.rank().compareTo(highest.rank()) > 0)) {
                highest = lock;
            }
        }
        return highest;
    }

    /// The last lock taken that is not `exempt`; null if there is none.
    RankedLock otherThan(RankedLock exempt) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] != exempt) {
                return locks[i];
            }
        }
        return null;
    }

    /// Where `lock` was taken; null if unknown.
    Throwable site(RankedLock lock) {
        int i = last(lock);
        return i < 0 ? null : sites[i];
    }
}
