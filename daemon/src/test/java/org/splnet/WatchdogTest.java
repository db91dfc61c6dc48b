package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.Clock;
import org.splnet.kern.Duty;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Lookout;
import org.splnet.unix.Poller;

/// What is fed, and what is not.
@Timeout(60)
class WatchdogTest {
    /// Has nothing to do, and hangs when it is told to.
    private static final class Idle implements Duty {
        private final Semaphore bell = new Semaphore(0);
        private final CountDownLatch hanging = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean hang;

        @Override
        public String name() {
            return "idle";
        }

        @Override
        public int poll(long nowNs) {
            if (hang) {
                hanging.countDown();
                awaits(end);
            }
            return 0;
        }

        @Override
        public void await(long timeoutNs) {
            try {
                bell.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void wakeup() {
            bell.release();
        }
    }

    @Test
    void anIdleThreadIsWellAndOneThatHangsIsNot() throws Exception {
        Idle duty = new Idle();
        DutyThread thread = new DutyThread(duty, Clock.system());
        thread.start();
        AtomicInteger fed = new AtomicInteger();
        Watchdog watchdog = new Watchdog(List.of(thread), fed::incrementAndGet);
        while (thread.rounds() == 0) {
            Thread.onSpinWait();                // the first it goes unasked
        }
        for (int i = 1; i <= 3; i++) {
            long before = thread.rounds();
            assertThat(watchdog.look()).isTrue();
            assertThat(fed.get()).isEqualTo(i);
            while (thread.rounds() == before) {
                Thread.onSpinWait();            // bounded by the test's time
            }
        }
        duty.hang = true;
        thread.nudge();
        duty.hanging.await();
        watchdog.look();
        assertThat(watchdog.look()).isFalse();
        assertThat(watchdog.look()).isFalse();
        assertThat(fed.get()).isLessThanOrEqualTo(4);
        duty.hang = false;
        duty.end.countDown();
        thread.stop();
        watchdog.close();
    }

    @Test
    void theThreadOfClientsToo() throws Exception {
        try (Poller poller = new Poller("control", Clock.system(), 0, new Lookout())) {
            AtomicInteger fed = new AtomicInteger();
            Watchdog watchdog = new Watchdog(List.of(poller), fed::incrementAndGet);
            while (poller.rounds() == 0) {
                Thread.onSpinWait();
            }
            for (int i = 1; i <= 3; i++) {
                long before = poller.rounds();
                assertThat(watchdog.look()).isTrue();
                assertThat(fed.get()).isEqualTo(i);
                while (poller.rounds() == before) {
                    Thread.onSpinWait();
                }
            }
            CountDownLatch hanging = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            poller.execute(() -> {
                hanging.countDown();
                awaits(end);
            });
            hanging.await();
            watchdog.look();
            assertThat(watchdog.look()).isFalse();
            assertThat(watchdog.look()).isFalse();
            end.countDown();
            watchdog.close();
        }
    }

    private static void awaits(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatWasKeptIsFoundByItsName() {
        var environment = new java.util.HashMap<String, String>();
        environment.put("LISTEN_PID", "7");
        environment.put("LISTEN_FDS", "3");
        environment.put("LISTEN_FDNAMES", "control:device-tap-splnet0:device-tap-other");
        Inherited inherited = new Inherited(environment::get, 7);
        assertThat(inherited.take(Inherited.name("tap", "splnet0"))).isEqualTo(4);
        assertThat(inherited.take(Inherited.name("tap", "splnet0"))).isEqualTo(-1);
        assertThat(inherited.take("control")).isEqualTo(-1);
        assertThat(new Inherited(environment::get, 8).take("device-tap-other")).isEqualTo(-1);
        environment.put("LISTEN_FDS", "2");
        assertThat(new Inherited(environment::get, 7).take("device-tap-other")).isEqualTo(-1);
        environment.put("LISTEN_FDS", "many");
        assertThat(new Inherited(environment::get, 7).take("device-tap-splnet0")).isEqualTo(-1);
    }
}
