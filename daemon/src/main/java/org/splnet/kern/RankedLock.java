package org.splnet.kern;

import java.util.concurrent.locks.ReentrantLock;

/// A mutual-exclusion lock with a place in the order of [LockRank], watched by the [Witness].
///
/// Not recursive by rule: taking it twice is a reversal, because a lock is never of a higher rank than
/// itself. There is no try-lock and no interruptible lock: whoever needs one has the order wrong.
public final class RankedLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final LockRank rank;
    private final String name;

    /// @param rank the place in the order
    /// @param name what the lock belongs to, for reports; a constant, never built per object
    public RankedLock(LockRank rank, String name) {
        this.rank = rank;
        this.name = name;
    }

    /// Waits for the lock and takes it.
    public void lock() {
        if (Witness.watching()) {
            lockWatched();
        } else {
            lock.lock();
        }
    }

    private void lockWatched() {
        Witness.beforeLock(this);
        boolean contested = !lock.tryLock();
        if (contested) {
            lock.lock();
        }
        Witness.locked(this, contested);
    }

    /// Gives the lock up. The caller must hold it.
    ///
    /// @throws IllegalMonitorStateException if it does not, whatever the witness's mode
    public void unlock() {
        if (Witness.watching()) {
            Witness.unlocking(this);
        }
        lock.unlock();
    }

    /// True if the calling thread holds this lock: the first assertion of every method that needs it.
    public boolean held() {
        return lock.isHeldByCurrentThread();
    }

    /// A place to sleep that gives this lock, and only this lock, up meanwhile.
    public SleepPoint sleepPoint() {
        return new SleepPoint(this, lock.newCondition());
    }

    /// The place in the order.
    public LockRank rank() {
        return rank;
    }

    /// What the lock belongs to.
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return rank + " " + name;
    }
}
