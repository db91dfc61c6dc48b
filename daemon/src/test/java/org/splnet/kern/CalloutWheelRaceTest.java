package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.kern.CalloutWheel.TICK_NS;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

/// The one race that arming without the lock has to win: the wheel takes callouts off their slot to move
/// them to a far deadline while each is armed, without the lock, for a near one.
@ExtendWith(NoLeaks.class)
@Timeout(120)
class CalloutWheelRaceTest {
    private static final int ROUNDS = 20_000;
    private static final int LEAST_ROUNDS = 100;
    private static final long LONG_ENOUGH_NS = 20_000_000_000L;
    private static final int CALLOUTS = 64;
    private static final long FAR = 100_000;
    private static final long NEAR = 5;

    private final CalloutWheel wheel = new CalloutWheel(0, () -> { });
    private final Callout[] callouts = new Callout[CALLOUTS];
    private final AtomicInteger ready = new AtomicInteger();
    private volatile long dueTick;
    private volatile int last = ROUNDS - 1;     // less where each meeting waits for a time slice

    @Test
    void neverLeavesACalloutInASlotBehindItsDeadline() throws Exception {
        for (int i = 0; i < CALLOUTS; i++) {
            callouts[i] = new Callout() {
                @Override
                protected void fire(long nowNs) {
                    throw new AssertionError("fired at " + nowNs + ", before any of its deadlines");
                }
            };
        }
        Thread armer = Thread.ofPlatform().start(() -> {
            for (int round = 0; round <= last; round++) {
                meet(2 * round);
                pause(round);
                for (Callout callout : callouts) {
                    wheel.arm(callout, (dueTick + NEAR) * TICK_NS);
                }
                meet(2 * round + 1);
            }
        });
        int behind = 0;
        long fromNs = System.nanoTime();
        for (int round = 0; round <= last; round++) {
            long due = dueTick + 2;
            dueTick = due;
            for (int i = CALLOUTS - 1; i >= 0; i--) {       // taken off in the order of the armer's loop
                wheel.disarm(callouts[i]);
                wheel.arm(callouts[i], due * TICK_NS);
                wheel.arm(callouts[i], (due + FAR) * TICK_NS);
            }
            if (round >= LEAST_ROUNDS && System.nanoTime() - fromNs > LONG_ENOUGH_NS) {
                last = round;                               // before they meet: the armer has not got further
            }
            meet(2 * round);
            wheel.advance(due * TICK_NS);
            meet(2 * round + 1);
            for (Callout callout : callouts) {
                behind += callout.atTick > due + NEAR ? 1 : 0;
            }
        }
        armer.join();
        assertThat(behind).isZero();
    }

    /// Both threads pass within nanoseconds of each other, unless the machine is busy.
    private void meet(int meeting) {
        ready.incrementAndGet();
        for (int spins = 0; ready.get() < 2 * (meeting + 1); spins++) {
            if (spins > 2_000) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /// Shifts the two loops against each other, differently each round.
    private static void pause(int round) {
        for (int spins = round % 50; spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}
