package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@Timeout(30)
@ExtendWith(NoLeaks.class)
class CalloutDutyTest {
    private static final long MS = 1_000_000L;

    private static final class Recorder extends Callout {
        final BlockingQueue<Long> fired = new LinkedBlockingQueue<>();

        @Override
        protected void fire(long nowNs) {
            fired.add(nowNs);
        }
    }

    @Test
    void firesInVirtualTimeAndRunsWhatThatDeferred() {
        var clock = new VirtualClock(Long.MAX_VALUE - 5 * MS);
        var duty = new CalloutDuty(clock);
        var ran = new AtomicInteger();
        var call = new Deferred.Call() {
            @Override
            protected void run() {
                ran.incrementAndGet();
            }
        };
        duty.wheel().arm(new Callout() {
            @Override
            protected void fire(long nowNs) {
                Deferred.later(call);
            }
        }, clock.nanoTime() + 10 * MS);
        assertThat(duty.poll(clock.nanoTime())).isZero();
        clock.advance(20 * MS);
        assertThat(duty.poll(clock.nanoTime())).isOne();
        assertThat(ran).hasValue(1);
    }

    @Test
    void firesWithoutBeingPolledByAnybody() throws Exception {
        var duty = new CalloutDuty(Clock.system());
        var thread = new DutyThread(duty, Clock.system());
        thread.start();
        try {
            var recorder = new Recorder();
            for (int i = 0; i < 20; i++) {
                long deadline = Clock.system().nanoTime() + i * MS / 4;
                duty.wheel().arm(recorder, deadline);
                assertThat(recorder.fired.take() - deadline).isNotNegative();
            }
        } finally {
            thread.stop();
        }
        assertThat(thread.faults()).isZero();
    }

    @Test
    void isWokenByAnEarlierDeadlineWhileItSleeps() throws Exception {
        var duty = new CalloutDuty(Clock.system());
        var thread = new DutyThread(duty, Clock.system());
        thread.start();
        try {
            var far = new Recorder();
            var near = new Recorder();
            duty.wheel().arm(far, Clock.system().nanoTime() + TimeUnit.HOURS.toNanos(1));
            duty.wheel().arm(near, Clock.system().nanoTime() + 5 * MS);
            near.fired.take();
            assertThat(far.fired).isEmpty();
            duty.wheel().disarm(far);
        } finally {
            thread.stop();
        }
    }

    /// Without anything armed the one poll before the wait stays the only one.
    @Test
    void sleepsForAsLongAsNothingIsArmed() throws Exception {
        var duty = new CalloutDuty(Clock.system());
        var polls = new AtomicInteger();
        var waits = new CountDownLatch(1);
        var counted = new Duty() {
            @Override
            public String name() {
                return duty.name();
            }

            @Override
            public int poll(long nowNs) {
                polls.incrementAndGet();
                return duty.poll(nowNs);
            }

            @Override
            public void await(long timeoutNs) {
                waits.countDown();
                duty.await(timeoutNs);
            }

            @Override
            public void wakeup() {
                duty.wakeup();
            }
        };
        var thread = new DutyThread(counted, Clock.system());
        thread.start();
        waits.await();
        var recorder = new Recorder();
        long deadline = Clock.system().nanoTime() + 30 * MS;
        duty.wheel().arm(recorder, deadline);
        recorder.fired.take();
        thread.stop();
        // Start, woken by the arm, due, perhaps cascaded on the way, stopped: not thousands.
        assertThat(polls.get()).isLessThan(20);
    }

    @Test
    void returnsAtOnceIfWokenBefore() {
        var duty = new CalloutDuty(Clock.system());
        duty.wakeup();
        duty.await(Long.MAX_VALUE);
    }
}
