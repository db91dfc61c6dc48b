package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class DutyThreadTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    /// Runs what it is given, one piece per poll.
    private static final class Errands implements Duty {
        final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
        final Semaphore wakeups = new Semaphore(0);
        final Semaphore waiting = new Semaphore(0);
        final AtomicInteger polls = new AtomicInteger();
        final Queue<String> life = new ConcurrentLinkedQueue<>();
        volatile long lastNowNs;

        @Override
        public void began() {
            life.add("began on " + Thread.currentThread().getName());
        }

        @Override
        public void ended() {
            life.add("ended on " + Thread.currentThread().getName());
        }

        @Override
        public String name() {
            return "errands";
        }

        @Override
        public int poll(long nowNs) {
            lastNowNs = nowNs;
            if (polls.incrementAndGet() == 1) {
                life.add("polled");
            }
            Runnable next = work.poll();
            if (next == null) {
                return 0;
            }
            next.run();
            return 1;
        }

        @Override
        public void await(long timeoutNs) {
            waiting.release();
            try {
                wakeups.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void wakeup() {
            wakeups.release();
        }

        void run(Runnable errand) {
            work.add(errand);
            wakeup();
        }
    }

    private final Errands duty = new Errands();
    private final VirtualClock clock = new VirtualClock(77);
    private final DutyThread thread = new DutyThread(duty, clock);

    @AfterEach
    void stop() {
        thread.stop();
    }

    private void finish() throws InterruptedException {
        var done = new CountDownLatch(1);
        duty.run(done::countDown);
        done.await();
    }

    @Test
    void pollsWithTheClocksTimeOnANettyThreadOfTheDutysName() throws Exception {
        var on = new Thread[1];
        thread.start();
        duty.run(() -> on[0] = Thread.currentThread());
        finish();
        assertThat(on[0]).isInstanceOf(FastThreadLocalThread.class);
        assertThat(on[0].getName()).isEqualTo("errands");
        assertThat(on[0].isDaemon()).isTrue();
        assertThat(duty.lastNowNs).isEqualTo(77);
    }

    @Test
    void saysOnItsThreadThatItBeginsAndThatItHasEnded() throws Exception {
        thread.start();
        finish();
        thread.stop();
        assertThat(duty.life).containsExactly("began on errands", "polled", "ended on errands");
    }

    @Test
    void waitsOnlyWhenThereWasNothingToDo() throws Exception {
        for (int i = 0; i < 10; i++) {
            duty.work.add(() -> { });
        }
        thread.start();
        duty.waiting.acquire();
        assertThat(duty.polls).hasValue(11);
        assertThat(duty.waiting.availablePermits()).isZero();
    }

    @Test
    void runsWhatWasDeferredAfterThePoll() throws Exception {
        var ran = new CountDownLatch(1);
        thread.start();
        duty.run(() -> Deferred.later(new Deferred.Call() {
            @Override
            protected void run() {
                ran.countDown();
            }
        }));
        ran.await();
    }

    @Test
    void runsWhatWasDeferredThoughThePollThrew() throws Exception {
        var ran = new CountDownLatch(1);
        thread.start();
        duty.run(() -> {
            Deferred.later(new Deferred.Call() {
                @Override
                protected void run() {
                    ran.countDown();
                }
            });
            throw new IllegalStateException("on purpose");
        });
        ran.await();
        finish();
        assertThat(thread.faults()).isOne();
    }

    @Test
    void goesOnAfterAFaultAndLogsItOnce() throws Exception {
        thread.start();
        for (int i = 0; i < 30; i++) {
            duty.run(DutyThreadTest::fail);
        }
        finish();
        assertThat(thread.faults()).isEqualTo(30);
        assertThat(FaultLog.system().distinct()).hasSize(1);
        assertThat(provoked.logged()).containsExactly("fault in thread errands");
    }

    private static void fail() {
        throw new OutOfMemoryError("on purpose");
    }

    @Test
    void doesNotSpinOnADutyThatOnlyThrows() throws Exception {
        var broken = new CountDownLatch(40);
        for (int i = 0; i < 40; i++) {              // before it starts: an idle poll ends the row
            duty.work.add(() -> {
                broken.countDown();
                throw new IllegalStateException("on purpose");
            });
        }
        long start = Clock.system().nanoTime();
        thread.start();
        broken.await();
        assertThat(Clock.system().nanoTime() - start).isGreaterThan(100_000_000L);
    }

    @Test
    void findsALockThatABatchKept() throws Exception {
        var lock = new RankedLock(LockRank.ENDPOINT, "kept");
        thread.start();
        duty.run(lock::lock);
        duty.run(lock::unlock);
        finish();
        assertThat(thread.faults()).isPositive();
        assertThat(Witness.report().violations()).hasSize(1);
        assertThat(Witness.report().count(Violation.Kind.LEAK)).isEqualTo(thread.faults());
    }

    @Test
    void stopsWhileItWaits() throws Exception {
        thread.start();
        duty.waiting.acquire();
        thread.stop();
        thread.stop();
        int polls = duty.polls.get();
        duty.wakeup();
        assertThat(duty.polls).hasValue(polls);
    }

    @Test
    void stopsThoughTheWakeUpCameBeforeTheWait() throws Exception {
        var inPoll = new CountDownLatch(1);
        var stopping = new CountDownLatch(1);
        thread.start();
        duty.run(() -> {
            inPoll.countDown();
            awaitUninterruptibly(stopping);
        });
        inPoll.await();
        Thread stopper = Thread.ofPlatform().start(thread::stop);
        while (stopper.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        stopping.countDown();
        stopper.join();
    }

    @Test
    void stopsFromItself() throws Exception {
        var stopped = new CountDownLatch(1);
        thread.start();
        duty.run(() -> {
            thread.stop();
            stopped.countDown();
        });
        stopped.await();
        thread.stop();
        assertThat(duty.polls.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void stopsForAnInterruptedCallerAndTellsIt() throws Exception {
        thread.start();
        duty.waiting.acquire();
        Thread.currentThread().interrupt();
        thread.stop();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void startsOnceAndNotAgain() throws Exception {
        thread.start();
        thread.start();
        finish();
        thread.stop();
        assertThatThrownBy(thread::start).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("errands");
    }

    @Test
    void neverStartsIfStoppedBefore() {
        thread.stop();
        assertThatThrownBy(thread::start).isInstanceOf(IllegalStateException.class);
        assertThat(duty.polls).hasValue(0);
    }

    @Test
    void refusesToBeStoppedUnderALock() {
        var lock = new RankedLock(LockRank.ENDPOINT, "stop test");
        lock.lock();
        try {
            assertThatThrownBy(thread::stop).isInstanceOf(LockOrderException.class);
        } finally {
            lock.unlock();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
