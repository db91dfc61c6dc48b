package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SleepPointTest {
    private final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "sleep test");
    private final SleepPoint point = lock.sleepPoint();
    private boolean ready;

    @Test
    void wakesEverySleeperAndGivesTheLockBack() throws Exception {
        var asleep = new CountDownLatch(2);
        var woken = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Thread.ofVirtual().start(() -> {
                lock.lock();
                try {
                    asleep.countDown();
                    while (!ready) {
                        point.await(Long.MAX_VALUE);
                    }
                    assertThat(lock.held()).isTrue();
                    woken.countDown();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                } finally {
                    lock.unlock();
                }
            });
        }
        asleep.await();
        lock.lock();            // free, or the sleepers would not be asleep
        ready = true;
        point.wakeup();
        lock.unlock();
        woken.await();
    }

    @Test
    void endsWithTheTimeout() throws Exception {
        lock.lock();
        try {
            long left = 1_000_000;
            while (left > 0) {
                left = point.await(left, TimeUnit.NANOSECONDS);
            }
            assertThat(lock.held()).isTrue();
        } finally {
            lock.unlock();
        }
    }

    @Test
    void endsWithAnInterrupt() {
        lock.lock();
        try {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> point.await(Long.MAX_VALUE)).isInstanceOf(InterruptedException.class);
            assertThat(lock.held()).isTrue();
        } finally {
            lock.unlock();
        }
    }
}
