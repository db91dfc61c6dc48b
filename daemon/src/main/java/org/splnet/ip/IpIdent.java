package org.splnet.ip;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;

/// Identification of datagrams that may be fragmented: not repeated soon for the same addresses and protocol
/// (RFC 6864 §4.3), not to be guessed from what others see (RFC 7739 §5.3, algorithm 3). Atomic datagrams
/// (DF set) need
/// none and get zero (RFC 6864 §4.1). Any thread.
final class IpIdent {
    private static final int SLOTS = 2048;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(SLOTS);
    private final long key0;
    private final long key1;

    IpIdent(Entropy entropy) {
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
        for (int i = 0; i < SLOTS; i++) {
            counters.set(i, (int) entropy.nextLong());
        }
    }

    /// The next one for this way.
    int next(long srcLo, long dstLo, int proto) {
        long hash = SipHash.hash(key0, key1, srcLo, dstLo, proto);
        return counters.getAndIncrement((int) hash & SLOTS - 1) + (int) (hash >>> 32) & 0xffff;
    }
}
