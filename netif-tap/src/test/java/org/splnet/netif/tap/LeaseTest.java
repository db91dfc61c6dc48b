package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.splnet.net.Lease;

class LeaseTest {
    private final Lease lease = new Lease();

    @Test
    void theOneWhoEndsItIsTheLastIfAlone() {
        assertThat(lease.enter()).isTrue();
        assertThat(lease.end()).isTrue();
        assertThat(lease.leave()).isTrue();
    }

    @Test
    void nobodyEntersAfterTheEnd() {
        assertThat(lease.enter()).isTrue();
        lease.end();
        assertThat(lease.enter()).isFalse();
        assertThat(lease.end()).isFalse();
        lease.leave();
        assertThat(lease.enter()).isFalse();
    }

    @Test
    void theLastOneOutCloses() {
        lease.enter();
        lease.enter();
        lease.end();
        assertThat(lease.leave()).isFalse();
        assertThat(lease.leave()).isTrue();
    }

    @Test
    void leavingBeforeTheEndClosesNothing() {
        lease.enter();
        assertThat(lease.leave()).isFalse();
        assertThat(lease.enter()).isTrue();
    }

    @Test
    void exactlyOneOfManyCloses() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            var contested = new Lease();
            var closes = new AtomicInteger();
            var start = new CountDownLatch(1);
            var threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                boolean ends = i == 0;
                threads[i] = Thread.ofPlatform().start(() -> use(contested, ends, start, closes));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(closes).hasValue(1);
        }
    }

    private static void use(Lease lease, boolean ends, CountDownLatch start, AtomicInteger closes) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < 50 && lease.enter(); i++) {
            if (ends && i == 10) {
                lease.end();
            }
            if (lease.leave()) {
                closes.incrementAndGet();
            }
        }
    }
}
