package org.splnet.kern;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/// Where threads wait for something that a [RankedLock] guards (`msleep` with its interlock).
///
/// SMPng's trap, made impossible: spl was dropped while a thread slept, a mutex is not. [#await] demands that
/// the interlock is the only lock the thread holds, so the waker can always get what it needs.
public final class SleepPoint {
    private final RankedLock interlock;
    private final Condition condition;

    SleepPoint(RankedLock interlock, Condition condition) {
        this.interlock = interlock;
        this.condition = condition;
    }

    /// Sleeps until woken, interrupted or `timeoutNs` have passed; wakes spuriously too, so callers loop.
    /// The interlock is held on entry and on return.
    ///
    /// @param timeoutNs the longest wait; [Long#MAX_VALUE] for no limit
    /// @return nanoseconds left, zero or less when the time is up
    /// @throws InterruptedException if the thread was interrupted
    public long await(long timeoutNs) throws InterruptedException {
        return Witness.watching() ? Witness.sleep(this, interlock, timeoutNs) : sleep(timeoutNs);
    }

    /// Unwatched. A giant lock is given up however often it was taken.
    long sleep(long timeoutNs) throws InterruptedException {
        if (timeoutNs == Long.MAX_VALUE) {
            condition.await();
            return Long.MAX_VALUE;
        }
        return condition.awaitNanos(timeoutNs);
    }

    /// As [#await], in other units.
    public long await(long timeout, TimeUnit unit) throws InterruptedException {
        return await(unit.toNanos(timeout));
    }

    /// Wakes every sleeper. The interlock is held.
    public void wakeup() {
        assert interlock.held();
        condition.signalAll();
        if (Witness.watching()) {
            Witness.wakeup(this);
        }
    }
}
