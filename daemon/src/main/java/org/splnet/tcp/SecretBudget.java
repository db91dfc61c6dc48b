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
    /// Before any second.
    private static final long UNUSED = Long.MIN_VALUE;

    private final int limit;
    private final long key0;
    private final long key1;
    /// The second, and how many were used in it.
    private final AtomicLong state = new AtomicLong(UNUSED);

    /// @param limit at most so many in a second, less than 2^24
    /// @param entropy gives the secret, once
    SecretBudget(int limit, Entropy entropy) {
        this.limit = limit;
        this.key0 = entropy.nextLong();
        this.key1 = entropy.nextLong();
    }

    /// Takes one if there is one left.
    boolean allow(long nowNs) {
        while (true) {
            long before = state.get();
            // a thread that read its clock before another did does not bring back a second that is over
            long second = Math.max(Math.floorDiv(nowNs, SECOND_NS), before >> USED_BITS);
            long used = before >> USED_BITS == second ? before & USED : 0;
            if (used >= budget(second)) {
                return false;
            }
            if (state.compareAndSet(before, second << USED_BITS | used + 1)) {
                return true;
            }
        }
    }

    /// As if nothing had been used.
    void reset() {
        state.set(UNUSED);
    }

    private int budget(long second) {
        int least = limit - limit / 2;
        return least + (int) Long.remainderUnsigned(SipHash.hash(key0, key1, second), limit / 2 + 1);
    }
}
