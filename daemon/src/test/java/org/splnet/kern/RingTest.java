package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

@Timeout(60)
class RingTest {
    @Test
    void agreesWithAQueue() {
        Random random = new Random(TestSeed.next());
        Ring<Integer> ring = new Ring<>(8);
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int i = 0; i < 10_000; i++) {
            if (random.nextBoolean()) {
                assertThat(ring.offer(i)).isEqualTo(model.size() < 8);
                if (model.size() < 8) {
                    model.add(i);
                }
            } else {
                assertThat(ring.poll()).isEqualTo(model.poll());
            }
            assertThat(ring.size()).isEqualTo(model.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 12, -8})
    void itsSizeIsAPowerOfTwo(int capacity) {
        assertThatThrownBy(() -> new Ring<String>(capacity)).hasMessageContaining("power of two");
    }

    /// What each of four threads put in comes out in its order, nothing twice, nothing lost but what was
    /// refused.
    @Test
    void manyPutInWhileOneTakesOut() throws Exception {
        int threads = 4;
        int each = 50_000;
        Ring<int[]> ring = new Ring<>(64);
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int me = t;
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    if (!ring.offer(new int[] {me, i})) {
                        refused.incrementAndGet();
                        Thread.yield();
                    }
                }
                done.countDown();
            });
        }
        List<Integer> last = new ArrayList<>(List.of(-1, -1, -1, -1));
        int taken = 0;
        boolean over = false;
        while (true) {
            int[] one = ring.poll();
            if (one != null) {
                assertThat(one[1]).isGreaterThan(last.get(one[0]));
                last.set(one[0], one[1]);
                taken++;
            } else if (over) {
                break;
            } else {
                over = done.getCount() == 0;
            }
        }
        assertThat(taken + refused.get()).isEqualTo(threads * each);
        assertThat(taken).isPositive();
    }
}
