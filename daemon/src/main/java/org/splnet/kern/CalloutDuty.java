package org.splnet.kern;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Drives a [CalloutWheel]: fires what is due, runs what that deferred, and sleeps until the next callout, or
/// for as long as nothing is armed.
public final class CalloutDuty implements Duty {
    private final Clock clock;
    private final CalloutWheel wheel;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile Thread sleeper;

    /// @param clock whose time the deadlines are in
    public CalloutDuty(Clock clock) {
        this.clock = clock;
        wheel = new CalloutWheel(clock.nanoTime(), this::wakeup);
    }

    /// The callouts.
    public CalloutWheel wheel() {
        return wheel;
    }

    @Override
    public String name() {
        return "callouts";
    }

    @Override
    public int poll(long nowNs) {
        int fired = wheel.advance(nowNs);
        Deferred.run();
        return fired;
    }

    /// No wake-up is lost: what is armed before `nextNs` looks, it sees; what is armed afterwards and for
    /// earlier than its answer leaves a permit, with which `parkNanos` returns at once.
    @Override
    public void await(long timeoutNs) {
        Witness.beforeBlocking("waiting for callouts");
        sleeper = Thread.currentThread();
        if (!woken.get()) {
            long next = wheel.nextNs();
            long wait = next == Long.MAX_VALUE ? timeoutNs : Math.min(timeoutNs, next - clock.nanoTime());
            if (wait > 0 && !woken.get()) {
                LockSupport.parkNanos(this, wait);
            }
        }
        woken.set(false);
    }

    @Override
    public void wakeup() {
        woken.set(true);
        LockSupport.unpark(sleeper);
    }
}
