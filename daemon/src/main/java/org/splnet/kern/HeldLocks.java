package org.splnet.kern;

import java.util.Arrays;

/// The locks one thread has taken while the [Witness] watched. An entry may be out of date, because the lock
/// was given up while nobody watched; so each is confirmed with the lock before it is believed, and dropped
/// if it is wrong.
final class HeldLocks {
    // There are ten ranks: more entries than this are remains.
    private static final int USUAL = 16;

    private RankedLock[] locks = new RankedLock[USUAL];
    private Throwable[] sites = new Throwable[USUAL];
    private int depth;

    void push(RankedLock lock, Throwable site) {
        if (depth == locks.length) {
            prune();
            if (depth == locks.length) {
                locks = Arrays.copyOf(locks, 2 * depth);
                sites = Arrays.copyOf(sites, 2 * depth);
            }
        }
        locks[depth] = lock;
        sites[depth++] = site;
    }

    /// Removes the last entry of `lock`, if it has one.
    void remove(RankedLock lock) {
        for (int i = depth - 1; i >= 0; i--) {
            if (locks[i] == lock) {
                remove(i);
                return;
            }
        }
    }

    /// The highest lock held that is of `rank` or above; null if there is none.
    RankedLock notBelow(LockRank rank) {
        RankedLock highest = null;
        for (int i = depth - 1; i >= 0; i--) {
            RankedLock lock = locks[i];
            if (lock.rank().compareTo(rank) >= 0 && confirm(i)
                    && (highest == null || lock.rank().compareTo(highest.rank()) > 0)) {
                highest = lock;
            }
        }
        return highest;
    }

    /// The last lock taken and held that is not `exempt`; null if there is none.
    RankedLock otherThan(RankedLock exempt) {
        for (int i = depth - 1; i >= 0; i--) {
            RankedLock lock = locks[i];
            if (lock != exempt && confirm(i)) {
                return lock;
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

    private boolean confirm(int i) {
        if (locks[i].held()) {
            return true;
        }
        remove(i);
        return false;
    }

    private void prune() {
        for (int i = depth - 1; i >= 0; i--) {
            confirm(i);
        }
    }

    private void remove(int i) {
        int after = --depth - i;
        System.arraycopy(locks, i + 1, locks, i, after);
        System.arraycopy(sites, i + 1, sites, i, after);
        locks[depth] = null;
        sites[depth] = null;
    }
}
