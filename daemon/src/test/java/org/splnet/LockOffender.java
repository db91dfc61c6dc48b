package org.splnet;

import java.util.function.IntSupplier;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;

/// Breaks each rule of the lock keys once, and keeps each once by a hair. Never run; [LockKeyTest] must tell
/// them apart.
final class LockOffender {
    private LockOffender() {
    }

    /// Lock key: (c) constant, (k) `lock`, rank `LEAF`,
    /// (v) volatile, written under (k).
    static final class Kept {
        final RankedLock lock = new RankedLock(LockRank.LEAF, "offender");
        int kept;               // (k)
        volatile int seen;      // (v)
        int forgotten;
        int misspelt;           // (x)
        int stale;              // (v)

        // a paragraph, all (k)
        int first;
        long second =
                1;

        int good() {
            assert lock.held();
            return kept;
        }

        int ownButNaked() {
            return first;
        }
    }

    /// Lock key: (q) somebody's lock.
    static final class Rankless {
        int field;              // (q)
    }

    static final class Keyless {
        final RankedLock lock = new RankedLock(LockRank.PORTS, "offender");
        int field;
    }

    static final class Nobodys {
        final int constant = 1;
        int field;
    }

    /// Covered by its
    /// connection's lock.
    static final class Covered {
        int field;

        int get() {
            return field;
        }
    }

    static final class GoodUser {
        int asserts(Kept k) {
            assert k.lock.held();
            return helper(k, 1);
        }

        int locks(Kept k) {
            k.lock.lock();
            try {
                k.seen = 1;
                return helper(k, 2);
            } finally {
                k.lock.unlock();
            }
        }

        private int helper(Kept k, int depth) {
            return depth == 0 ? k.kept : helper(k, depth - 1);
        }

        int readsVolatile(Kept k) {
            return k.seen;
        }
    }

    static final class BadUser {
        int naked(Kept k) {
            return k.kept;
        }

        int indirect(Kept k) {
            return helper(k);
        }

        int alsoUnderTheLock(Kept k) {
            assert k.lock.held();
            return helper(k);
        }

        private int helper(Kept k) {
            return k.kept;
        }

        IntSupplier stored(Kept k) {
            assert k.lock.held();
            return () -> k.kept;
        }

        void writesVolatile(Kept k) {
            k.seen = 1;
        }

        int underAnother(Kept k, Keyless other) {
            assert other.lock.held();
            return k.kept;
        }

        int container(Covered c) {
            return c.get();
        }
    }
}
