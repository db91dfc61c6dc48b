package org.splnet.kern;

import java.util.SplittableRandom;

/// The one source of chance (initial sequence numbers, ports, jitter, secrets), injected so that a test
/// replays from its seed.
public interface Entropy {
    /// Sixty-four random bits.
    long nextLong();

    /// A number in `[0, bound)`, each equally likely.
    ///
    /// @throws IllegalArgumentException if `bound` is not positive
    default int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        // Multiply and take the high half (Lemire, 2019). Of the 2^32 low halves the first (2^32 mod bound)
        // belong to results that would come up once too often: drawn again.
        long product = (nextLong() >>> 32) * bound;
        long low = product & 0xffff_ffffL;
        if (low < bound) {
            long surplus = (1L << 32) % bound;
            while (low < surplus) {
                product = (nextLong() >>> 32) * bound;
                low = product & 0xffff_ffffL;
            }
        }
        return (int) (product >>> 32);
    }

    /// Unpredictable, from the system's secure source. Safe for use by any thread, under any lock, for every
    /// packet.
    static Entropy system() {
        return SystemEntropy.INSTANCE;
    }

    /// Repeatable, for tests and simulations; single-threaded use only.
    static Entropy seeded(long seed) {
        return new SplittableRandom(seed)::nextLong;
    }
}
