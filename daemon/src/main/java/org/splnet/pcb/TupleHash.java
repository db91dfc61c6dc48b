package org.splnet.pcb;

/// SipHash-1-3 (Aumasson, Bernstein 2012) of a four-tuple: remote hosts choose addresses and ports, and must
/// not be able to choose which of them meet in one chain. Allocates nothing.
///
/// Fewer rounds than [org.splnet.kern.SipHash], whose results are shown to the world (sequence numbers):
/// these never leave the table, and every packet pays for several (measured: 13 ns against 33).
final class TupleHash {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private final long k0;
    private final long k1;

    /// @param seed secret, from which both keys are drawn
    TupleHash(long seed) {
        this(mix(seed + GOLDEN), mix(seed - GOLDEN));
    }

    TupleHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    long hash(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
        long v0 = k0 ^ 0x736f_6d65_7073_6575L;
        long v1 = k1 ^ 0x646f_7261_6e64_6f6dL;
        long v2 = k0 ^ 0x6c79_6765_6e65_7261L;
        long v3 = k1 ^ 0x7465_6462_7974_6573L;
        for (int word = 0; word < 8; word++) {
            long m = switch (word) {
                case 0 -> localHi;
                case 1 -> localLo;
                case 2 -> remoteHi;
                case 3 -> remoteLo;
                // The last word: what is left of the input, and its length in octets on top.
                case 4 -> (long) localPort << 16 | remotePort | 36L << 56;
                default -> 0;
            };
            if (word == 5) {
                v2 ^= 0xff;
            }
            v3 ^= m;
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= m;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long mix(long z) {
        long y = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        y = (y ^ y >>> 27) * 0x94d0_49bb_1331_11ebL;
        return y ^ y >>> 31;
    }
}
