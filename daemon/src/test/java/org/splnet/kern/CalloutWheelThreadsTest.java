package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.kern.CalloutWheel.TICK_NS;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;

/// Threads that arm and disarm while another advances: no deadline is lost, none fires early or late.
@ExtendWith(NoLeaks.class)
@Timeout(120)
class CalloutWheelThreadsTest {
    private static final int ARMERS = 3;
    private static final int OPERATIONS = 60_000;
    private static final int TIMERS = 64;

    /// An owner as a connection is one: a lock, a deadline of its own, and a fire that looks again.
    private final class Timer extends Callout {
        final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "timer");
        boolean wanted;
        long wantedNs;
        long armedIn;
        long armedNs;

        @Override
        protected void fire(long nowNs) {
            lock.lock();
            try {
                if (wanted && nowNs - wantedNs >= 0) {
                    wanted = false;
                    handled++;
                }
            } finally {
                lock.unlock();
            }
        }

        void operate(SplittableRandom random) {
            lock.lock();
            try {
                int what = random.nextInt(10);
                if (what == 0) {
                    wanted = false;
                    wheel.disarm(this);
                    return;
                }
                long base = what < 6 && wanted ? wantedNs : nowNs;      // mostly: push on what is armed
                wantedNs = base + random.nextLong(1L << random.nextInt(10, 33));
                wanted = true;
                wheel.arm(this, wantedNs);
                armedIn = round;        // read afterwards: an advance of a later round began after this arm
                armedNs = nowNs;        // likewise: what is armed during an advance is due a tick later
            } finally {
                lock.unlock();
            }
        }

        /// Armed before the last advance began, and that one left it though it had been due for a tick, also
        /// as seen from the advance it was armed in.
        void check(long advancedToNs, long advancedIn) {
            lock.lock();
            try {
                if (wanted && armedIn < advancedIn && advancedToNs - wantedNs >= TICK_NS
                        && advancedToNs - armedNs >= TICK_NS) {
                    trouble.set("late by " + (advancedToNs - wantedNs) + " ns");
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private final long seed = TestSeed.next();
    private final long startNs = Long.MAX_VALUE - 4_000_000_000L;       // wraps soon
    private final CalloutWheel wheel = new CalloutWheel(startNs, () -> { });
    private final List<Timer> timers = new ArrayList<>();
    private final AtomicReference<String> trouble = new AtomicReference<>();
    private volatile long nowNs = startNs;
    private volatile long round;
    private int handled;                        // by the advancing thread

    @RepeatedTest(3)
    void losesNoDeadline() throws Exception {
        for (int i = 0; i < TIMERS; i++) {
            timers.add(new Timer());
        }
        var armers = new ArrayList<Thread>();
        for (int t = 0; t < ARMERS; t++) {
            var random = new SplittableRandom(seed + t);
            armers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    timers.get(random.nextInt(TIMERS)).operate(random);
                }
            }));
        }
        var random = new SplittableRandom(~seed);
        while (armers.stream().anyMatch(Thread::isAlive)) {
            step(random.nextLong(1L << random.nextInt(10, 31)));
        }
        for (int i = 0; i < 4_000 && wheel.armed() > 0; i++) {
            step(1L << 33);
        }
        assertThat(trouble.get()).as("seed %d", seed).isNull();
        assertThat(wheel.armed()).as("seed %d", seed).isZero();
        assertThat(timers).as("seed %d", seed).noneMatch(timer -> timer.wanted);
        assertThat(handled).isPositive();
    }

    private void step(long byNs) {
        long to = nowNs + byNs;
        nowNs = to;
        long advancing = round + 1;
        round = advancing;
        wheel.advance(to);
        timers.forEach(timer -> timer.check(to, advancing));
    }

    /// No lock of an owner: arms race for the same callouts, and the deadline written last holds.
    @RepeatedTest(3)
    void keepsTheDeadlineWrittenLastWhenArmsRace() throws Exception {
        var fired = new long[8];
        var callouts = new ArrayList<Callout>();
        for (int i = 0; i < fired.length; i++) {
            int self = i;
            callouts.add(new Callout() {
                @Override
                protected void fire(long nowNs) {
                    fired[self] = nowNs - startNs;
                }
            });
        }
        var armers = new ArrayList<Thread>();
        for (int t = 0; t < ARMERS; t++) {
            var random = new SplittableRandom(seed + t);
            armers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    long delay = random.nextLong(1L << random.nextInt(21, 40));
                    wheel.arm(callouts.get(random.nextInt(callouts.size())), nowNs + delay);
                }
            }));
        }
        var random = new SplittableRandom(~seed);
        while (armers.stream().anyMatch(Thread::isAlive)) {
            nowNs += random.nextLong(1L << random.nextInt(10, 24));
            wheel.advance(nowNs);
        }
        for (int i = 0; i < fired.length; i++) {
            wheel.arm(callouts.get(i), nowNs + (i + 1L << 40));        // beyond all so far
        }
        while (wheel.armed() > 0) {
            wheel.advance(wheel.nextNs());
        }
        for (int i = 0; i < fired.length; i++) {
            long deadline = callouts.get(i).deadlineNs - startNs;
            assertThat(fired[i] - deadline).as("seed %d", seed).isBetween(0L, TICK_NS - 1);
        }
    }
}
