package org.splnet.tcp;

import java.util.concurrent.atomic.AtomicLong;
import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;

/// How many answers that anybody can provoke, challenge ACKs or RSTs, may go in each second: a number
/// between half the limit and the limit that nobody outside can know. With an exact limit, whoever counts how
/// many are left for him learns how many were provoked elsewhere, and from that whether a guess was right
/// (CVE-2016-5696). It makes that slow and noisy, not impossible. Any thread; lock-free.
final class SecretBudget {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int USED_BITS = 24;
    private static final long USED = (1L << USED_BITS) - 1;

    private final int limit;
    private final long key0;
    private final long key1;
    /// The second, and how many were used in it.
    private final AtomicLong state = new AtomicLong();

    /// @param limit at most so many in a second, less than 2^24
    /// @param entropy gives the secret, once
    SecretBudget(int limit, Entropy entropy) {
        this.limit = limit;
        this.key0 = entropy.nextLong();
        this.key1 = entropy.nextLong();
    }

    /// Takes one if there is one left.
    boolean allow(long nowNs) {
        long second = Math.floorDiv(nowNs, SECOND_NS);
        int budget = budget(second);
        while (true) {
            long before = state.get();
            long used = before >> USED_BITS == second << USED_BITS >> USED_BITS ? before & USED : 0;
            if (used >= budget) {
                return false;
            }
            if (state.compareAndSet(before, second << USED_BITS | used + 1)) {
                return true;
            }
        }
    }

    /// As if nothing had been used.
    void reset() {
        state.set(0);
    }

    private int budget(long second) {
        int least = limit - limit / 2;
        return least + (int) Long.remainderUnsigned(SipHash.hash(key0, key1, second), limit / 2 + 1);
    }
}
