package org.splnet.ip;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;

/// Identification of datagrams that may be fragmented (RFC 6864 §4.3): for one source, destination and
/// protocol no number comes twice among 65,536 draws of its counter, and none can be guessed, for who
/// guesses can slip in a fragment or count our packets to others (RFC 7739 §3).
///
/// Flows share counters by hash, and so others draw from it too. What is sent is the counter enciphered with
/// the flow's own key: each flow sees the same numbers in an order of its own, from which the counter does
/// not show. A cipher is a permutation, so two counts never become the same id.
///
/// Any thread; no lock, no allocation.
final class IpIdent {
    private static final int COUNTER_BITS = 11;
    private static final int ROUNDS = 6;
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(1 << COUNTER_BITS);
    private final long key0;
    private final long key1;

    IpIdent(Entropy entropy) {
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
    }

    /// The next one for these addresses and this protocol.
    int next(int src, int dst, int proto) {
        long flow = SipHash.hash(key0, key1, (long) src << Integer.SIZE | dst & 0xffff_ffffL, proto);
        int count = counters.getAndIncrement((int) (flow >>> Long.SIZE - COUNTER_BITS));
        return encipher(count, flow);
    }

    /// A Feistel network over the two low octets of `count`: a permutation of 0..0xffff whatever the key.
    static int encipher(int count, long key) {
        int left = count >>> 8 & 0xff;
        int right = count & 0xff;
        for (int round = 1; round <= ROUNDS; round++) {
            long mixed = (key ^ right + 0x100L * round) * GOLDEN;
            mixed = (mixed ^ mixed >>> 32) * GOLDEN;
            int next = left ^ (int) (mixed >>> 56);
            left = right;
            right = next;
        }
        return left << 8 | right;
    }
}
