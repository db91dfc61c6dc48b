package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

/// RFC 9293 §3.4.
class SeqTest {
    private static final int HALF = Integer.MIN_VALUE;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, HALF - 1, HALF, HALF + 1, 0x1234_5678})
    void ordersNeighboursAtEveryEdge(int s) {
        assertThat(Seq.lt(s, s + 1)).isTrue();
        assertThat(Seq.lt(s, s)).isFalse();
        assertThat(Seq.lt(s + 1, s)).isFalse();
        assertThat(Seq.leq(s, s)).isTrue();
        assertThat(Seq.leq(s + 1, s)).isFalse();
        assertThat(Seq.gt(s + 1, s)).isTrue();
        assertThat(Seq.gt(s, s)).isFalse();
        assertThat(Seq.geq(s, s)).isTrue();
        assertThat(Seq.geq(s, s + 1)).isFalse();
        assertThat(Seq.max(s, s + 1)).isEqualTo(s + 1);
        assertThat(Seq.max(s + 1, s)).isEqualTo(s + 1);
        assertThat(Seq.min(s, s + 1)).isEqualTo(s);
        assertThat(Seq.min(s + 1, s)).isEqualTo(s);
        assertThat(Seq.diff(s + 7, s)).isEqualTo(7);
        assertThat(Seq.diff(s, s + 7)).isEqualTo(-7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, HALF - 5, HALF, 99})
    void comparesUpToHalfTheSpace(int s) {
        int farthest = s + Integer.MAX_VALUE;
        assertThat(Seq.lt(s, farthest)).isTrue();
        assertThat(Seq.gt(farthest, s)).isTrue();
        assertThat(Seq.lt(s, farthest + 2)).isFalse();
        assertThat(Seq.gt(s, farthest + 2)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, HALF - 5, HALF, 99})
    void windowIsHalfOpenAndRangeIsClosed(int from) {
        int to = from + 10;
        assertThat(Seq.in(from - 1, from, to)).isFalse();
        assertThat(Seq.in(from, from, to)).isTrue();
        assertThat(Seq.in(to - 1, from, to)).isTrue();
        assertThat(Seq.in(to, from, to)).isFalse();
        assertThat(Seq.in(from, from, from)).isFalse();
        assertThat(Seq.between(from - 1, from, to)).isFalse();
        assertThat(Seq.between(from, from, to)).isTrue();
        assertThat(Seq.between(to, from, to)).isTrue();
        assertThat(Seq.between(to + 1, from, to)).isFalse();
        assertThat(Seq.between(from, from, from)).isTrue();
    }

    @Test
    void agreesWithLongArithmeticAroundAnyBase() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 100_000; round++) {
            int base = random.nextInt();
            long a = random.nextLong(1L << 30);
            long b = random.nextLong(1L << 30);
            int as = (int) (base + a);
            int bs = (int) (base + b);
            assertThat(Seq.lt(as, bs) == a < b && Seq.leq(as, bs) == a <= b && Seq.diff(as, bs) == a - b
                    && Seq.max(as, bs) == (int) (base + Math.max(a, b))
                    && Seq.in(as, base, bs) == a < b).as("seed %d", seed).isTrue();
        }
    }
}
