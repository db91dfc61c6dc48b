package org.splnet.kern;

import java.util.Arrays;

/// The locks one thread has taken while the [Witness] watched, in order of taking. Of no use any more, and
/// emptied, when the witness was switched meanwhile: some may have been given up while nobody watched.
final class HeldLocks {
    // There are ten ranks: more entries than this mean a bug that is being counted.
    private static final int USUAL = 16;

    private RankedLock[] locks = new RankedLock[USUAL];
    private Throwable[] sites = new Throwable[USUAL];
    private LockProfile.Tally[] tallies = new LockProfile.Tally[USUAL];
    private long[] sinceNs = new long[USUAL];
    private int depth;
    private int epoch;

    /// What is left of this if `now` is the witness's epoch.
    HeldLocks at(int now) {
        if (epoch != now) {
            epoch = now;
            Arrays.fill(locks, 0, depth, null);
            Arrays.fill(sites, 0, depth, null);
            Arrays.fill(tallies, 0, depth, null);
            depth = 0;
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
        locks[depth] = lock;
        sites[depth] = site;
        tallies[depth] = tally;
        sinceNs[depth++] = nowNs;
    }

    /// Removes the last entry of `lock`, if it has one, and tells its tally.
    void remove(RankedLock lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock) {
                if (tallies[i] != null) {
                    tallies[i].held(System.nanoTime() - sinceNs[i]);
                }
                remove(i);
                return;
            }
        }
    }

    /// While a thread sleeps it does not hold the lock that it sleeps on: its time is counted up to here.
    void pause(RankedLock lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock && tallies[i] != null) {
                tallies[i].held(System.nanoTime() - sinceNs[i]);
                return;
            }
        }
    }

    /// And from here again.
    void resume(RankedLock lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock && tallies[i] != null) {
                sinceNs[i] = System.nanoTime();
                return;
            }
        }
    }

    boolean has(RankedLock lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock) {
                return true;
            }
        }
        return false;
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
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock) {
                return sites[i];
            }
        }
        return null;
    }

    private void remove(int i) {
        int after = --depth - i;
        System.arraycopy(locks, i + 1, locks, i, after);
        System.arraycopy(sites, i + 1, sites, i, after);
        System.arraycopy(tallies, i + 1, tallies, i, after);
        System.arraycopy(sinceNs, i + 1, sinceNs, i, after);
        locks[depth] = null;
        sites[depth] = null;
        tallies[depth] = null;
    }
}
