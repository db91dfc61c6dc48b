package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

class EntropyTest {
    @Test
    void repeatsFromItsSeed() {
        long seed = TestSeed.next();
        Entropy one = Entropy.seeded(seed);
        Entropy two = Entropy.seeded(seed);
        for (int i = 0; i < 1000; i++) {
            assertThat(one.nextLong()).isEqualTo(two.nextLong());
            assertThat(one.nextInt(i + 1)).isEqualTo(two.nextInt(i + 1));
        }
        assertThat(Entropy.seeded(seed + 1).nextLong()).isNotEqualTo(Entropy.seeded(seed).nextLong());
    }

    @Test
    void drawsEvenlyBelowTheBound() {
        Entropy entropy = Entropy.seeded(7);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++) {
            counts[entropy.nextInt(6)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_500, 10_500);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(entropy.nextInt(Integer.MAX_VALUE)).isBetween(0, Integer.MAX_VALUE - 1);
            assertThat(entropy.nextInt(1)).isZero();
        }
    }

    @Test
    void drawsAgainWhatWouldComeUpTooOften() {
        // 2^32 mod 3 is 1: of all draws only the one whose low half is 0 is surplus.
        var draws = new long[] {0, 2L << 62};
        int[] next = {0};
        Entropy entropy = () -> draws[next[0]++];
        assertThat(entropy.nextInt(3)).isEqualTo(1);
        assertThat(next[0]).isEqualTo(2);
    }

    @Test
    void refusesABoundThatIsNotPositive() {
        assertThatThrownBy(() -> Entropy.system().nextInt(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> Entropy.system().nextInt(-5)).hasMessageContaining("-5");
    }

    @Test
    void isSharedByThreadsWithoutRepeating() throws Exception {
        Callable<Set<Long>> draw = () -> {
            var seen = new HashSet<Long>();
            for (int i = 0; i < 100_000; i++) {         // crosses a change of the key
                seen.add(Entropy.system().nextLong());
                Deferred.run();
            }
            return seen;
        };
        try (var threads = Executors.newFixedThreadPool(2)) {
            var one = threads.submit(draw);
            var two = threads.submit(draw);
            var all = new HashSet<>(one.get());
            all.addAll(two.get());
            assertThat(all).hasSize(200_000);
        }
    }

    /// Reading the system's source takes a system call and a monitor of others.
    @Test
    void changesTheKeyWhenNothingIsHeld() {
        var read = new long[1];
        var entropy = new SystemEntropy(() -> ++read[0]);
        var connection = new RankedLock(LockRank.ENDPOINT, "connection");
        connection.lock();
        try {
            for (int i = 0; i < SystemEntropy.DRAWS_PER_KEY; i++) {
                entropy.nextLong();
            }
            assertThat(read[0]).isEqualTo(2);
            assertThat(entropy.nextLong()).isEqualTo(SipHash.hash(1, 2, SystemEntropy.DRAWS_PER_KEY));
        } finally {
            connection.unlock();
        }
        Deferred.run();
        assertThat(entropy.nextLong()).isEqualTo(SipHash.hash(3, 4, SystemEntropy.DRAWS_PER_KEY + 1));
        Deferred.run();
        assertThat(read[0]).isEqualTo(4);
    }

    @Test
    void setsEachBitHalfOfTheTime() {
        int[] ones = new int[64];
        for (int i = 0; i < 10_000; i++) {
            long bits = Entropy.system().nextLong();
            for (int bit = 0; bit < 64; bit++) {
                ones[bit] += (int) (bits >>> bit & 1);
            }
        }
        for (int count : ones) {
            assertThat(count).isBetween(4_600, 5_400);      // 8 sigma
        }
    }
}
