package org.splnet.kern;

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of which an attacker who does not know the key
/// can predict nothing, for initial sequence numbers (RFC 6528), ports (RFC 6056) and table seeds. Over whole
/// 64-bit words, the first octet of the input being the lowest of the first word. Allocates nothing.
public final class SipHash {
    private SipHash() {
    }

    /// Of one word, with the key `k0`, `k1`.
    public static long hash(long k0, long k1, long a) {
        return hash(k0, k1, 1, a, 0, 0, 0, 0, 0);
    }

    /// Of two words.
    public static long hash(long k0, long k1, long a, long b) {
        return hash(k0, k1, 2, a, b, 0, 0, 0, 0);
    }

    /// Of three words.
    public static long hash(long k0, long k1, long a, long b, long c) {
        return hash(k0, k1, 3, a, b, c, 0, 0, 0);
    }

    /// Of four words.
    public static long hash(long k0, long k1, long a, long b, long c, long d) {
        return hash(k0, k1, 4, a, b, c, d, 0, 0);
    }

    /// Of five words: two addresses of 128 bits and both ports.
    public static long hash(long k0, long k1, long a, long b, long c, long d, long e) {
        return hash(k0, k1, 5, a, b, c, d, e, 0);
    }

    /// Of six words.
    public static long hash(long k0, long k1, long a, long b, long c, long d, long e, long f) {
        return hash(k0, k1, 6, a, b, c, d, e, f);
    }

    /// All steps of the algorithm are one loop: two rounds per word, two for the length, four at the end.
    private static long hash(
            long k0, long k1, int words, long a, long b, long c, long d, long e, long f) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int step = 0; step <= words + 1; step++) {
            boolean last = step > words;
            long word = 0;
            if (last) {
                v2 ^= 0xff;
            } else if (step == words) {
                word = (long) words << 59;      // the length in octets, modulo 256, on top of no octets
            } else {
                word = switch (step) {
                    case 0 -> a;
                    case 1 -> b;
                    case 2 -> c;
                    case 3 -> d;
                    case 4 -> e;
                    default -> f;
                };
            }
            v3 ^= word;
            for (int round = last ? 4 : 2; round > 0; round--) {
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
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
