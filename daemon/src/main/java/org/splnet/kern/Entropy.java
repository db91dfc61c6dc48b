package org.splnet.kern;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The one source of chance (initial sequence numbers, ports, jitter, secrets), injected so that a test
/// replays
/// from its seed. Safe for use by any thread.
public interface Entropy {
    /// Sixty-four random bits.
    long nextLong();

    /// A number in `[0, bound)`.
    int nextInt(int bound);

    /// Unpredictable: the system's secure source.
    static Entropy system() {
        return of(new SecureRandom());
    }

    /// Repeatable, for tests and simulations; single-threaded use only.
    static Entropy seeded(long seed) {
        return of(new SplittableRandom(seed));
    }

    private static Entropy of(RandomGenerator rng) {
        return new Entropy() {
            @Override
            public long nextLong() {
                return rng.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return rng.nextInt(bound);
            }
        };
    }
}
