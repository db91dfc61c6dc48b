package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.kern.CalloutWheel.TICK_NS;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.splnet.TestSeed;

class CalloutWheelTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final List<Long> fired = new ArrayList<>();
    private final AtomicInteger wakeups = new AtomicInteger();
    private final CalloutWheel wheel = new CalloutWheel(0, wakeups::incrementAndGet);

    @AfterEach
    void noFaults() {
        assertThat(FaultLog.system().distinct()).isEmpty();
    }

    private Callout callout() {
        return callout(() -> { });
    }

    private Callout callout(Runnable also) {
        return new Callout() {
            @Override
            protected void fire(long nowNs) {
                fired.add(nowNs);
                also.run();
            }
        };
    }

    @Test
    void firesOnceAtTheFirstTickThatIsNotBeforeTheDeadline() {
        wheel.arm(callout(), TICK_NS + 1);
        assertThat(wheel.advance(2 * TICK_NS - 1)).isZero();
        assertThat(wheel.advance(2 * TICK_NS)).isOne();
        assertThat(wheel.advance(9 * TICK_NS)).isZero();
        assertThat(fired).containsExactly(2 * TICK_NS);
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void firesOnTheDeadlineWhenThatIsATick() {
        wheel.arm(callout(), 5 * TICK_NS);
        assertThat(wheel.advance(5 * TICK_NS - 1)).isZero();
        assertThat(wheel.advance(5 * TICK_NS)).isOne();
    }

    @Test
    void firesWhatHasPassedAlreadyWithTheNextAdvance() {
        wheel.advance(100 * TICK_NS + 7);
        wheel.arm(callout(), 3);
        assertThat(wheel.advance(100 * TICK_NS + 7)).isOne();
    }

    @Test
    void doesNotFireWhatWasDisarmed() {
        Callout callout = callout();
        wheel.arm(callout, 5 * TICK_NS);
        wheel.disarm(callout);
        wheel.disarm(callout);
        assertThat(wheel.armed()).isZero();
        assertThat(wheel.nextNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.advance(10 * TICK_NS)).isZero();
    }

    @Test
    void movesToAnEarlierDeadline() {
        Callout callout = callout();
        wheel.arm(callout, 1_000_000 * TICK_NS);
        wheel.arm(callout, 3 * TICK_NS);
        assertThat(wheel.armed()).isOne();
        assertThat(wheel.advance(3 * TICK_NS)).isOne();
    }

    @Test
    void leavesALaterDeadlineInItsSlotUntilThatComesUp() {
        Callout callout = callout();
        wheel.arm(callout, 3 * TICK_NS);
        wheel.arm(callout, 500 * TICK_NS + 1);
        assertThat(wheel.nextNs()).isEqualTo(3 * TICK_NS);
        assertThat(wheel.advance(499 * TICK_NS)).isZero();
        assertThat(wheel.armed()).isOne();
        assertThat(wheel.advance(501 * TICK_NS - 1)).isZero();
        assertThat(wheel.advance(501 * TICK_NS)).isOne();
    }

    @Test
    void firesADeadlineMovedWithinOneJumpOfTime() {
        Callout callout = callout();
        wheel.arm(callout, 3 * TICK_NS);
        wheel.arm(callout, 500 * TICK_NS);
        assertThat(wheel.advance(500 * TICK_NS)).isOne();
    }

    @Test
    void isDisarmedAfterHavingBeenMovedLater() {
        Callout callout = callout();
        wheel.arm(callout, 3 * TICK_NS);
        wheel.arm(callout, 500 * TICK_NS);
        wheel.disarm(callout);
        assertThat(wheel.advance(1000 * TICK_NS)).isZero();
    }

    @Test
    void mayBeArmedAgainFromItsOwnFire() {
        var self = new Callout[1];
        self[0] = callout(() -> {
            if (fired.size() < 10) {
                wheel.arm(self[0], fired.getLast() + TICK_NS);
            }
        });
        wheel.arm(self[0], TICK_NS);
        for (int tick = 1; tick <= 20; tick++) {
            wheel.advance(tick * TICK_NS);
        }
        assertThat(fired).hasSize(10).isSorted();
    }

    @Test
    void endsThoughAFireArmsForThePastEachTime() {
        var self = new Callout[1];
        self[0] = callout(() -> wheel.arm(self[0], 0));
        wheel.arm(self[0], TICK_NS);
        assertThat(wheel.advance(5 * TICK_NS)).isOne();
        assertThat(wheel.nextNs()).isEqualTo(6 * TICK_NS);
        assertThat(wheel.advance(6 * TICK_NS)).isOne();
    }

    @Test
    void mayBeDisarmedFromItsOwnFireAndFromOthers() {
        Callout victim = callout();
        Callout first = callout(() -> wheel.disarm(victim));
        wheel.arm(first, TICK_NS);
        wheel.arm(victim, 2 * TICK_NS);
        assertThat(wheel.advance(TICK_NS)).isOne();
        assertThat(wheel.advance(9 * TICK_NS)).isZero();
    }

    @Test
    void recordsAFireThatThrowsAndFiresTheOthers() {
        for (int i = 0; i < 3; i++) {
            wheel.arm(callout(() -> {
                throw new IllegalStateException("on purpose");
            }), TICK_NS);
            wheel.arm(callout(), TICK_NS);
        }
        assertThat(wheel.advance(TICK_NS)).isEqualTo(6);
        assertThat(fired).hasSize(6);
        assertThat(FaultLog.system().total()).isEqualTo(3);
        FaultLog.system().clear();
    }

    @Test
    void wakesOnlyWhenArmedForBeforeWhatWasAnnounced() {
        Callout callout = callout();
        wheel.arm(callout, 5 * TICK_NS);
        assertThat(wakeups).hasValue(0);            // nothing has been announced
        assertThat(wheel.nextNs()).isEqualTo(5 * TICK_NS);
        wheel.arm(callout(), 9 * TICK_NS);
        wheel.arm(callout, 8 * TICK_NS);
        assertThat(wakeups).hasValue(0);
        wheel.arm(callout, 4 * TICK_NS);
        assertThat(wakeups).hasValue(1);
        wheel.arm(callout(), 4 * TICK_NS);
        assertThat(wakeups).hasValue(1);            // awake for that already
        wheel.arm(callout(), 3 * TICK_NS);
        assertThat(wakeups).hasValue(2);
    }

    @Test
    void wakesWhoWasToldThatNothingIsArmed() {
        assertThat(wheel.nextNs()).isEqualTo(Long.MAX_VALUE);
        wheel.arm(callout(), 1_000_000 * TICK_NS);
        assertThat(wakeups).hasValue(1);
    }

    @Test
    void wakesAfterGivingUpItsLock() {
        var heldInside = new ArrayList<Integer>();
        var self = new CalloutWheel[1];
        self[0] = new CalloutWheel(0, () -> {
            Witness.assertNothingHeld("wake-up");
            heldInside.add(self[0].armed());
        });
        self[0].nextNs();
        self[0].arm(callout(), TICK_NS);
        assertThat(heldInside).containsExactly(1);
    }

    @Test
    void refusesToBeAdvancedFromWithinAFire() {
        wheel.arm(callout(() -> assertThatThrownBy(() -> wheel.advance(9 * TICK_NS))
                .isInstanceOf(IllegalStateException.class)), TICK_NS);
        assertThat(wheel.advance(TICK_NS)).isOne();
    }

    @Test
    void refusesToAdvanceUnderALock() {
        var lock = new RankedLock(LockRank.ENDPOINT, "advance test");
        lock.lock();
        try {
            assertThatThrownBy(() -> wheel.advance(TICK_NS)).isInstanceOf(LockOrderException.class);
        } finally {
            lock.unlock();
            Witness.reset();
        }
    }

    @Test
    void ignoresTimeThatGoesBack() {
        wheel.arm(callout(), 50 * TICK_NS);
        wheel.advance(40 * TICK_NS);
        assertThat(wheel.advance(10 * TICK_NS)).isZero();
        assertThat(wheel.advance(50 * TICK_NS)).isOne();
    }

    @Test
    void reachesEveryLevelExactly() {
        for (long start : new long[] {0, Long.MAX_VALUE - 12345, -1, Long.MIN_VALUE}) {
            for (int level = 0; level < 7; level++) {
                for (int off = -1; off <= 1; off++) {
                    var w = new CalloutWheel(start, () -> { });
                    long ticks = (1L << 6 * level) + off;
                    w.arm(callout(), start + ticks * TICK_NS);
                    assertThat(w.advance(start + ticks * TICK_NS - 1)).isZero();
                    assertThat(w.advance(start + ticks * TICK_NS)).isOne();
                }
            }
        }
    }

    @Test
    void isWokenAtMostOncePerLevelForAFarDeadline() {
        wheel.arm(callout(), (1L << 61) + 12345);
        int woken = 0;
        while (wheel.armed() > 0) {
            wheel.advance(wheel.nextNs());
            woken++;
        }
        assertThat(woken).isLessThanOrEqualTo(8);
        assertThat(fired.getFirst() - (1L << 61) - 12345).isBetween(0L, TICK_NS - 1);
    }

    @Test
    void carriesAMillion() {
        int count = 1_000_000;
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        var firedCount = new int[1];
        var late = new int[1];
        var callouts = new Callout[count];
        var deadlines = new long[count];
        for (int i = 0; i < count; i++) {
            int self = i;
            callouts[i] = new Callout() {
                @Override
                protected void fire(long nowNs) {
                    firedCount[0]++;
                    long lateness = nowNs - deadlines[self];
                    if (lateness < 0 || lateness > 1_000_000_000L + TICK_NS) {
                        late[0]++;
                    }
                }
            };
            deadlines[i] = random.nextLong(7_200_000_000_000L);
            wheel.arm(callouts[i], deadlines[i]);
        }
        for (int i = 0; i < count; i++) {       // half later, half earlier
            deadlines[i] = random.nextLong(7_200_000_000_000L);
            wheel.arm(callouts[i], deadlines[i]);
        }
        for (int i = 0; i < count; i += 10) {
            wheel.disarm(callouts[i]);
        }
        assertThat(wheel.armed()).isEqualTo(count - count / 10);
        for (long now = 0; now <= 7_201_000_000_000L; now += 1_000_000_000L) {
            wheel.advance(now);
        }
        assertThat(firedCount[0]).as("seed %d", seed).isEqualTo(count - count / 10);
        assertThat(late[0]).as("seed %d", seed).isZero();
        assertThat(wheel.nextNs()).isEqualTo(Long.MAX_VALUE);
    }
}
