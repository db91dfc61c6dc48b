package org.splnet.kern;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Time that stands still until it is told to pass, so that a script with an hour of waiting runs in a blink
/// against the real daemon. It drives the callouts itself: they have no thread.
///
/// What comes from devices and users meanwhile is dealt with by their own threads, at the time that stands.
public final class ManualClock implements Clock {
    private static final long LOOK_NS = 50_000;
    private static final int LOOKS = 10_000;

    private final AtomicBoolean advancing = new AtomicBoolean();
    private final long originNs;
    private final long originMillis;
    private volatile long nowNs;

    /// @param from gives the time at which it stands first
    public ManualClock(Clock from) {
        originNs = from.nanoTime();
        originMillis = from.wallMillis();
        nowNs = originNs;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long wallMillis() {
        return originMillis + (nowNs - originNs) / 1_000_000;
    }

    /// Lets `ns` pass: all callouts that are due meanwhile fire, in order, each with the clock at its time.
    /// With 0, those that are due already. Holding nothing.
    ///
    /// What callouts set going within the process has come to rest before time goes on; what somebody outside
    /// answers does not hold it up.
    ///
    /// @param quiet true if nothing is going on within the process
    /// @return how many fired
    /// @throws IllegalStateException if another thread is advancing it
    public int advance(CalloutDuty callouts, BooleanSupplier quiet, long ns) {
        if (ns < 0) {
            throw new IllegalArgumentException("a clock cannot go back by " + -ns + " ns");
        }
        if (!advancing.compareAndSet(false, true)) {
            throw new IllegalStateException("the clock is being advanced by another thread");
        }
        try {
            return run(callouts, quiet, nowNs + ns);
        } finally {
            advancing.set(false);
        }
    }

    private int run(CalloutDuty callouts, BooleanSupplier quiet, long untilNs) {
        int fired = 0;
        settle(quiet);
        for (long next; (next = callouts.wheel().nextNs()) != Long.MAX_VALUE && next - untilNs <= 0; ) {
            if (next - nowNs > 0) {
                nowNs = next;
            }
            fired += callouts.poll(nowNs);
            settle(quiet);
        }
        nowNs = untilNs;
        return fired;
    }

    /// Bounded, because two ends within the process may never come to rest.
    private void settle(BooleanSupplier quiet) {
        Witness.beforeBlocking("advancing time");
        for (int i = 0; i < LOOKS && !quiet.getAsBoolean(); i++) {
            LockSupport.parkNanos(this, LOOK_NS);
        }
    }
}
