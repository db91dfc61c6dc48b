package org.splnet.net;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// Address → neighbor: chained buckets of a fixed number, for a table of bounded size. Written under the
/// table's lock, read by any thread without: a reader standing on an entry just removed goes on along its
/// chain, which stays.
final class NeighborIndex {
    private final AtomicReferenceArray<Neighbor> buckets;
    private final long secret;

    /// @param secret keeps those who choose addresses from choosing buckets
    NeighborIndex(int limit, long secret) {
        buckets = new AtomicReferenceArray<>(Integer.highestOneBit(limit) << 1);
        this.secret = secret;
    }

    /// The neighbor with that address, or null.
    Neighbor find(long hi, long lo) {
        Neighbor n = buckets.get(bucket(hi, lo));
        while (n != null && (n.lo() != lo || n.hi() != hi)) {
            n = n.chain;
        }
        return n;
    }

    void insert(Neighbor n) {
        int bucket = bucket(n.hi(), n.lo());
        n.chain = buckets.get(bucket);
        buckets.set(bucket, n);
    }

    void remove(Neighbor n) {
        int bucket = bucket(n.hi(), n.lo());
        Neighbor before = buckets.get(bucket);
        if (before == n) {
            buckets.set(bucket, n.chain);
            return;
        }
        while (before.chain != n) {
            before = before.chain;
        }
        before.chain = n.chain;
    }

    void forEach(Consumer<Neighbor> action) {
        for (int i = 0; i < buckets.length(); i++) {
            for (Neighbor n = buckets.get(i); n != null; n = n.chain) {
                action.accept(n);
            }
        }
    }

    private int bucket(long hi, long lo) {
        long h = (lo ^ secret) * 0x9e37_79b9_7f4a_7c15L ^ hi * 0xc2b2_ae3d_27d4_eb4fL;
        h ^= h >>> 32;
        h = (h + secret) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (h >>> 40) & buckets.length() - 1;
    }
}
