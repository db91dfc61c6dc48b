package org.splnet.kern;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The callout wheel with so many armed, all within the next minute or so.
@State(Scope.Thread)
public class CalloutBench {
    private static final int PER_TICK = 50;
    private static final int ASKED = 1 << 16;
    private static final long SECOND = 1_000_000_000L;
    private static final int HORIZON = 60;

    /// Callouts that are armed.
    @Param({"100", "1000", "10000", "100000", "1000000"})
    public int armed;
    private CalloutWheel wheel;
    private Callout[] callouts;
    private final Callout other = new Idle();
    private final int[] asked = new int[ASKED];
    private final long[] delays = new long[ASKED];
    private int next;
    private CalloutWheel turning;
    private long nowNs;

    /// One that is never due.
    private static final class Idle extends Callout {
        @Override
        protected void fire(long nowNs) {
            throw new AssertionError("time stands still");
        }
    }

    /// One that comes again a whole round later, so that each tick has as many as any other.
    private final class Again extends Callout {
        @Override
        protected void fire(long now) {
            turning.arm(this, now + armed / PER_TICK * CalloutWheel.TICK_NS);
        }
    }

    @Setup
    public void fill() {
        var random = new SplittableRandom(1);
        wheel = new CalloutWheel(0, () -> { });
        turning = new CalloutWheel(0, () -> { });
        callouts = new Callout[armed];
        for (int i = 0; i < armed; i++) {
            callouts[i] = new Idle();
            wheel.arm(callouts[i], SECOND + random.nextLong(HORIZON * SECOND));
            turning.arm(new Again(), (1 + i / PER_TICK) * CalloutWheel.TICK_NS);
        }
        for (int i = 0; i < ASKED; i++) {
            asked[i] = random.nextInt(armed);
            delays[i] = SECOND + random.nextLong(HORIZON * SECOND);
        }
    }

    /// Armed and disarmed.
    @Benchmark
    public void armDisarm() {
        wheel.arm(other, delays[next++ & ASKED - 1]);
        wheel.disarm(other);
    }

    /// A deadline pushed into the future, as each acknowledgment does it.
    @Benchmark
    public void later() {
        int i = next++;
        wheel.arm(callouts[asked[i & 63]], HORIZON * SECOND + SECOND + (i & 0xffff));
    }

    /// A deadline that comes earlier than the last, of any of those there are: it has to be moved.
    @Benchmark
    public void moved() {
        int i = next++;
        Callout callout = callouts[asked[i & ASKED - 1]];
        wheel.disarm(callout);
        wheel.arm(callout, delays[i * 31 & ASKED - 1]);
    }

    /// Fires and is armed again, for each that does.
    @Benchmark
    @OperationsPerInvocation(PER_TICK)
    public int fire() {
        nowNs += CalloutWheel.TICK_NS;
        int fired = turning.advance(nowNs);
        if (fired != PER_TICK) {
            throw new AssertionError(fired + " have fired");
        }
        return fired;
    }
}
