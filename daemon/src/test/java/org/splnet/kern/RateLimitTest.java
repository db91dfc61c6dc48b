package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

class RateLimitTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private static int take(RateLimit limit, int tries, long nowNs) {
        int got = 0;
        for (int i = 0; i < tries; i++) {
            got += limit.allow(nowNs) ? 1 : 0;
        }
        return got;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 5_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1,
        Long.MAX_VALUE - SECOND_NS / 2})
    void startsFullWhateverTheClockSays(long nowNs) {
        var limit = new RateLimit(10, 5);
        assertThat(take(limit, 20, nowNs)).isEqualTo(5);
        assertThat(take(limit, 20, nowNs + SECOND_NS / 10 - 1)).isZero();
        assertThat(take(limit, 20, nowNs + SECOND_NS / 10)).isOne();
        assertThat(take(limit, 20, nowNs + SECOND_NS * 10)).isEqualTo(5);
    }

    @Test
    void keepsTheAverageAndTheBurst() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            int perSecond = random.nextInt(1, 10_000);
            int burst = random.nextInt(1, 100);
            var limit = new RateLimit(perSecond, burst);
            long start = Long.MAX_VALUE - random.nextLong(5 * SECOND_NS);
            long elapsed = 0;
            long allowed = 0;
            while (elapsed < 10 * SECOND_NS) {
                elapsed += random.nextLong(SECOND_NS / 300);
                allowed += take(limit, 50, start + elapsed);
                double most = burst + elapsed / (double) SECOND_NS * perSecond;
                assertThat((double) allowed).as("seed %d", seed).isLessThanOrEqualTo(most + 1e-6);
            }
            // Full use: rounding the interval up loses less than one in a million at such rates.
            double expected = Math.min(perSecond, 50 * 600.0) * 10;
            if (burst > perSecond / 300 + 1) {
                assertThat((double) allowed).as("seed %d", seed).isGreaterThan(expected * 0.99 - 2);
            }
        }
    }

    @Test
    void survivesATimeThatGoesBackALittle() {
        var limit = new RateLimit(1000, 2);
        assertThat(take(limit, 9, 1_000_000)).isEqualTo(2);
        assertThat(take(limit, 9, 999_990)).isZero();
        assertThat(take(limit, 9, 2_000_000)).isOne();
    }

    @Test
    void isFullAgainAfterHalfTheClocksRange() {
        var limit = new RateLimit(1, 3);
        assertThat(take(limit, 9, 0)).isEqualTo(3);
        assertThat(take(limit, 9, Long.MIN_VALUE + 1)).isEqualTo(3);
    }

    @Test
    void takesTheLargestNumbers() {
        var limit = new RateLimit(Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(take(limit, 1000, 7)).isEqualTo(1000);
        assertThat(take(new RateLimit(1, Integer.MAX_VALUE), 1000, 7)).isEqualTo(1000);
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new RateLimit(0, 1)).hasMessageContaining("0/s");
        assertThatThrownBy(() -> new RateLimit(1, 0)).hasMessageContaining("burst 0");
    }

    @Test
    void givesEachTokenToOneThread() throws Exception {
        var limit = new RateLimit(1, 10_000);
        var got = new LongAdder();
        var go = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int t = 0; t < 4; t++) {
                threads.submit(() -> {
                    go.await();
                    got.add(take(limit, 5_000, 42));
                    return null;
                });
            }
            go.countDown();
        }
        assertThat(got.sum()).isEqualTo(10_000);
    }
}
