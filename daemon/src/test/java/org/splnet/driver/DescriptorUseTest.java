package org.splnet.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;

/// Descriptors are closed once, by the last one out.
class DescriptorUseTest {
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger wakeups = new AtomicInteger();
    private final DescriptorUse use = new DescriptorUse(closes::incrementAndGet, wakeups::incrementAndGet);

    @Test
    void theOneWhoEndsItClosesIfAlone() {
        assertThat(use.end()).isTrue();
        assertThat(closes).hasValue(1);
        assertThat(wakeups).hasValue(1);
    }

    @Test
    void nobodyEntersAfterTheEndAndItEndsOnce() {
        use.end();
        assertThat(use.enter()).isFalse();
        assertThat(use.enterReceiving()).isFalse();
        assertThat(use.end()).isTrue();
        assertThat(closes).hasValue(1);
        assertThat(wakeups).hasValue(1);
    }

    @Test
    void whoSleepsInsideIsWokenUntilTheEnd() {
        use.wakeup();
        assertThat(wakeups).hasValue(1);
        assertThat(closes).hasValue(0);
        use.end();
        use.wakeup();
        assertThat(wakeups).as("once more, by the end").hasValue(2);
    }

    @Test
    void leavingBeforeTheEndClosesNothing() {
        use.enter();
        use.leave();
        assertThat(closes).hasValue(0);
        assertThat(use.enter()).isTrue();
        use.leave();
    }

    @Test
    void theReceiverMayEndItAndClosesOnItsWayOut() {
        use.enterReceiving();
        assertThat(use.end()).isTrue();
        assertThat(closes).hasValue(0);
        use.leaveReceiving();
        assertThat(closes).hasValue(1);
    }

    @Test
    void whoHoldsALockClosesWhenItIsGivenUp() {
        use.enter();
        Thread.currentThread().interrupt();         // the end does not wait for us
        assertThat(use.end()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        var transmit = new RankedLock(LockRank.TRANSMIT, "transmit queue");
        transmit.lock();
        try {
            use.leaveLocked();
            assertThat(closes).hasValue(0);
        } finally {
            transmit.unlock();
        }
        Deferred.run();
        assertThat(closes).hasValue(1);
        assertThat(use.end()).isTrue();
    }

    @Test
    void theEndWaitsForWhoeverIsInside() throws InterruptedException {
        var woken = new CountDownLatch(1);
        var slept = new DescriptorUse(closes::incrementAndGet, woken::countDown);
        slept.enter();
        Thread inside = Thread.ofPlatform().start(() -> {
            try {
                woken.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            slept.leave();
        });
        // It waits a second each time, and who is inside may have been given no processor until then.
        boolean ended = false;
        for (int i = 0; i < 20 && !ended; i++) {
            ended = slept.end();
        }
        assertThat(ended).isTrue();
        assertThat(closes).hasValue(1);
        inside.join();
    }

    @Test
    void exactlyOneOfManyCloses() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            var count = new AtomicInteger();
            var contested = new DescriptorUse(count::incrementAndGet);
            var start = new CountDownLatch(1);
            var threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                boolean ends = i == 0;
                threads[i] = Thread.ofPlatform().start(() -> use(contested, ends, start));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(count).hasValue(1);
        }
    }

    private static void use(DescriptorUse use, boolean ends, CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < 50 && use.enter(); i++) {
            use.leave();
            if (ends && i == 10) {
                use.end();
            }
        }
    }
}
